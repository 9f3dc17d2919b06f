// Values in headers, and the parameters of tools that are repeated there.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/model.ts";
import { decodeHeader, headerParams, paramMismatch } from "../../../src/protocol/modern-header.ts";

const base64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;

describe("a value", () => {
  const cases: [string, string | undefined][] = [
    ["plain text", "plain text"],
    [base64("ä€😀\n"), "ä€😀\n"],
    [base64("=?base64?x?="), "=?base64?x?="],
    ["=?base64??=", ""],
    ["=?base64?SGVsbG8?=", undefined],
    ["=?base64?SGVs*G8=?=", undefined],
    ["=?base64?/w==?=", undefined],
    ["base64?SGVsbG8=?=", "base64?SGVsbG8=?="],
  ];
  test.each(cases)("%s", (value, expected) => expect(decodeHeader(value)).toBe(expected));
});

const schema = {
  type: "object",
  properties: {
    region: { type: "string", "x-mcp-header": "Region" },
    nested: { type: "object", properties: { count: { type: "integer", "x-mcp-header": "Count" } } },
    plain: { type: "string" },
    list: { type: "array", items: { properties: { in: { type: "string", "x-mcp-header": "In" } } } },
    wrong: { type: "string", "x-mcp-header": "not a token" },
    flag: { type: "boolean", "x-mcp-header": "Flag" },
  },
};

test("a schema names the parameters that can be found by their keys alone", () => {
  expect(headerParams(schema)).toEqual([
    { path: ["region"], header: "mcp-param-region" },
    { path: ["nested", "count"], header: "mcp-param-count" },
    { path: ["flag"], header: "mcp-param-flag" },
  ]);
  for (const none of [undefined, null, true, {}, { properties: [] }]) expect(headerParams(none)).toEqual([]);
});

describe("headers and arguments", () => {
  const mismatch = (given: JsonObject, sent: Record<string, string>) => {
    const headers = new Headers(sent);
    return paramMismatch(headerParams(schema), given, (name) => headers.get(name));
  };
  const agree: [JsonObject, Record<string, string>][] = [
    [{}, {}],
    [{}, { "Mcp-Param-Region": "whatever" }],
    [{ region: null, nested: 1 }, {}],
    [
      { region: "eu", nested: { count: 42 }, flag: false },
      { "mcp-param-region": "eu", "mcp-param-count": "42.0", "mcp-param-flag": "false" },
    ],
    [{ region: "ä" }, { "mcp-param-region": base64("ä") }],
    [{ region: { an: "object" } }, {}],
  ];
  test.each(agree)("agree: %j and %j", (given, sent) => expect(mismatch(given, sent)).toBeUndefined());

  const differ: [JsonObject, Record<string, string>][] = [
    [{ region: "eu" }, {}],
    [{ region: "eu" }, { "mcp-param-region": "us" }],
    [{ region: "eu" }, { "mcp-param-region": "EU" }],
    [{ region: "eu" }, { "mcp-param-region": "=?base64?ZXU?=" }],
    [{ nested: { count: 42 } }, { "mcp-param-count": "0x2a" }],
    [{ flag: true }, { "mcp-param-flag": "1" }],
  ];
  test.each(differ)("differ: %j and %j", (given, sent) => expect(mismatch(given, sent)).toContain("mcp-param-"));
});
