// JSON with comments is changed in one place, and everything else stays as it was written.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { edited, parseJsonc } from "../../../src/clients/jsonc.ts";

const put = (text: string) => edited(text, ["servers", "argus"], { url: "x" }, "file");
const take = (text: string) => edited(text, ["servers", "argus"], undefined, "file");

describe("an entry", () => {
  test.each([
    ['{"servers":{"a":{}},"b":[1, 2]}', '{"servers":{"a":{}, "argus": {"url":"x"}},"b":[1, 2]}'],
    ['{\n  "servers": {"a": 1},\n  "b": [1]\n}', '{\n  "servers": {"a": 1, "argus": {"url":"x"}},\n  "b": [1]\n}'],
    ["{}", '{\n  "servers": {\n    "argus": {\n      "url": "x"\n    }\n  }\n}'],
    ["", '{\n  "servers": {\n    "argus": {\n      "url": "x"\n    }\n  }\n}\n'],
    ['{\n\t"a": 1, // one\n}', '{\n\t"a": 1, // one\n\t"servers": {\n\t\t"argus": {\n\t\t\t"url": "x"\n\t\t}\n\t},\n}'],
    [
      '{\r\n  "servers": {\r\n    "a": 1 // one\r\n    // end\r\n  }\r\n}',
      '{\r\n  "servers": {\r\n    "a": 1, // one\r\n    "argus": {\r\n      "url": "x"\r\n    }\r\n    // end\r\n  }\r\n}',
    ],
    ['{ "servers": { "argus": 1, "b": 2 } }', '{ "servers": { "argus": {"url":"x"}, "b": 2 } }'],
  ])("is put into %j", (before, after) => {
    expect(put(before)).toBe(after);
  });

  test.each([
    ['{ "servers": { "argus": 1, "b": 2 } }', '{ "servers": { "b": 2 } }'],
    ['{"servers":{"a":1,"argus":2}}', '{"servers":{"a":1}}'],
    ['{"servers":{"argus":2}}', '{"servers":{}}'],
    [
      '{\n  "servers": {\n    "a": 1, // one\n    // two\n    "argus": 2, // gone\n  },\n}',
      '{\n  "servers": {\n    "a": 1, // one\n    // two\n  },\n}',
    ],
    [
      '{\n  "servers": {\n    "a": 1, // one, two\n    "argus": 2 /* , */\n  }\n}',
      '{\n  "servers": {\n    "a": 1 // one, two\n  }\n}',
    ],
    [
      '{\n  "servers": {\n    // first\n    "a": 1,\n    "argus": 2\n  }\n}',
      '{\n  "servers": {\n    // first\n    "a": 1\n  }\n}',
    ],
  ])("is taken out of %j", (before, after) => {
    expect(take(before)).toBe(after);
  });

  test("is put in, replaced and taken out again whatever else there is", () => {
    const other = fc.dictionary(
      fc.string().filter((key) => key !== "servers" && key !== "__proto__"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(other, fc.constantFrom(undefined, 1, 2, "\t"), (rest, indent) => {
        const text = JSON.stringify({ ...rest, servers: { a: 1 } }, undefined, indent);
        const added = put(text);
        expect(parseJsonc(added, "file")).toEqual({
          ...parseJsonc(text, "file"),
          servers: { a: 1, argus: { url: "x" } },
        });
        expect(take(added)).toBe(text);
      }),
    );
  });
});

describe("a mistake", () => {
  test.each([
    ["{", "file:1:2: not valid JSON: close brace expected"],
    ['{\r\n  "a" 1\r\n}', "file:2:7: not valid JSON: colon expected"],
    ['\uFEFF{ "a": }', "file:1:8: not valid JSON: value expected"],
    ["[]", "file:1:1: must be an object"],
    ['{"a": 1} trailing', "not valid JSON"],
    ['{ "servers": [] }', "servers must be an object"],
    ['{ "servers": { "x": 1 }, "servers": {} }', "is a key there twice?"],
  ])("in %j is told, with its place", (text, message) => {
    expect(() => put(text)).toThrow(message);
  });
});
