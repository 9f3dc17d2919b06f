// The optimizer: a short list of tools, a search in all of them, and calls that become direct calls byte by byte.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { buildCatalog, type Catalog } from "../../../src/gateway/catalog.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import { optimize, ownAnswer, redirect } from "../../../src/gateway/optimizer.ts";
import type { JsonObject, Message } from "../../../src/model.ts";
import { elements } from "../../../src/protocol/json.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { members, objectWith, value } from "../../contract/odd-json.ts";
import { upstream } from "./stand-ins.ts";

const everything = filterOf({ allow: [], deny: [] });

/** The catalog of backends with these tools, by the backends' names. */
function catalogOf(backends: Record<string, JsonObject[]>): Catalog {
  const sources = Object.entries(backends).map(([name, tools]) => ({
    upstream: upstream(name, { tools }),
    filters: { tools: everything, resources: everything, prompts: everything },
    overrides: {},
  }));
  return buildCatalog(sources, { strategy: "first-wins", separator: "_", order: [] });
}

const tool = (name: string, description = `Does ${name}`): JsonObject => ({
  "vendor/first": 1,
  name,
  description,
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
});

const catalog = catalogOf({
  git: [tool("log"), tool("push"), tool("status")],
  files: [tool("read"), tool("find_tool", "Finds screws"), tool("call_tool", "Calls a plumber")],
});

const listed = (from: Catalog) => elements(from.lists.tools, ["tools"]);
const namesIn = (texts: string[]) => texts.map((text) => JSON.parse(text).name);

const call = (name: string, given?: unknown): Message => request(1, "tools/call", { name, arguments: given });

describe("the list of tools", () => {
  test("is the optimizer's two and what is kept, in the catalog's order and word for word", () => {
    const [find, redirected, ...kept] = listed(optimize(catalog, ["read", "nowhere", "log"]));
    expect(namesIn([find ?? "", redirected ?? ""])).toEqual(["find_tool", "call_tool"]);
    expect(kept).toEqual(listed(catalog).filter((text) => ["log", "read"].includes(JSON.parse(text).name)));
    expect(kept).toHaveLength(2);
  });

  test("names nothing twice, whatever a backend calls its tools", () => {
    expect(namesIn(listed(optimize(catalog, ["find_tool", "call_tool"])))).toEqual(["find_tool", "call_tool"]);
  });

  test("has the two where there are no tools", () => {
    expect(namesIn(listed(optimize(catalogOf({}), ["log"])))).toEqual(["find_tool", "call_tool"]);
  });

  test("tells whose tools there are, and changes with nothing else that is hidden", () => {
    const before = optimize(catalog, ["log"]).lists.tools;
    expect(before).toContain("git, files.");
    const files = [tool("write", "Another")];
    expect(optimize(catalogOf({ git: [tool("log")], files }), ["log"]).lists.tools).toBe(before);
    expect(optimize(catalogOf({ git: [tool("log")] }), ["log"]).lists.tools).not.toBe(before);
  });

  test("is all that is different", () => {
    const { tools, ...others } = optimize(catalog, []).lists;
    expect(others).toEqual({
      prompts: '{"prompts":[]}',
      resources: '{"resources":[]}',
      resourceTemplates: '{"resourceTemplates":[]}',
    });
    expect(tools).not.toBe(catalog.lists.tools);
    expect(optimize(catalog, []).tools).toBe(catalog.tools);
  });
});

