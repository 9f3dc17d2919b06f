// A file that is set aside when it is full: nothing is lost before its time, and only so many are kept.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRotatingFile } from "../../../src/observe/rotating-file.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "argus-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (kept: number, limit = 10) => openRotatingFile({ path: join(directory, "a", "b.txt"), limit, kept });
const read = (name: string) => readFileSync(join(directory, "a", name), "utf8");

test("is made with its directory, and only its owner may read it", async () => {
  await open(1);
  expect(read("b.txt")).toBe("");
  if (process.platform !== "win32") expect(statSync(join(directory, "a", "b.txt")).mode & 0o777).toBe(0o600);
});

test("the newest is .1, the oldest goes, and what is full is what the next text does not fit into", async () => {
  const file = await open(2);
  for (const text of ["12345", "67890", "abc", "0123456789X", "d", "e"]) await file.append(text);
  expect([read("b.txt"), read("b.txt.1"), read("b.txt.2")]).toEqual(["de", "0123456789X", "abc"]);
  expect(readdirSync(join(directory, "a"))).toHaveLength(3);
});

test.each([
  ["a line\n", "a line\nnext\n"],
  ["half a li", "half a li\nnext\n"],
  ["", "next\n"],
])("what was there is left alone, and a line that was cut takes no other with it: %j", async (before, after) => {
  await open(1, 100);
  writeFileSync(join(directory, "a", "b.txt"), before);
  await (await open(1, 100)).append("next\n");
  expect(read("b.txt")).toBe(after);
});

test("nothing is kept where nothing is to be kept", async () => {
  const file = await open(0);
  for (const text of ["1234567890", "abc"]) await file.append(text);
  expect(readdirSync(join(directory, "a"))).toEqual(["b.txt"]);
  expect(read("b.txt")).toBe("abc");
});

test("bytes count, those of before too, and gaps among the numbers are no obstacle", async () => {
  await (await open(3)).append("ööö\n");
  const file = await open(3);
  writeFileSync(join(directory, "a", "b.txt.2"), "second");
  await file.append("öö");
  expect([read("b.txt"), read("b.txt.1"), read("b.txt.3")]).toEqual(["öö", "ööö\n", "second"]);
  expect(existsSync(join(directory, "a", "b.txt.2"))).toBe(false);
});

test("somebody else may move the file away", async () => {
  const file = await open(1);
  await file.append("1");
  renameSync(join(directory, "a", "b.txt"), join(directory, "moved"));
  await file.append("2");
  expect([read("b.txt"), readFileSync(join(directory, "moved"), "utf8")]).toEqual(["2", "1"]);
});
