// The optimizer through the executable: a short list, a search, and calls that take the same path as direct ones.
import { describe, expect, test } from "bun:test";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { connect } from "../fixtures/connect.ts";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { offering, rawBackend, rawTools } from "../fixtures/raw-backend.ts";
import { connectRaw } from "../fixtures/raw-client.ts";
import { member } from "../fixtures/raw-json.ts";
import { until } from "../fixtures/until.ts";

const optimizer = { enabled: true, keep_tools: ["lines"] };
const shape = { type: "object" };

/** A tool whose list the gateway passes on as it stands. */
const described = { name: "create_issue", description: "Files a bug", inputSchema: shape, "vendor/x": [1] };

const raw = rawBackend({ tools: [described, ...rawTools, { name: "find_tool", inputSchema: shape }] });

const gatewayWith = (backends: object, more: object = {}) =>
  startGateway({ version: "1", backends, optimizer, ...more });

describe("tools/list", () => {
  test("is find_tool, call_tool and what is kept; without the optimizer it is everything", async () => {
    await using gateway = await gatewayWith({ raw });
    await using client = await connect(gateway.url);
    expect(await client.toolNames()).toEqual(["find_tool", "call_tool", "lines"]);
    await using plain = await gatewayWith({ raw }, { optimizer: { keep_tools: ["lines"] } });
    await using other = await connect(plain.url);
    expect(await other.toolNames()).toEqual(["create_issue", "call", "lines", "find_tool"]);
  }, 20_000);

  test("is the two where there is nothing, and each group has a search of its own", async () => {
    const ours = { ...offering("ours", { tools: ["alpha"] }), group: "ours" };
    const theirs = { ...offering("theirs", { tools: ["alpha_two"] }), group: "theirs" };
    await using empty = await gatewayWith({});
    await using gateway = await gatewayWith({ ours, theirs });
    await using nobody = await connect(empty.url);
    expect(await nobody.toolNames()).toEqual(["find_tool", "call_tool"]);
    await using client = await connect(gateway.url, { group: "theirs" });
    expect(JSON.parse(await client.text("find_tool", { query: "" }))).toEqual(["alpha_two"]);
    expect(JSON.parse(await client.text("find_tool", { query: "alpha" }))).toMatchObject([{ name: "alpha_two" }]);
  }, 20_000);

  test("changes for clients when what they see changes, and not with what they only find", async () => {
    await using gateway = await gatewayWith({ raw });
    await using client = await connect(gateway.url);
    let told = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++);
    const offer = (...tools: object[]) =>
      client.raw("tools/call", { name: "call", _meta: { "test/offer": { tools } } });
    const hidden = { name: "new_hidden", inputSchema: shape };
    await offer(...rawTools, hidden);
    await until("it is found", async () =>
      (await client.text("find_tool", { query: "hidden" })).includes("new_hidden"),
    );
    await offer({ name: "lines", description: "Another one", inputSchema: shape }, hidden);
    await until("the change of the list is told", () => told);
    expect((await client.listTools()).tools.at(-1)?.description).toBe("Another one");
    expect(told).toBe(1);
  }, 20_000);
});

describe("call_tool", () => {
  test.each([
    ["sse", "/sse"],
    ["streamable-http", "/mcp"],
  ] as const)("takes the same bytes to the same place as a direct call over %s", async (transport, path) => {
    await using gateway = await gatewayWith({ raw });
    using client = await connectRaw(transport, gateway.url + path);
    const given = '{"big":12345678901234567890,"one":1.0, "twice":1,"twice":"\\u0032","name":{"arguments":[]}}';
    const rest = '"vendor/x": 1e400,"_meta":{"vendor/y":-0}';
    const wrapped = `{"name":"create_issue","arguments":${given}}`;
    const direct = await client.request("tools/call", `{"name":"create_issue","arguments":${given},${rest}}`);
    const through = await client.request("tools/call", `{"name":"call_tool","arguments":${wrapped},${rest}}`);
    expect(member(through, "result")).toBe(member(direct, "result"));
    expect(member(member(direct, "result"), "received")).toContain(given);
  });

  test("answers as a direct call where there is no such tool", async () => {
    await using gateway = await gatewayWith({ raw });
    using client = await connectRaw("streamable-http", `${gateway.url}/mcp`);
    const direct = await client.request("tools/call", '{"name":"nothing"}');
    const through = await client.request("tools/call", '{"name":"call_tool","arguments":{"name":"nothing"}}');
    expect(member(through, "error")).toBe(member(direct, "error"));
    expect(member(direct, "error")).toContain("Unknown tool: nothing");
    const wrong = await client.request("tools/call", '{"name":"call_tool","arguments":{"tool":"nothing"}}');
    expect(JSON.parse(wrong).result).toMatchObject({ isError: true });
  });

  test("reaches what a backend calls find_tool", async () => {
    await using gateway = await gatewayWith({ raw });
    await using client = await connect(gateway.url);
    const own = await client.raw("tools/call", { name: "call_tool", arguments: { name: "find_tool" } });
    expect(own.received).toEqual({ name: "find_tool", arguments: {} });
    expect(await client.text("find_tool", { query: "bug" })).toBe(
      '[{"name":"create_issue","description":"Files a bug","inputSchema":{"type":"object"}}]',
    );
  });

  test("gets the progress and is cancelled as a direct call", async () => {
    await using full = await startFull("stdio");
    await using gateway = await gatewayWith({ full: full.backend });
    await using client = await connect(gateway.url);
    const heard: unknown[] = [];
    const steps = { name: "progress", arguments: { steps: 3 } };
    expect(await client.text("call_tool", steps, { onprogress: ({ progress }) => heard.push(progress) })).toBe(
      "3 steps",
    );
    await until("all progress has come", () => heard.length === 3);
    expect(heard).toEqual([1, 2, 3]);
    const cancel = new AbortController();
    const hanging = { name: "hang", arguments: { label: "one" } };
    const call = client.text("call_tool", hanging, { signal: cancel.signal, onprogress: () => cancel.abort("enough") });
    expect(await call.catch(String)).toContain("enough");
    expect(await client.text("cancelled", { label: "one" })).toContain("enough");
  }, 20_000);
});
