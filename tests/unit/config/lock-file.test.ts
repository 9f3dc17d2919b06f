// argus.lock: the same text for the same tools, read strictly, and replaced whole or not at all.
import { describe, expect, test } from "bun:test";
import { lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { editLock, type Lock, lockOf, lockText, parseLock } from "../../../src/config/lock-file.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { hashOf } from "../../../src/protocol/pin.ts";
import { folder } from "../../fixtures/command.ts";

const pin = (definition: Record<string, unknown>) => ({ hash: hashOf(definition) ?? "", definition });

/** A lock with these tools, each with this description. */
const lockOfTools = (backends: Record<string, Record<string, string>>): Lock =>
  new Map(
    Object.entries(backends).map(([name, tools]) => [
      name,
      new Map(Object.entries(tools).map(([tool, description]) => [tool, pin({ name: tool, description })])),
    ]),
  );

const lock = lockOfTools({ web: { get: "Gets." }, files: { write: "Writes.", read: "Reads." } });

describe("the text", () => {
  test("is sorted, and a diff of it can be read", () => {
    expect(lockText(lock)).toBe(`{
  "version": 1,
  "backends": {
    "files": {
      "tools": {
        "read": {
          "definition": {
            "description": "Reads.",
            "name": "read"
          },
          "hash": "${hashOf({ name: "read", description: "Reads." })}"
        },
        "write": {
          "definition": {
            "description": "Writes.",
            "name": "write"
          },
          "hash": "${hashOf({ name: "write", description: "Writes." })}"
        }
      }
    },
    "web": {
      "tools": {
        "get": {
          "definition": {
            "description": "Gets.",
            "name": "get"
          },
          "hash": "${hashOf({ name: "get", description: "Gets." })}"
        }
      }
    }
  }
}
`);
  });

  test("of any lock is read as that lock, and is the same in any order", () => {
    const definition = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })).map((value) => {
      return pin(JSON.parse(JSON.stringify(value)));
    });
    const names = fc.oneof(fc.string(), fc.constantFrom("__proto__", "10", "constructor", "a\nb"));
    const locks = fc.array(fc.tuple(names, fc.array(fc.tuple(names, definition), { maxLength: 4 })), { maxLength: 4 });
    fc.assert(
      fc.property(locks, (entries) => {
        const any: Lock = new Map(entries.map(([name, tools]) => [name, new Map(tools)]));
        const back = parseLock(lockText(any), "argus.lock");
        expect(lockText(back)).toBe(lockText(any));
        expect(lockText(new Map([...any].toReversed()))).toBe(lockText(any));
        for (const [name, tools] of any)
          for (const [tool, its] of tools) expect(back.get(name)?.get(tool)).toEqual(its);
      }),
    );
  });
});

describe("what is broken is one clear error", () => {
  const good = lockText(lock);
  test.each([
    ["nothing", "", /^argus\.lock: is not JSON: /],
    ["cut short", good.slice(0, -20), /^argus\.lock: is not JSON: /],
    ["a conflict of git", good.replace('"tools"', '<<<<<<< HEAD\n"tools"'), /^argus\.lock: is not JSON: /],
    ["null", "null", /^argus\.lock: Expected object; /i],
    ["a list", "[]", /^argus\.lock: /],
    ["another version", '{"version":2,"backends":{}}', /version 2, which this program does not know; use a newer/],
    ["no version", '{"backends":{}}', /^argus\.lock: version: /],
    ["a list of tools", '{"version":1,"backends":{"a":{"tools":[]}}}', /^argus\.lock: backends\.a\.tools: /],
    ["no hash", '{"version":1,"backends":{"a":{"tools":{"t":{"definition":{}}}}}}', /backends\.a\.tools\.t\.hash: /],
    ["an edited definition", good.replace("Reads.", "Sends."), /backends\.files\.tools\.read: the hash is not that/],
    ["an edited hash", good.replace(/sha256:./, "sha256:-"), /backends\.files\.tools\.read: the hash is not that/],
  ])("%s", (_, text, message) => {
    const read = () => parseLock(text, "argus.lock");
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    if (!text.includes('"version":2'))
      expect(read).toThrow(/put back a copy of it, or delete it, and argus-mcp server/);
  });
});

describe("the file", () => {
  test("is not looked at while the lock is off, may be missing under warn, and must be there under block", () => {
    using place = folder({ "argus.lock": "broken" });
    const config = join(place.directory, "config.yaml");
    expect(lockOf("off", config)).toBeUndefined();
    expect(() => lockOf("warn", config)).toThrow("is not JSON");
    using empty = folder();
    expect(lockOf("warn", join(empty.directory, "config.yaml"))).toBeUndefined();
    expect(() => lockOf("block", join(empty.directory, "config.yaml"))).toThrow(/no such file.*--update-lock/);
  });

  test("is replaced whole, also behind a link", () => {
    using place = folder({ real: lockText(lock) });
    const path = join(place.directory, "argus.lock");
    symlinkSync("real", path);
    const next = lockOfTools({ web: { get: "Gets more." } });
    expect(editLock(path, () => next)).toBe(next);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(place.directory, "real"), "utf8")).toBe(lockText(next));
    expect(readdirSync(place.directory).sort()).toEqual(["argus.lock", "real"]);
  });

  test("is not touched where it is broken", () => {
    using place = folder({ "argus.lock": "broken" });
    const path = join(place.directory, "argus.lock");
    expect(() => editLock(path, () => lock)).toThrow("is not JSON");
    expect(readFileSync(path, "utf8")).toBe("broken");
  });

  test("that cannot be written is an error, and leaves nothing behind", () => {
    using place = folder();
    const path = join(place.directory, "nowhere", "argus.lock");
    expect(() => editLock(path, () => lock)).toThrow(/argus\.lock: cannot be written, and is as it was: /);
    expect(readdirSync(place.directory)).toEqual([]);
  });
});
