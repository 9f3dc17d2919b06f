// The log file: its name, what is kept, and that nothing that happens to the disk stops the gateway.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Entry, entryOf, type LogLevel } from "../../../src/observe/log.ts";
import { LogFile } from "../../../src/observe/log-file.ts";
import { until } from "../../fixtures/until.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "argus-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A log file, and what it shows. */
function open(place = directory) {
  const shown: string[] = [];
  const file = new LogFile(place, ({ text }) => shown.push(text));
  const write = (text: string, level: LogLevel = "info") => file.write(entryOf(level, text));
  return { file, shown, write };
}

const messages = (path: string | undefined) =>
  readFileSync(path ?? "", "utf8")
    .split("\n")
    .map((line) => line.split(" ").slice(2).join(" ").trim());

const name = /^argus_\d{8}_\d{6}(_\d+)?\.log$/;

describe("a new file", () => {
  test("is named after the time, and only its owner may read it", async () => {
    const before = new Date(Date.now() - 1_000).toISOString();
    const { file } = open();
    const path = await file.opened;
    await file.stop();
    expect(basename(path ?? "")).toMatch(name);
    const [, ...parts] = /(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(path ?? "") ?? [];
    const [year, month, day, hour, minute, second] = parts;
    const time = `${year}-${month}-${day}T${hour}:${minute}:${second}.999Z`;
    expect(time >= before && time <= new Date(Date.now() + 1_000).toISOString()).toBe(true);
    if (process.platform !== "win32") expect(statSync(path ?? "").mode & 0o777).toBe(0o600);
  });

  test("is made in a directory that was missing", async () => {
    const { file } = open(join(directory, "a", "b"));
    expect(await file.opened).toStartWith(join(directory, "a", "b"));
    await file.stop();
  });

  test("is no other's, however many start in the same second", async () => {
    const logs = Array.from({ length: 12 }, () => open());
    for (const [index, { write }] of logs.entries()) write(`start ${index}`);
    const paths = await Promise.all(logs.map(({ file }) => file.opened));
    await Promise.all(logs.map(({ file }) => file.stop()));
    expect(new Set(paths).size).toBe(12);
    expect(paths.map((path) => messages(path)[0])).toEqual(logs.map((_, index) => `start ${index}`));
    for (const path of paths) expect(basename(path ?? "")).toMatch(name);
  });
});

describe("old files", () => {
  const put = (...names: string[]) => {
    for (const each of names) writeFileSync(join(directory, each), each);
  };
  const start = async () => {
    const { file } = open();
    const path = await file.opened;
    await file.stop();
    return basename(path ?? "");
  };

  test("the newest 19 stay beside the new one, and whatever is no log", async () => {
    const stamps = Array.from({ length: 30 }, (_, index) => `argus_20200101_0000${10 + index}.log`);
    const others = [
      "audit.jsonl",
      "argus_20190101.log",
      "argus_20190101_000000.log.gz",
      "my_argus_20190101_000000.log",
    ];
    put(...stamps.toReversed(), ...others);
    const made = await start();
    expect(readdirSync(directory).sort()).toEqual([...stamps.slice(-19), made, ...others].sort());
  });

  test("the tenth of a second is newer than its second", async () => {
    const numbered = Array.from(
      { length: 22 },
      (_, index) => `argus_20200101_000000${index ? `_${index + 1}` : ""}.log`,
    );
    put(...numbered);
    const made = await start();
    expect(readdirSync(directory).sort()).toEqual([...numbered.slice(-19), made].sort());
  });

  test("the new one stays even when the clock was set back", async () => {
    const future = Array.from({ length: 25 }, (_, index) => `argus_29990101_0000${10 + index}.log`);
    put(...future);
    const made = await start();
    expect(readdirSync(directory).sort()).toEqual([made, ...future.slice(-19)].sort());
  });

  test("one that cannot be deleted is no obstacle", async () => {
    mkdirSync(join(directory, "argus_20000101_000000.log"));
    put(...Array.from({ length: 20 }, (_, index) => `argus_20200101_0000${10 + index}.log`));
    const { file, shown, write } = open();
    write("hello");
    await file.stop();
    expect(messages(await file.opened)).toEqual(["hello", ""]);
    expect(shown).toEqual([]);
  });
});

describe("writing", () => {
  test("everything is in the file, in order; warnings and worse are shown as well", async () => {
    const { file, shown, write } = open();
    const levels: LogLevel[] = ["debug", "info", "warning", "error", "critical"];
    for (const level of levels) write(level, level);
    await file.opened;
    for (let index = 0; index < 1_000; index++) write(String(index));
    await file.stop();
    const numbers = Array.from({ length: 1_000 }, (_, index) => String(index));
    expect(messages(await file.opened)).toEqual([...levels, ...numbers, ""]);
    expect(shown).toEqual(["warning", "error", "critical"]);
  });

  test("a line reaches the disk without waiting for the end", async () => {
    const { file, write } = open();
    const path = await file.opened;
    write("hello");
    await until("the line is in the file", () => readFileSync(path ?? "", "utf8").endsWith("hello\n"));
    await file.stop();
  });

  test("what comes faster than the disk takes it is counted, not kept", async () => {
    const { file, shown, write } = open();
    const total = 3_000;
    for (let index = 0; index < total; index++) write("x".repeat(1_000));
    await file.stop();
    const lines = messages(await file.opened);
    const written = lines.filter((line) => line.startsWith("xxx")).length;
    expect(written).toBeWithin(900, 1_100);
    expect(shown).toEqual([expect.stringContaining(`${total - written} lines are missing here`)]);
    expect(lines.at(-2)).toBe(shown[0]);
  });

  test("what comes after the end is shown, and stopping again does nothing", async () => {
    const { file, shown, write } = open();
    write("before");
    await file.stop();
    write("after");
    await file.stop();
    expect(messages(await file.opened)).toEqual(["before", ""]);
    expect(shown).toEqual(["after"]);
  });
});

test("where no file can be, one warning says where and why, and everything is shown once", async () => {
  const place = join(directory, "taken");
  writeFileSync(place, "");
  const entries: Entry[] = [];
  const file = new LogFile(place, (entry) => entries.push(entry));
  file.write(entryOf("info", "early"));
  file.write(entryOf("error", "bad"));
  expect(await file.opened).toBeUndefined();
  file.write(entryOf("debug", "late"));
  await file.stop();
  expect(entries.map(({ text }) => text)).toEqual(["bad", expect.stringContaining(place), "early", "late"]);
  expect(entries[1]?.level).toBe("warning");
  expect(entries[1]?.text).toMatch(/EEXIST|ENOTDIR/);
});
