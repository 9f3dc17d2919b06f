// What the HTTP edge lets in: hosts, origins, sizes, methods and paths; and the older transport, HTTP+SSE.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { startGateway } from "../fixtures/gateway.ts";
import { offering } from "../fixtures/raw-backend.ts";
import { events } from "../fixtures/raw-client.ts";
import { until } from "../fixtures/until.ts";
import { initialize, openSession, post, request } from "./http-session.ts";

setDefaultTimeout(30_000);

const start = (server: object = {}) =>
  startGateway({ version: "1", server, backends: { alpha: offering("alpha", { tools: ["tool"] }) } });

const hello = initialize("2025-11-25");

describe("Host", () => {
  test("another name than the bound one is 403, and the answer says what to set", async () => {
    await using gateway = await start();
    const headers = { host: "attacker.example" };
    const answers = [post(`${gateway.url}/mcp`, hello, { headers }), fetch(`${gateway.url}/sse`, { headers })];
    for (const answer of answers) {
      expect((await answer).status).toBe(403);
      expect(await (await answer).text()).toContain("allowed_hosts");
    }
  });

  test("one that is no host at all is 400 everywhere", async () => {
    await using gateway = await start();
    const paths = ["/", "/mcp", "/mcp/default", "/sse", "/messages", "/manage/v1/health", "/manage/v1/status"];
    for (const host of ["999.999.999.999", "127.0.0.1:99999", "[::1", "%zz"]) {
      const answers = paths.map(async (path) => (await fetch(gateway.url + path, { headers: { host } })).status);
      expect([host, await Promise.all(answers)]).toEqual([host, paths.map(() => 400)]);
    }
  });

  test.each(["localhost", "127.0.0.1", "[::1]", "192.0.2.7"])("%s passes", async (host) => {
    await using gateway = await start();
    const headers = { host: `${host}:${new URL(gateway.url).port}` };
    expect((await post(`${gateway.url}/mcp`, hello, { headers })).status).toBe(200);
  });

  test("a name in allowed_hosts passes", async () => {
    await using gateway = await start({ allowed_hosts: ["mcp.example"] });
    const answer = (host: string) => post(`${gateway.url}/mcp`, hello, { headers: { host } });
    expect((await answer("mcp.example")).status).toBe(200);
    expect((await answer("other.example")).status).toBe(403);
  });
});

describe("Origin", () => {
  test("another site is 403, and the answer says what to set", async () => {
    await using gateway = await start();
    const headers = { origin: "https://attacker.example" };
    const answers = [post(`${gateway.url}/mcp`, hello, { headers }), fetch(`${gateway.url}/sse`, { headers })];
    for (const answer of answers) {
      expect((await answer).status).toBe(403);
      expect(await (await answer).text()).toContain("allowed_origins");
    }
  });

  test.each([
    [["https://app.example"], "https://app.example", 200],
    [["https://app.example"], "https://app.example.attacker.example", 403],
    [["https://app.example"], "http://app.example", 403],
    [["https://app.example"], "null", 403],
    [["*"], "https://any.example", 200],
    [[], "http://localhost:3000", 200],
    [[], "http://127.0.0.1:8080", 200],
    [[], "http://localhost.attacker.example", 403],
  ])("with allowed_origins %j, %s is answered with %i", async (allowed_origins, origin, status) => {
    await using gateway = await start({ allowed_origins });
    expect((await post(`${gateway.url}/mcp`, hello, { headers: { origin } })).status).toBe(status);
  });
});

describe("a body", () => {
  test("over the limit is 413, over both transports, with and without its length told", async () => {
    await using gateway = await start({ limits: { body: "2KiB" } });
    const large = JSON.stringify(request(1, "tools/call", { name: "tool", arguments: { text: "x".repeat(4096) } }));
    expect((await post(`${gateway.url}/mcp`, large)).status).toBe(413);
    expect((await post(`${gateway.url}/mcp`, hello)).status).toBe(200);
    const { endpoint, close } = await openSse(`${gateway.url}/sse`);
    expect((await post(endpoint, large)).status).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    expect((await fetch(`${gateway.url}/mcp`, { method: "POST", headers, body: chunked })).status).toBe(413);
    close();
  });

  test("up to the limit passes", async () => {
    await using gateway = await start({ limits: { body: "16MiB" } });
    const large = initialize("2025-11-25");
    const params = { ...large.params, _meta: { text: "x".repeat(10 << 20) } };
    expect((await post(`${gateway.url}/mcp`, { ...large, params })).status).toBe(200);
  });
});

describe("a path", () => {
  test("knows its methods", async () => {
    await using gateway = await start();
    for (const [path, method] of [
      ["/mcp", "PUT"],
      ["/sse", "DELETE"],
    ] as const) {
      const response = await fetch(gateway.url + path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toContain("GET");
    }
    expect((await fetch(`${gateway.url}/nowhere`)).status).toBe(404);
  });

  test("/ tells how to connect", async () => {
    await using gateway = await start();
    const page = await (await fetch(gateway.url)).text();
    for (const path of ["/mcp", "/sse"]) expect(page).toContain(path);
  });
});

describe("HTTP+SSE", () => {
  test("begins with the endpoint, answers 202 and sends the result on the stream", async () => {
    await using gateway = await start();
    const { endpoint, stream, close } = await openSse(`${gateway.url}/sse`);
    const response = await post(endpoint, initialize("2024-11-05"));
    expect(response.status).toBe(202);
    const { value } = await stream.next();
    expect(value?.event).toBe("message");
    expect(JSON.parse(value?.data)).toMatchObject({ id: 1, result: { protocolVersion: "2024-11-05" } });
    close();
  });

  test("does not know a session that is not open", async () => {
    await using gateway = await start();
    expect((await post(`${gateway.url}/messages?sessionId=${crypto.randomUUID()}`, hello)).status).toBe(404);
  });

  test("ends its session with its stream", async () => {
    await using gateway = await start();
    const { endpoint, close } = await openSse(`${gateway.url}/sse`);
    close();
    await until("the session is gone", async () => (await post(endpoint, hello)).status === 404);
  });
});

test("answers and progress under what can be no id are answers to nothing", async () => {
  await using gateway = await start();
  const session = await openSession(`${gateway.url}/mcp`, "2025-11-25");
  const { endpoint, close } = await openSse(`${gateway.url}/sse`);
  const id = { toString: 1, valueOf: 1 };
  const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: id, progress: 1 } };
  for (const message of [{ jsonrpc: "2.0", id, result: {} }, progress])
    for (const send of [session.post, (body: unknown) => post(endpoint, body)])
      expect((await send(message)).status).toBe(202);
  close();
  await gateway.stop();
  expect(gateway.log()).not.toContain("internal error");
});

async function openSse(url: string) {
  const closed = new AbortController();
  const stream = events(await fetch(url, { headers: { accept: "text/event-stream" }, signal: closed.signal }));
  const { value } = await stream.next();
  expect(value?.event).toBe("endpoint");
  expect(value?.data).toMatch(/^\/messages\?sessionId=/);
  return { endpoint: new URL(value?.data, url).href, stream, close: () => closed.abort() };
}
