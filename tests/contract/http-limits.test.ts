// Limits for clients: bodies and headers as no client should send them, and how often one may ask.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { claimsOf, signWith } from "../fixtures/oauth/signer.ts";
import { offering } from "../fixtures/raw-backend.ts";
import { events } from "../fixtures/raw-client.ts";
import { openRaw, statusOf } from "../fixtures/raw-http.ts";
import { until } from "../fixtures/until.ts";
import { initialize, openSession, post, request } from "./http-session.ts";

setDefaultTimeout(30_000);

const backends = { alpha: offering("alpha", { tools: ["tool"] }) };
const start = (server: object = {}) => startGateway({ version: "1", server, backends });
const hello = initialize("2025-11-25");
const text = JSON.stringify(hello);
const head = [
  ...["POST /mcp HTTP/1.1", "Host: localhost"],
  ...["Content-Type: application/json", "Accept: application/json, text/event-stream"],
];

/** Opens a session, with one or two requests, and gives a way to send a body on it. */
async function overHttp(url: string): Promise<(body: unknown) => Promise<Response>> {
  const response = await post(`${url}/mcp`, initialize("2025-03-26"));
  const headers = { "mcp-session-id": response.headers.get("mcp-session-id") ?? "" };
  return (body) => post(`${url}/mcp`, body, { headers });
}

async function overSse(url: string): Promise<(body: unknown) => Promise<Response>> {
  const { value } = await events(await fetch(`${url}/sse`)).next();
  const send = (body: unknown) => post(`${url}${value?.data}`, body);
  await send(initialize("2025-03-26"));
  return send;
}

describe("a request", () => {
  test("with several hosts, another target, or none is refused", async () => {
    await using gateway = await start();
    const get = (...lines: string[]) => statusOf(gateway.url, lines);
    expect(await get("GET /sse HTTP/1.1", "Host: localhost", "Host: evil.example")).toBe(403);
    expect(await get("GET /sse HTTP/1.1", "Host: evil.example", "Host: localhost")).toBe(403);
    expect(await get("GET /sse HTTP/1.1")).toBe(400);
    expect(await get("GET /sse HTTP/1.0")).toBe(400);
    expect(await get("GET http://localhost/sse HTTP/1.1", "Host: evil.example")).toBe(403);
    expect(await get("GET //evil.example/sse HTTP/1.1", "Host: localhost")).toBe(404);
    expect(await get("GET /x/../../manage/v1/status HTTP/1.1", "Host: evil.example")).toBe(403);
    for (const target of ["evil.example:443", "http://localhost/mcp", "http://localhost/manage/v1/health"])
      expect(await get(`CONNECT ${target} HTTP/1.1`, "Host: localhost")).toBe(405);
    expect(
      await get("GET / HTTP/1.1", "Host: localhost", "Origin: http://localhost", "Origin: http://evil.example"),
    ).toBe(403);
    for (const host of ["localhost/x", "localhost?x", "localhost#x", "x@localhost", "localhost\\x", "a b", "[::1]:1:2"])
      for (const path of ["/mcp", "/manage/v1/status", "/manage/v1/health", "/"])
        expect([host, path, await get(`GET ${path} HTTP/1.1`, `Host: ${host}`)]).toEqual([host, path, 400]);
  });

  test("with too many or too long headers is 431", async () => {
    await using gateway = await start();
    const many = Array.from({ length: 1_000 }, (_, index) => `X-${index}: y`);
    expect(await statusOf(gateway.url, [...head, ...many])).toBe(431);
    expect(await statusOf(gateway.url, [...head, `X: ${"y".repeat(100_000)}`])).toBe(431);
  });
});

