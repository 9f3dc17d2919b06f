// Requests of 2026-07-28 on the same endpoint as all others: what they must say of themselves, and what they get in front of legacy backends.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startFull } from "../fixtures/full/start.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { answerOf, type ModernClient, modernClient, textOf } from "../fixtures/modern-client.ts";
import { events } from "../fixtures/raw-client.ts";
import { initialize, openSession, post, request } from "./http-session.ts";

setDefaultTimeout(30_000);

const opened = new AsyncDisposableStack();
let gateway: Gateway;
let url: string;
let client: ModernClient;
beforeAll(async () => {
  const full = opened.use(await startFull("stdio"));
  gateway = opened.use(await startGateway({ version: "1", backends: { full: full.backend } }));
  url = `${gateway.url}/mcp`;
  client = modernClient(url);
});
afterAll(() => opened.disposeAsync());

const key = (name: string) => `io.modelcontextprotocol/${name}`;

describe("what a request must say of itself", () => {
  const missing = [
    ["its metadata", { _meta: undefined }],
    ["its version", { _meta: { [key("clientCapabilities")]: {} } }],
    ["its client's capabilities", { _meta: { [key("protocolVersion")]: "2026-07-28" } }],
    [
      "capabilities that are some",
      { _meta: { [key("protocolVersion")]: "2026-07-28", [key("clientCapabilities")]: 1 } },
    ],
  ] as const;
  test.each(missing)("%s", async (_, params) => {
    const { status, body } = await client.send("tools/list", params, { id: "one" });
    expect({ status, code: body.error?.code, id: body.id }).toEqual({ status: 400, code: -32602, id: "one" });
  });

  test("nothing about itself beyond that", async () => {
    const own = { [key("protocolVersion")]: "2026-07-28", [key("clientCapabilities")]: {} };
    expect((await client.send("tools/list", { _meta: own })).status).toBe(200);
  });

  test("a log level that there is", async () => {
    const { status, body } = await client.send("tools/list", {}, { meta: { [key("logLevel")]: "loud" } });
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32602 });
  });

  test("a version that is spoken here", async () => {
    const meta = { [key("protocolVersion")]: "2027-01-01" };
    const { status, body } = await client.send(
      "tools/list",
      {},
      { meta, headers: { "mcp-protocol-version": "2027-01-01" } },
    );
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32022 });
    const { result } = (await client.send("server/discover")).body;
    expect(body.error?.data).toEqual({ supported: result?.supportedVersions, requested: "2027-01-01" });
  });

  const headers = [
    ["a version in the header", "tools/list", {}, { "mcp-protocol-version": null }],
    ["the same version in the header", "tools/list", {}, { "mcp-protocol-version": "2025-11-25" }],
    ["its method in the header", "tools/list", {}, { "mcp-method": null }],
    ["the same method in the header", "tools/list", {}, { "mcp-method": "TOOLS/LIST" }],
    ["its name in the header", "tools/call", { name: "echo" }, { "mcp-name": null }],
    ["the same name in the header", "tools/call", { name: "echo" }, { "mcp-name": "rich" }],
    ["the same URI in the header", "resources/read", { uri: "full://blob" }, { "mcp-name": "full://static/1" }],
    ["a name that can be decoded", "tools/call", { name: "echo" }, { "mcp-name": "=?base64?ZWNobw?=" }],
  ] as const;
  test.each(headers)("%s", async (_, method, params, wrong) => {
    const { status, body } = await client.send(method, params, { headers: wrong, id: 7 });
    expect({ status, code: body.error?.code, id: body.id }).toEqual({ status: 400, code: -32020, id: 7 });
  });

  test("a name may be encoded", async () => {
    const encoded = `=?base64?${Buffer.from("echo").toString("base64")}?=`;
    const { status } = await client.call("echo", {}, { headers: { "mcp-name": encoded } });
    expect(status).toBe(200);
  });
});

describe("what there is not", () => {
  const removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];
  test.each([...removed, "tasks/list", "vendor/unknown"])("%s is no method: 404", async (method) => {
    const { status, body } = await client.send(method, {}, { id: 3 });
    expect({ status, code: body.error?.code, id: body.id }).toEqual({ status: 404, code: -32601, id: 3 });
  });

  test("GET and DELETE: 405", async () => {
    for (const method of ["GET", "DELETE"]) {
      const response = await fetch(url, { method, headers: { "mcp-protocol-version": "2026-07-28" } });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  test("batches: 400", async () => {
    const _meta = { [key("protocolVersion")]: "2026-07-28", [key("clientCapabilities")]: {} };
    expect((await post(url, [request(1, "tools/list", { _meta })])).status).toBe(400);
  });

  test("a session id means nothing", async () => {
    const { status } = await client.send("tools/list", {}, { headers: { "mcp-session-id": crypto.randomUUID() } });
    expect(status).toBe(200);
  });

  test("a notification is taken and forgotten", async () => {
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "notifications/cancelled" };
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } };
    expect((await post(url, cancelled, { headers })).status).toBe(202);
  });
});

describe("beside the legacy era", () => {
  test("initialize still opens a session, and its requests are the session's", async () => {
    expect((await post(url, initialize("2025-11-25"))).headers.has("mcp-session-id")).toBe(true);
    const session = await openSession(url, "2025-11-25");
    const response = await session.post(request(2, "tools/list"));
    expect(((await response.json()) as { result: object }).result).not.toHaveProperty("resultType");
  });
});

