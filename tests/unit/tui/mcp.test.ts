// Tools called through a real gateway: results as they are, progress, cancellation, and a gateway that was started anew.
import { expect, setDefaultTimeout, test } from "bun:test";
import { McpClient } from "../../../src/tui/mcp.ts";
import { chaos } from "../../fixtures/backends.ts";
import { freePort } from "../../fixtures/free-port.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(60_000);

const config = { version: "1", backends: { one: chaos() } };

function clientOf({ url }: Pick<Gateway, "url">, token?: string): McpClient & AsyncDisposable {
  const client = new McpClient({ url, version: "0.0.0", token });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.stop() });
}

async function sessions(gateway: Gateway): Promise<number> {
  const { active_sessions: count } = (await (await gateway.manage("/sessions")).json()) as { active_sessions: number };
  return count;
}

test("gives results as they come, in one session, which ends with it", async () => {
  await using gateway = await startGateway(config);
  {
    await using client = clientOf(gateway);
    expect(await sessions(gateway)).toBe(0);
    const [first, second] = await Promise.all([
      client.call({ tool: "echo", arguments: { text: "[1, null]" } }),
      client.call({ tool: "rich", arguments: {} }),
    ]);
    expect(first).toMatchObject({ content: [{ type: "text", text: "[1, null]" }] });
    expect(second).toMatchObject({
      content: [{}, {}, { type: "x-hologram" }],
      structuredContent: { "x-extra": ["kept"] },
    });
    expect(await sessions(gateway)).toBe(1);
  }
  expect(await sessions(gateway)).toBe(0);
});

test("tells progress, and cancels", async () => {
  await using gateway = await startGateway(config);
  await using client = clientOf(gateway);
  const heard: (string | undefined)[] = [];
  const progress = ({ message }: { message?: string | undefined }) => heard.push(message);
  await client.call({ tool: "slow", arguments: { seconds: 0.1, steps: 2 }, progress });
  expect(heard).toEqual(["step 1", "step 2"]);
  const cancel = new AbortController();
  const call = client.call({
    ...{ tool: "slow", arguments: { seconds: 60, steps: 600 }, signal: cancel.signal },
    progress: () => cancel.abort(),
  });
  await expect(call).rejects.toMatchObject({ kind: "failed", message: "the call was cancelled" });
  await until("the gateway knows", async () =>
    /outcome="cancelled"/.test(await (await gateway.manage("/metrics")).text()),
  );
});

test("an unknown tool is what the gateway says", async () => {
  await using gateway = await startGateway(config);
  await using client = clientOf(gateway);
  const call = client.call({ tool: "none", arguments: {} });
  await expect(call).rejects.toMatchObject({ kind: "failed", message: expect.stringMatching(/Unknown tool: none/) });
});

test("begins anew with a gateway that does not know its session", async () => {
  const args = ["--port", String(freePort())];
  const first = await startGateway(config, { args });
  await using client = clientOf(first);
  await client.call({ tool: "echo", arguments: {} });
  await first.stop();
  await expect(client.call({ tool: "echo", arguments: {} })).rejects.toMatchObject({
    message: expect.stringMatching(/^nothing listens on 127/),
  });
  await using _second = await startGateway(config, { args });
  expect(await client.call({ tool: "echo", arguments: { text: "again" } })).toMatchObject({
    content: [{ text: "again" }],
  });
});

test("a gateway that wants a token is told apart, and lets in who has it", async () => {
  const auth = { type: "local", token: "a-shared-s3cret" };
  await using gateway = await startGateway({ ...config, incoming_auth: auth });
  for (const [token, message] of [
    [undefined, /wants a token of its clients$/],
    ["another", /does not accept this token$/],
  ] as const) {
    await using client = clientOf(gateway, token);
    await expect(client.call({ tool: "echo", arguments: {} })).rejects.toMatchObject({
      ...{ kind: "refused", message: expect.stringMatching(message) },
    });
  }
  await using client = clientOf(gateway, auth.token);
  expect(await client.call({ tool: "echo", arguments: { text: "in" } })).toMatchObject({ content: [{ text: "in" }] });
});

interface Sent {
  id?: number;
  method?: string;
  result?: unknown;
  error?: { code: number };
  params?: { progressToken?: number; requestId?: number; _meta?: { progressToken: number } };
}

/** A server that greets, answers a call with these messages, and notes everything else that it is sent. */
function scripted(answer: (call: Sent) => object[]) {
  const noted: Sent[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (request.method === "DELETE") return new Response(null, { status: 204 });
      const sent = (await request.json()) as Sent;
      if (sent.method === "initialize")
        return Response.json({ jsonrpc: "2.0", id: sent.id, result: { protocolVersion: "2025-11-25" } });
      if (sent.method === "tools/call") {
        const events = answer(sent).map((message) => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`);
        return new Response(`: open\n\n${events.join("")}`, { headers: { "content-type": "text/event-stream" } });
      }
      noted.push(sent);
      return new Response(null, { status: 202 });
    },
  });
  return Object.assign(server, { noted });
}

test("answers a ping, and says of all else that it has no such method", async () => {
  using server = scripted(({ id }) => [
    { id: "p", method: "ping" },
    { id: "s", method: "sampling/createMessage", params: {} },
    { method: "notifications/message", params: { level: "info", data: "" } },
    { id, result: { content: [] } },
  ]);
  await using client = clientOf({ url: server.url.origin });
  expect(await client.call({ tool: "any", arguments: {} })).toEqual({ content: [] });
  await until("both were answered", () => server.noted.length === 3);
  expect(server.noted).toMatchObject([
    { method: "notifications/initialized" },
    { id: "p", result: {} },
    { id: "s", error: { code: -32_601 } },
  ]);
});

test("a stream that ends without an answer is no answer", async () => {
  using server = scripted(() => []);
  await using client = clientOf({ url: server.url.origin });
  await expect(client.call({ tool: "any", arguments: {} })).rejects.toMatchObject({
    ...{ kind: "lost", message: `${server.url.host} has ended the stream without an answer` },
  });
});

test("a call that was cancelled before it began does not begin", async () => {
  let called = 0;
  using server = scripted(({ id }) => {
    called++;
    return [{ id, result: {} }];
  });
  await using client = clientOf({ url: server.url.origin });
  const call = client.call({ tool: "any", arguments: {}, signal: AbortSignal.abort() });
  await expect(call).rejects.toMatchObject({ message: "the call was cancelled" });
  expect(called).toBe(0);
});
