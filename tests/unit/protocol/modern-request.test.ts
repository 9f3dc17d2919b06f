// What of a message tells its era, and what a request of the modern one must say.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/model.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { helloOf, isModernMessage, isModernVersion, readEnvelope } from "../../../src/protocol/modern-request.ts";

const key = (name: string) => `io.modelcontextprotocol/${name}`;
const own = { [key("protocolVersion")]: "2026-07-28", [key("clientCapabilities")]: { roots: {} } };
const messageOf = (meta: JsonObject | undefined, params: JsonObject = {}, method = "tools/call") =>
  request(1, method, { ...params, ...(meta && { _meta: meta }) });

describe("a message is modern", () => {
  const cases: [string, JsonObject | undefined, string | null, boolean][] = [
    ["by its own version", own, null, true],
    ["by a version that nobody knows", { [key("protocolVersion")]: "v999" }, null, true],
    ["by a version that is none", { [key("protocolVersion")]: 1 }, null, true],
    ["by the header", undefined, "2026-07-28", true],
    ["by a later header", {}, "2030-01-01", true],
    ["not by a header of before", undefined, "2025-11-25", false],
    ["not by a header that is no date", undefined, "v999", false],
    ["not by a legacy version", { [key("protocolVersion")]: "2025-11-25" }, null, false],
    ["not without anything", undefined, null, false],
  ];
  test.each(cases)("%s", (_, meta, header, expected) => {
    expect(isModernMessage(messageOf(meta), header)).toBe(expected);
  });

  test("versions are dates", () => {
    expect(["2026-07-28", "2026-07-27", "zzz", "", null].map(isModernVersion)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("what a request says", () => {
  const headersOf = (more: Record<string, string> = {}) => {
    const headers = new Headers({ "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", ...more });
    return (name: string) => headers.get(name);
  };

  test("is read whole", () => {
    const meta = { ...own, [key("clientInfo")]: { name: "c" }, [key("logLevel")]: "info", progressToken: 0 };
    expect(readEnvelope(messageOf(meta), headersOf())).toEqual({
      capabilities: { roots: {} },
      clientInfo: { name: "c" },
      logLevel: "info",
      progressToken: 0,
    });
    expect(readEnvelope(messageOf(own), headersOf())).toEqual({
      capabilities: { roots: {} },
      progressToken: undefined,
    });
  });

  const wrong: [string, JsonObject | undefined, string][] = [
    ["nothing", undefined, "invalid_params"],
    ["capabilities in an array", { ...own, [key("clientCapabilities")]: [] }, "invalid_params"],
    ["a client that is a text", { ...own, [key("clientInfo")]: "c" }, "invalid_params"],
    ["a level that is none", { ...own, [key("logLevel")]: "loud" }, "invalid_params"],
    ["another version than the header", { ...own, [key("protocolVersion")]: "v999" }, "header_mismatch"],
  ];
  test.each(wrong)("must not be %s", (_, meta, code) => {
    expect(() => readEnvelope(messageOf(meta), headersOf())).toThrow(expect.objectContaining({ code }));
  });

  test("must be of a version that is known, which the error tells", () => {
    const read = () =>
      readEnvelope(
        messageOf({ ...own, [key("protocolVersion")]: "v999" }),
        headersOf({ "mcp-protocol-version": "v999" }),
      );
    const data = { requested: "v999", supported: expect.arrayContaining(["2026-07-28", "2025-11-25"]) };
    expect(read).toThrow(expect.objectContaining({ code: "unsupported_version", data }));
  });

  const names: [string, JsonObject, string][] = [
    ["tools/call", { name: "ä tool" }, "=?base64?w6QgdG9vbA==?="],
    ["prompts/get", { name: "prompt" }, "prompt"],
    ["resources/read", { uri: "a://b" }, "a://b"],
    ["tasks/get", { taskId: "t" }, "t"],
  ];
  test.each(names)("%s has its name in a header", (method, params, name) => {
    const read = (more: Record<string, string>) =>
      readEnvelope(messageOf(own, params, method), headersOf({ "mcp-method": method, ...more }));
    expect(read({ "mcp-name": name })).toMatchObject({ capabilities: { roots: {} } });
    for (const more of [{}, { "mcp-name": `${name}x` }])
      expect(() => read(more as Record<string, string>)).toThrow(expect.objectContaining({ code: "header_mismatch" }));
  });
});

test.each([
  [
    '{"name":"c","version":"1","build":12345678901234567890}',
    '{"name":"c","version":"1","build":12345678901234567890}',
  ],
  [undefined, '{"name":"unnamed client","version":""}'],
])("a client that says of itself %s says so to a legacy server, and nothing of tasks", (named, expected) => {
  const declared = '{"roots":{},"vendor/n":1.0,"extensions":{"x":{}}}';
  const said = declared.replace('"x"', '"io.modelcontextprotocol/tasks":{},"x"');
  const info = named === undefined ? "" : `"${key("clientInfo")}":${named},`;
  const meta = `{"${key("protocolVersion")}":"2026-07-28",${info}"${key("clientCapabilities")}":${said}}`;
  const message = parse(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":${meta}}}`);
  const headers: Record<string, string> = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };
  const hello = helloOf(
    message,
    readEnvelope(message, (name) => headers[name] ?? null),
  );
  expect(hello.text).toContain(`"capabilities":${declared},"clientInfo":${expected}`);
  expect(hello.body.params?.capabilities).toEqual(JSON.parse(declared));
});