describe("answers", () => {
  test("server/discover tells what there is, without the tasks of before", async () => {
    const { result } = (await client.send("server/discover")).body;
    expect(result).toMatchObject({
      resultType: "complete",
      ttlMs: 0,
      cacheScope: "public",
      supportedVersions: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
      capabilities: { tools: { listChanged: true }, experimental: { "vendor/feature": { level: 3 } } },
      instructions: "Use the fixture for everything.",
      _meta: { [key("serverInfo")]: { name: "argus-mcp" } },
    });
    expect(result?.capabilities).not.toHaveProperty("tasks");
  });

  const lists = [
    ["tools/list", "tools"],
    ["prompts/list", "prompts"],
    ["resources/list", "resources"],
    ["resources/templates/list", "resourceTemplates"],
  ] as const;
  test.each(lists)("%s is whole, the same every time, and says how long it is fresh", async (method, kind) => {
    const first = await client.send(method, {}, { id: "list" });
    const { result, id } = first.body;
    expect(id).toBe("list");
    expect(result).toMatchObject({ resultType: "complete", ttlMs: 0, cacheScope: "private" });
    expect([result?.[kind]].flat().length).toBeGreaterThan(2);
    expect(result).not.toHaveProperty("nextCursor");
    expect((await client.send(method, {}, { id: "list" })).body).toEqual(first.body);
    for (const cursor of ["", "next"]) expect((await client.send(method, { cursor })).body.error?.code).toBe(-32602);
  });

  test("tools come without what only tasks need, and else as they are", async () => {
    const { result } = (await client.send("tools/list")).body;
    const tools = result?.tools as Record<string, unknown>[];
    expect(tools.filter((tool) => "execution" in tool)).toEqual([]);
    expect(tools.find(({ name }) => name === "rich")).toMatchObject({ "vendor/unknown": { kept: true } });
  });

  test("a call has what the tool gives, word for word, and a type", async () => {
    const { result } = (await client.call("rich", { city: "Ulm" }, { meta: { "vendor/asks": 1 } })).body;
    const { resultType, ...rest } = result ?? {};
    expect(resultType).toBe("complete");
    expect(rest).toMatchObject({
      "vendor/top": true,
      _meta: { "vendor/trace": "abc" },
      structuredContent: { city: "Ulm" },
    });
  });

  test("a tool that fails, and one that throws", async () => {
    expect((await client.call("fail")).body.result).toMatchObject({ isError: true, resultType: "complete" });
    const { status, body } = await client.call("throw");
    expect(status).toBe(200);
    expect(body.error).toEqual({
      code: -31999,
      message: "The backend refused.",
      data: { reason: "test", nested: { keys: [1, 2] } },
    });
  });

  test("an unknown tool, prompt and resource", async () => {
    const unknown = await Promise.all([
      client.call("nothing"),
      client.send("prompts/get", { name: "nothing" }),
      client.send("resources/read", { uri: "full://nothing" }),
    ]);
    expect(unknown.map(({ status, body }) => [status, body.error?.code])).toEqual([
      [200, -32602],
      [200, -32602],
      [200, -32602],
    ]);
    expect(unknown[2]?.body.error?.data).toEqual({ uri: "full://nothing" });
  });

  test("a resource says how long it is fresh", async () => {
    const { result } = (await client.send("resources/read", { uri: "full://static/1" })).body;
    expect(result).toMatchObject({ resultType: "complete", ttlMs: 0, cacheScope: "private" });
  });

  test("what is long comes whole", async () => {
    const long = "x".repeat(1_000_000);
    const answer = await client.call("echo", { long });
    expect(JSON.parse(textOf(answer))).toEqual({ long });
  });
});

describe("while a call is under way", () => {
  test("its progress comes on its own stream, under its own token, before the answer", async () => {
    const { before, body } = await client.call("progress", { steps: 3 }, { meta: { progressToken: "mine" } });
    expect(before).toMatchObject([1, 2, 3].map((progress) => ({ params: { progressToken: "mine", progress } })));
    expect(body.result).toMatchObject({ resultType: "complete" });
  });

  test("log messages come where they are asked for, from the level that is asked for", async () => {
    expect((await client.call("log", { label: "silent" })).before).toEqual([]);
    const { before } = await client.call("log", { label: "loud" }, { meta: { [key("logLevel")]: "error" } });
    const levels = before.map(({ params }) => (params as { level: string }).level);
    expect(levels).toEqual(["error", "critical", "alert", "emergency"]);
  });

  test("closing the response cancels it", async () => {
    for (const meta of [{ progressToken: 1 }, {}]) {
      const label = crypto.randomUUID();
      const closed = new AbortController();
      const args = { name: "hang", arguments: { label } };
      const opening = client.open("tools/call", args, { meta, signal: closed.signal });
      const left = opening.then(async (response) => {
        for await (const _ of events(response)) closed.abort();
      });
      // Without progress the stream begins after a second, with no event.
      if (!("progressToken" in meta)) await opening.then(() => closed.abort());
      await left.catch(() => undefined);
      expect(textOf(await client.call("cancelled", { label }))).toContain("cancelled");
    }
  });

  test("who takes JSON alone gets the answer alone", async () => {
    const options = { meta: { progressToken: 1 }, headers: { accept: "application/json" } };
    const { before, body } = await client.call("progress", { steps: 3 }, options);
    expect([before, body.result?.resultType]).toEqual([[], "complete"]);
  });

  test("who takes events alone gets the answer as one", async () => {
    const response = await client.open("tools/list", {}, { headers: { accept: "text/event-stream" } });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect((await answerOf(response)).body.result).toHaveProperty("tools");
  });
});