describe("a body", () => {
  test("that is longer than it says ends where it says", async () => {
    await using gateway = await start();
    expect(await statusOf(gateway.url, [...head, `Content-Length: ${text.length}`], `${text}${text}`)).toBe(200);
    expect(await statusOf(gateway.url, [...head, `Content-Length: ${text.length - 1}`], text)).toBe(400);
  });

  test("whose length is told twice, or not as a number, is 400", async () => {
    await using gateway = await start();
    for (const lines of [
      [`Content-Length: ${text.length}`, "Content-Length: 1"],
      [`Content-Length: ${text.length}`, "Transfer-Encoding: chunked"],
      ["Content-Length: -1"],
      ["Content-Length: 0x10"],
      ["Transfer-Encoding: chunked, identity"],
    ])
      expect([lines, await statusOf(gateway.url, [...head, ...lines], text)]).toEqual([lines, 400]);
  });

  test("over the limit ends the connection, so that the rest of it is not sent", async () => {
    await using gateway = await start({ limits: { body: "1KiB" } });
    const chunk = `400\r\n${"x".repeat(1024)}\r\n`;
    for (const [lines, body] of [
      [["Content-Length: 1000000000"], ""],
      [["Transfer-Encoding: chunked"], chunk + chunk],
    ] as const) {
      using connection = await openRaw(gateway.url);
      connection.write(`${[...head, ...lines].join("\r\n")}\r\n\r\n${body}`);
      expect(await connection.closed).toStartWith("HTTP/1.1 413 ");
    }
  });

  test("that waits for a word is asked for", async () => {
    await using gateway = await start();
    using connection = await openRaw(gateway.url);
    const lines = [...head, `Content-Length: ${text.length}`, "Expect: 100-continue"];
    connection.write(`${lines.join("\r\n")}\r\n\r\n`);
    await connection.matches(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    connection.write(text);
    await connection.matches(/HTTP\/1\.1 200 OK/);
  });

  test("whose client leaves in the middle is no error of the gateway", async () => {
    await using gateway = await start();
    for (const path of ["/mcp", "/manage/v1/reload"])
      for (const length of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
        const connection = await openRaw(gateway.url);
        connection.write(`${[`POST ${path} HTTP/1.1`, ...head.slice(1), length].join("\r\n")}\r\n\r\n`);
        connection[Symbol.dispose]();
        await connection.closed;
      }
    expect((await post(`${gateway.url}/mcp`, hello)).status).toBe(200);
    await gateway.stop();
    expect(gateway.log()).not.toContain("internal error");
  });
});

test("a client of the older transport that does not read has no session any more", async () => {
  await using gateway = await start();
  using connection = await openRaw(gateway.url);
  connection.write("GET /sse HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const [, path] = /data: (\S+)/.exec(await connection.matches(/data: \S+\n/)) ?? [];
  const send = async (body: unknown) => (await post(`${gateway.url}${path}`, body)).status;
  await send(hello);
  connection.pause();
  const result = JSON.stringify({ content: [], text: "x".repeat(3 * 1024 * 1024) });
  const call = request(2, "tools/call", { name: "tool", _meta: { "test/result": result } });
  await until("it has ended", async () => (await send(call)) === 404);
  expect(await (await gateway.manage("/sessions")).json()).toMatchObject({ active_sessions: 0 });
});

describe("requests_per_minute", () => {
  const limited = (requests_per_minute: number) => ({ limits: { requests_per_minute } });

  test("stops POSTs and streams with 429 and says when to come again; ending a session is never too much", async () => {
    await using gateway = await start(limited(5));
    const session = await openSession(`${gateway.url}/mcp`, "2025-11-25");
    const ping = () => session.post(request(2, "ping"));
    expect([(await ping()).status, (await ping()).status, (await ping()).status]).toEqual([200, 200, 200]);
    const refused = [
      await ping(),
      await session.get(),
      await fetch(`${gateway.url}/sse`),
      await post(`${gateway.url}/messages?sessionId=x`, hello),
      await post(`${gateway.url}/mcp/default`, hello),
    ];
    for (const response of refused) {
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeWithin(1, 13);
      expect(await response.json()).toMatchObject({
        jsonrpc: "2.0",
        error: { code: -32000, message: expect.stringContaining("requests_per_minute") },
      });
    }
    expect((await gateway.manage("/health")).status).toBe(200);
    expect((await session.end()).status).toBe(204);
  });

  test.each(["/mcp", "/messages"])("counts every message of a batch to %s", async (path) => {
    await using gateway = await start(limited(20));
    const batch = Array.from({ length: 30 }, (_, index) => request(index, "ping"));
    const send = path === "/mcp" ? await overHttp(gateway.url) : await overSse(gateway.url);
    const first = await send(batch);
    expect([first.ok, (await send(batch)).status]).toEqual([true, 429]);
    // Twelve messages more than there were to be had, and one to come: three seconds each.
    expect(Number((await send(batch)).headers.get("retry-after"))).toBeWithin(33, 40);
  });

  test("stops guesses at a token by whatever method", async () => {
    const incoming_auth = { type: "local", token: "right" };
    await using gateway = await startGateway({ version: "1", server: limited(2), incoming_auth, backends });
    const ask = async (method: string, token: string) =>
      (await fetch(`${gateway.url}/mcp`, { method, headers: { authorization: `Bearer ${token}` } })).status;
    expect([await ask("DELETE", "a"), await ask("DELETE", "b")]).toEqual([401, 401]);
    for (const method of ["DELETE", "PUT", "GET"]) expect([method, await ask(method, "c")]).toEqual([method, 429]);
    for (let count = 0; count < 4; count++) expect(await ask("DELETE", "right")).toBe(400);
  });

  test("is told once, however often it is hit", async () => {
    await using gateway = await start(limited(1));
    for (let count = 0; count < 50; count++) await (await post(`${gateway.url}/mcp`, hello)).text();
    const { events } = (await (await gateway.manage("/events")).json()) as { events: { message: string }[] };
    const told = events.filter(({ message }) => message.includes("requests_per_minute"));
    expect(told).toMatchObject([{ severity: "warning", details: { from: "127.0.0.1" } }]);
  });

  test("counts each address for itself", async () => {
    await using gateway = await startGateway(
      { version: "1", server: limited(1), backends },
      { args: ["--host", "::"] },
    );
    const { port } = new URL(gateway.url);
    const ask = async (host: string) => (await post(`http://${host}:${port}/mcp`, hello)).status;
    expect([await ask("127.0.0.1"), await ask("127.0.0.1"), await ask("[::1]")]).toEqual([200, 429, 200]);
  });

  test("counts each identity for itself, wherever it comes from, and who has none by address", async () => {
    const secret = "a secret that is long enough for HS256";
    const incoming_auth = { type: "jwt", secret, issuer: "me", audience: "argus", algorithms: ["HS256"] };
    await using gateway = await startGateway({ version: "1", server: limited(2), incoming_auth, backends });
    const ask = async (authorization: string) =>
      (await post(`${gateway.url}/mcp`, hello, { headers: { authorization } })).status;
    const three = async (authorization: string) => [
      await ask(authorization),
      await ask(authorization),
      await ask(authorization),
    ];
    const token = async (sub: string) => `Bearer ${await signWith(secret, claimsOf("me", { sub }))}`;
    expect(await three(await token("ann"))).toEqual([200, 200, 429]);
    expect(await three(await token("bob"))).toEqual([200, 200, 429]);
    expect(await three("Bearer wrong")).toEqual([401, 401, 429]);
    expect(await ask(await token("ann"))).toBe(429);
    expect(await ask(await token("cid"))).toBe(200);
  });

  test("takes effect with a reload, both ways, and goes on counting over one that leaves it alone", async () => {
    await using gateway = await start();
    const config = (limits: object, more: object = {}) => ({ version: "1", server: { limits, ...more }, backends });
    const ask = async () => (await post(`${gateway.url}/mcp`, hello)).status;
    const reload = async (next: object) => {
      gateway.edit(next);
      expect(await (await gateway.manage("/reload", { method: "POST" })).json()).toMatchObject({ reloaded: true });
    };
    expect([await ask(), await ask()]).toEqual([200, 200]);
    await reload(config({ requests_per_minute: 1 }));
    expect([await ask(), await ask()]).toEqual([200, 429]);
    await reload(config({ requests_per_minute: 1 }, { log_level: "debug" }));
    expect(await ask()).toBe(429);
    await reload(config({ requests_per_minute: 0 }));
    expect([await ask(), await ask()]).toEqual([200, 200]);
  });
});

describe("sessions", () => {
  test("who opens more and more loses its own, and not another one's", async () => {
    await using gateway = await startGateway(
      { version: "1", server: { limits: { sessions: 3 } }, backends },
      { args: ["--host", "::"] },
    );
    const { port } = new URL(gateway.url);
    await using quiet = await connect(`http://[::1]:${port}`);
    for (let count = 0; count < 10; count++)
      expect((await post(`http://127.0.0.1:${port}/mcp`, hello)).status).toBe(200);
    expect(await quiet.toolNames()).toEqual(["tool"]);
  });
});

describe("the management token", () => {
  test("cannot be guessed at: after ten wrong ones the address waits, and that is told once", async () => {
    await using gateway = await start({ management: { token: "right" } });
    const show = (token: string) => gateway.manage("/events", { headers: { authorization: `Bearer ${token}` } });
    for (let count = 0; count < 30; count++) expect((await show("stale")).status).toBe(401);
    const last = await until("one has to wait", async () => {
      const response = await show(crypto.randomUUID());
      return response.status === 429 && response;
    });
    expect(Number(last.headers.get("retry-after"))).toBeWithin(1, 7);
    expect(await last.json()).toMatchObject({ error: { code: "rate_limited", details: null } });
    expect((await show("right")).status).toBe(429);
    expect((await gateway.manage("/events")).status).toBe(401);
    expect((await gateway.manage("/health")).status).toBe(200);
    await gateway.logged(/too many wrong tokens/);
    expect(gateway.log().match(/too many wrong tokens/g)).toHaveLength(1);
  });
});
