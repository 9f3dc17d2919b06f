// Which commit a build says that it is of.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "bun";
import { commitOf } from "../../../build/commit.ts";

let root: string;
let commit: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "argus-test-"));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "src", "main.ts"), "");
  writeFileSync(join(root, "README.md"), "");
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  await $`git init -q && git add . && git ${author} commit -q -m first`.cwd(root).quiet();
  commit = (await $`git rev-parse --short=7 HEAD`.cwd(root).text()).trim();
});

afterAll(() => rmSync(root, { recursive: true }));

test("the one that is checked out", async () => {
  expect(await commitOf(root, {})).toBe(commit);
});

test("with a mark where what is built was changed, or has grown", async () => {
  for (const name of ["main.ts", "new.ts"]) {
    writeFileSync(join(root, "src", name), "changed");
    expect(await commitOf(root, {})).toBe(`${commit}-dirty`);
    await $`git checkout -q . && git clean -qf`.cwd(root);
  }
  writeFileSync(join(root, "README.md"), "is not built");
  expect(await commitOf(root, {})).toBe(commit);
});

test("none without a repository, nor in another project's", async () => {
  expect(await commitOf(tmpdir(), {})).toBeUndefined();
  expect(await commitOf(join(root, "src"), {})).toBeUndefined();
});

test("the one that ARGUS_COMMIT names", async () => {
  expect(await commitOf(tmpdir(), { ARGUS_COMMIT: "abc1234" })).toBe("abc1234");
});
