// The headers of modern requests: which there are, and how values look in them.
import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/model.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { argumentHead, headOf, nameOf, paramHeaders } from "../../../src/protocol/param-headers.ts";

const annotated = (name: unknown, type: unknown = "string") => ({ type, "x-mcp-header": name });
const object = (properties: JsonObject, more: JsonObject = {}) => ({ type: "object", properties, ...more });

test("parameters are found at any depth of properties", () => {
  const schema = object({
    a: annotated("A"),
    deep: object({ b: annotated("B", "integer") }),
    plain: { type: "number" },
  });
  expect(paramHeaders(schema)).toEqual([
    { name: "A", path: ["a"] },
    { name: "B", path: ["deep", "b"] },
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
  expect(() => paramHeaders(schema)).toThrow(RangeError);
});

test.each([
  ["tools/call", { name: "t" }, { "mcp-method": "tools/call", "mcp-name": "t" }],
  ["prompts/get", { name: "p" }, { "mcp-method": "prompts/get", "mcp-name": "p" }],
  ["resources/read", { uri: "u://x" }, { "mcp-method": "resources/read", "mcp-name": "u://x" }],
  ["tasks/get", { taskId: "7" }, { "mcp-method": "tasks/get", "mcp-name": "7" }],
  ["tools/list", { name: "not this" }, { "mcp-method": "tools/list" }],
  ["tools/call", {}, { "mcp-method": "tools/call" }],
])("%s with %p has the headers %p", (method, params, expected) => {
  expect(headOf(request(1, method, params))).toEqual(expected);
});

test("a name that is another at the backend is that one", () => {
  const message = request(1, "tools/call", { name: "exposed" });
  expect(headOf(message, { params: { name: '"original"' } })).toEqual({
    "mcp-method": "tools/call",
    "mcp-name": "original",
  });
  expect(nameOf(message, { params: {} })).toBe("exposed");
});

test("values of arguments are written as they came", () => {
  const headers = ["n", "s", "f", "gone", "null", "list"].map((name) => ({ name, path: ["in", name] }));
  const given = '{"in":{"n":12345678901234567890,"s":"a b","f":false,"null":null,"list":[1]}}';
  const message = parse(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":${given}}}`);
  expect(argumentHead(message, headers)).toEqual({
    ...{ "mcp-param-n": "12345678901234567890", "mcp-param-s": "a b", "mcp-param-f": "false" },
  });
});

test.each([
  ["plain", "plain"],
  ["two words", "two words"],
  ["é", "=?base64?w6k=?="],
  ["", "=?base64??="],
  [" x", "=?base64?IHg=?="],
  ["a\r\nb", "=?base64?YQ0KYg==?="],
  ["=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="],
])("the value %j is written as %j", (value, expected) => {
  const message = request(1, "tools/call", { arguments: { v: value } });
  expect(argumentHead(message, [{ name: "V", path: ["v"] }])).toEqual({ "mcp-param-v": expected });
});
