// The headers of modern requests, and how values look in them.
import { describe, expect, test } from "bun:test";
import { request } from "../../../src/protocol/message.ts";
import { decodeHeader, encodeHeader, headOf, nameOf } from "../../../src/protocol/modern-header.ts";

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

const base64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;

describe("a value stands for", () => {
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

test.each([
  ["plain", "plain"],
  ["two words", "two words"],
  ["é", "=?base64?w6k=?="],
  ["", "=?base64??="],
  [" x", "=?base64?IHg=?="],
  ["a\r\nb", "=?base64?YQ0KYg==?="],
  ["=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="],
])("the value %j is written as %j, and read again", (value, written) => {
  expect(encodeHeader(value)).toBe(written);
  expect(decodeHeader(written)).toBe(value);
});
