// Files of other programs are replaced whole, with a backup, and never on top of what somebody else has written meanwhile.
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile, restoreFile } from "../../../src/clients/backup.ts";
import { folder } from "../../fixtures/command.ts";

const at = new Date("2026-01-02T03:04:05.678Z");

describe("a file", () => {
  test("that changes under the hand is read again", () => {
    using place = folder({ file: "one" });
    const path = join(place.directory, "file");
    const seen: (string | undefined)[] = [];
    const { backup = "" } = replaceFile(path, (text) => {
      if (seen.push(text) === 1) writeFileSync(path, "two");
      return `${text} and more`;
    });
    expect(seen).toEqual(["one", "two"]);
    expect(readFileSync(path, "utf8")).toBe("two and more");
    expect(readFileSync(backup, "utf8")).toBe("two");
    expect(readdirSync(place.directory)).toHaveLength(2);
  });

  test("that appears under the hand is not overwritten", () => {
    using place = folder();
    const path = join(place.directory, "file");
    replaceFile(path, (text) => {
      if (text === undefined) writeFileSync(path, "theirs");
      return `${text ?? ""}!`;
    });
    expect(readFileSync(path, "utf8")).toBe("theirs!");
  });

  test("that never rests is left alone", () => {
    using place = folder({ file: "0" });
    const path = join(place.directory, "file");
    let count = 0;
    expect(() =>
      replaceFile(path, () => {
        writeFileSync(path, String(++count));
        return "mine";
      }),
    ).toThrow("is being written all the time by somebody else");
    expect(readFileSync(path, "utf8")).toBe(String(count));
    expect(readdirSync(place.directory)).toEqual(["file"]);
  });

  test("that is no text is left alone", () => {
    using place = folder();
    const path = join(place.directory, "file");
    writeFileSync(path, new Uint8Array([0x7b, 0xff, 0x7d]));
    expect(() => replaceFile(path, () => "{}")).toThrow("is not UTF-8");
    expect([...readFileSync(path)]).toEqual([0x7b, 0xff, 0x7d]);
  });

  test("that stays the same gets no backup", () => {
    using place = folder({ file: "same" });
    expect(replaceFile(join(place.directory, "file"), (text = "") => text)).toEqual({ changed: false });
    expect(readdirSync(place.directory)).toEqual(["file"]);
  });

  test("keeps its mode, and so does its backup", () => {
    using place = folder({ file: "a" });
    const path = join(place.directory, "file");
    chmodSync(path, 0o604);
    const { backup = "" } = replaceFile(path, () => "b", { now: at });
    for (const one of [path, backup]) expect(statSync(one).mode & 0o777).toBe(0o604);
    expect(backup).toStartWith(`${path}.bak-20260102T030405678`);
  });

  test("has a backup for each change within one moment, and all can be undone", () => {
    using place = folder({ file: "0" });
    const path = join(place.directory, "file");
    for (const text of ["1", "2", "3"]) replaceFile(path, () => text, { now: at });
    for (const text of ["2", "1", "0"]) {
      restoreFile(path);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    expect(() => restoreFile(path)).toThrow("there is no backup of ");
  });

  test("cannot be put where a folder is, and nothing is left behind", () => {
    using place = folder();
    mkdirSync(join(place.directory, "file"));
    expect(() => replaceFile(join(place.directory, "file"), () => "x")).toThrow("cannot read");
    expect(readdirSync(place.directory)).toEqual(["file"]);
  });
});