describe("call_tool", () => {
  const optimized = optimize(catalog, []);
  const template = objectWith(fc.constant('"name":"call_tool"'), fc.constant('"arguments":{"here":1}')).map(
    (params) => `{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call","params":${params},"vendor/x":1.0}`,
  );
  const unknown = members.map((all) => `{${all.join()}}`);
  const gap = fc.constantFrom("", " ", "\t");

  /** What a client may write, and the arguments in it that count. */
  const written = fc.tuple(unknown, gap, fc.option(value)).chain(([counts, space, earlier]) => {
    const repeated = earlier === null ? "" : `"arguments":${earlier},`;
    const name = fc.constantFrom('"name":"log"', '"\\u006eame":"lo\\u0067"', '"name":7,"name": "log"');
    return name.map((named) => ({
      counts,
      text: `{${space}${named},${repeated}"arguments":${space}${counts}${space}}`,
    }));
  });

  test("becomes the direct call, and every other byte stays", () => {
    const check = (message: string, { text, counts }: { text: string; counts: string }) => {
      const sent = parse(message.replace('{"here":1}', () => text));
      const { catalog: where, message: direct } = redirect(optimized, sent);
      expect(where).toBe(catalog);
      expect(direct.text).toBe(message.replace('{"here":1}', () => counts).replace('"call_tool"', '"log"'));
      expect(direct.body).toEqual(parse(direct.text).body);
    };
    fc.assert(fc.property(template, written, check));
  });

  test("carries payload of any size, and none where there is none", () => {
    const payload = { file: "x".repeat(100_000), deep: [{ file: "y".repeat(100_000) }] };
    const { text } = redirect(optimized, parse(call("call_tool", { name: "log", arguments: payload }).text)).message;
    expect(JSON.parse(text).params).toEqual({ name: "log", arguments: payload });
    expect(redirect(optimized, call("call_tool", { name: "log" })).message.body.params).toEqual({
      name: "log",
      arguments: {},
    });
  });

  test("repeats nothing: all that a reader could take for its parameters is replaced", () => {
    const inner = '{"name":"log","arguments":{"a":1}}';
    const params = `"arguments":{"old":1},"name":"push","name":"call_tool","arguments":${inner}`;
    const sent = parse(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}}`);
    expect(redirect(optimized, sent).message.text).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"a":1},"name":"log","name":"log","arguments":{"a":1}}}',
    );
  });

  test("reaches what backends call find_tool and call_tool", () => {
    for (const name of ["find_tool", "call_tool"]) {
      const { catalog: where, message } = redirect(optimized, call("call_tool", { name, arguments: { query: "" } }));
      expect(where.tools.get(String(message.body.params?.name))?.upstream.name).toBe("files");
      expect(ownAnswer(where, message)).toBeUndefined();
    }
  });

  test("is a backend's own without the optimizer, and other messages pass with it", () => {
    const own = call("call_tool", { name: "log" });
    expect(redirect(catalog, own)).toEqual({ catalog, message: own });
    expect(ownAnswer(catalog, own)).toBeUndefined();
    for (const message of [
      call("log", { name: "push" }),
      request(1, "prompts/get", { name: "call_tool", arguments: { name: "log" } }),
    ]) {
      expect(redirect(optimized, message).message).toBe(message);
    }
    expect(ownAnswer(optimized, call("log"))).toBeUndefined();
  });

  test.each([
    ["no arguments", undefined],
    ["a string", "log"],
    ["a list", ["log"]],
    ["no name", {}],
    ["a number for a name", { name: 1 }],
    ["null for arguments", { name: "log", arguments: null }],
    ["a string for arguments", { name: "log", arguments: '{"a":1}' }],
    ["a list for arguments", { name: "log", arguments: [] }],
    ["arguments beside the name", { name: "log", path: "." }],
  ])("with %s says how it is used", async (_, given) => {
    const message = parse(call("call_tool", given).text);
    expect(redirect(optimized, message).message).toBe(message);
    const { result } = (await ownAnswer(optimized, message))?.body ?? {};
    expect(result).toEqual({
      content: [{ type: "text", text: expect.stringContaining('"arguments": {…}') }],
      isError: true,
    });
  });
});

describe("find_tool", () => {
  const optimized = optimize(catalog, []);

  async function find(given: unknown, from: Catalog = optimized): Promise<{ text: string; isError?: boolean }> {
    const answer = await ownAnswer(from, parse(call("find_tool", given).text));
    const { content, isError } = JSON.parse(answer?.text ?? "").result;
    expect(content).toEqual([{ type: "text", text: expect.any(String) }]);
    return { text: content[0].text, isError };
  }

  test("gives what a model must know of the tools it finds", async () => {
    const { text, isError } = await find({ query: "log" });
    expect(JSON.parse(text)).toEqual([{ name: "log", description: "Does log", inputSchema: { type: "object" } }]);
    expect(isError).toBeUndefined();
  });

  test("gives as many as are wanted, else ten", async () => {
    const many = optimize(catalogOf({ many: Array.from({ length: 60 }, (_, index) => tool(`log-${index}`)) }), []);
    for (const [limit, count] of [
      [undefined, 10],
      [1, 1],
      [50, 50],
    ]) {
      expect(JSON.parse((await find({ query: "log", limit }, many)).text)).toHaveLength(count ?? 0);
    }
  });

  test("names all tools where nothing is asked for", async () => {
    expect((await find({ query: " " })).text).toBe('["log","push","status","read","find_tool","call_tool"]');
    expect((await find({ query: "" }, optimize(catalogOf({}), []))).text).toBe("[]");
  });

  test("says so when it finds nothing", async () => {
    for (const from of [optimized, optimize(catalogOf({}), [])]) {
      const { text, isError } = await find({ query: "zebra" }, from);
      expect(text).toMatch(/No tool matches "zebra".*other words/);
      expect(isError).toBeUndefined();
    }
  });

  test.each([
    ["no arguments", undefined],
    ["a list", []],
    ["no query", {}],
    ["a number for a query", { query: 1 }],
    ["a long query", { query: "x".repeat(1_001) }],
    ["a query of the size of payload", { query: "x".repeat(100_000) }],
    ["a limit of nothing", { query: "log", limit: 0 }],
    ["a limit over 50", { query: "log", limit: 51 }],
    ["half a limit", { query: "log", limit: 1.5 }],
    ["a string for a limit", { query: "log", limit: "5" }],
    ["null for a limit", { query: "log", limit: null }],
    ["what is unknown", { query: "log", where: "git" }],
  ])("with %s says how it is used", async (_, given) => {
    const { text, isError } = await find(given);
    expect(isError).toBe(true);
    expect(text).toContain('find_tool takes {"query"');
  });
});
