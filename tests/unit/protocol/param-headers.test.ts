// Parameters of tools in headers: which there are, how they are sent, and what is noticed.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/model.ts";
import { parse } from "../../../src/protocol/message.ts";
import { argumentHead, paramHeaders, paramMismatch, validParamHeaders } from "../../../src/protocol/param-headers.ts";

const annotated = (name: unknown, type: unknown = "string") => ({ type, "x-mcp-header": name });
const object = (properties: JsonObject, more: JsonObject = {}) => ({ type: "object", properties, ...more });

test("parameters are found at any depth of properties", () => {
  const schema = object({
    a: annotated("A"),
    deep: object({ b: annotated("B", "integer") }),
    plain: { type: "number" },
  });
  expect(paramHeaders(schema)).toEqual([
    { header: "mcp-param-a", path: ["a"] },
    { header: "mcp-param-b", path: ["deep", "b"] },
  ]);
  expect(paramHeaders(undefined)).toEqual([]);
});

test.each([
  ["a name that is no token", object({ a: annotated("no spaces") })],
  ["an empty name", object({ a: annotated("") })],
  ["no name", object({ a: annotated(7) })],
  ["a number", object({ a: annotated("A", "number") })],
  ["an object", object({ a: annotated("A", "object") })],
  ["several types", object({ a: annotated("A", ["string", "null"]) })],
  ["the schema itself", { type: "object", "x-mcp-header": "A" }],
  ["a name that stands there twice", object({ a: annotated("A"), b: annotated("a") })],
  ["an array's items", object({ list: { type: "array", items: annotated("A") } })],
  ["one of several schemas", object({}, { anyOf: [object({ a: annotated("A") })] })],
  ["a condition", object({}, { if: object({ a: annotated("A") }) })],
  ["definitions", object({}, { $defs: { a: annotated("A") } })],
  ["properties by pattern", object({}, { patternProperties: { "^x": annotated("A") } })],
])("an annotation on %s is wrong", (_, schema) => {
  const whole = object({ right: annotated("Right"), wrong: schema });
  expect(() => paramHeaders(schema)).toThrow(RangeError);
  expect(() => paramHeaders(whole)).toThrow(RangeError);
  expect(validParamHeaders(whole)).toEqual([]);
});

test("values of arguments are written as they came", () => {
  const headers = ["n", "s", "f", "gone", "null", "list"].map((name) => ({
    header: `mcp-param-${name}`,
    path: ["in", name],
  }));
  const given = '{"in":{"n":12345678901234567890,"s":"a b","f":false,"null":null,"list":[1]}}';
  const message = parse(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":${given}}}`);
  expect(argumentHead(message, headers)).toEqual({
    ...{ "mcp-param-n": "12345678901234567890", "mcp-param-s": "a b", "mcp-param-f": "false" },
  });
});

const schema = object({
  region: annotated("Region"),
  nested: object({ count: annotated("Count", "integer") }),
  plain: { type: "string" },
  flag: annotated("Flag", "boolean"),
});

describe("headers and arguments", () => {
  const mismatch = (given: JsonObject, sent: Record<string, string>) => {
    const headers = new Headers(sent);
    return paramMismatch(validParamHeaders(schema), given, (name) => headers.get(name));
  };
  const agree: [JsonObject, Record<string, string>][] = [
    [{}, {}],
    [{}, { "Mcp-Param-Region": "whatever" }],
    [{ region: null, nested: 1 }, {}],
    [
      { region: "eu", nested: { count: 42 }, flag: false },
      { "mcp-param-region": "eu", "mcp-param-count": "42.0", "mcp-param-flag": "false" },
    ],
    [{ region: "ä" }, { "mcp-param-region": "=?base64?w6Q=?=" }],
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
