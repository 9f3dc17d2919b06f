// Two users of one gateway, and of one process behind it: neither hears, sees or reaches anything of the other.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { auditOf } from "../../fixtures/audit-lines.ts";
import { tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { createInbox } from "../../fixtures/inbox.ts";
import { managementOf } from "../../fixtures/management.ts";
import { message, open, type Sent, send, startIssuer, trusting, wholeOf } from "../../fixtures/oauth/guarded.ts";
import { events } from "../../fixtures/raw-client.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const transports = ["streamable-http", "sse"] as const;

interface Heard {
  method: string;
  params?: { uri?: string; data?: { label?: string } };
}

/** A client that keeps all that it hears and is asked. */
async function listener(url: string, transport: (typeof transports)[number], token: string) {
  const capabilities = { elicitation: { form: {} } };
  const client = await connect(url, { transport, capabilities, token: () => token });
  const heard = createInbox<Heard>();
  client.fallbackNotificationHandler = async (notification) => heard.push(notification as Heard);
  client.setRequestHandler(ElicitRequestSchema, ({ method, params }) => {
    heard.push({ method, params: {} });
    return { action: "accept", content: { name: params.message } };
  });
  // The totals of all progress, before the SDK takes it: it drops what arrives in one chunk with the answer.
  const progress: unknown[] = [];
  const { transport: link } = client;
  const take = link?.onmessage;
  if (link)
    link.onmessage = (message, extra) => {
      if ("method" in message && message.method === "notifications/progress") progress.push(message.params?.total);
      take?.(message, extra);
    };
  const told = (uri: string) => client.text("notify", { method: "notifications/resources/updated", params: { uri } });
  return { client, heard, progress, told, [Symbol.asyncDispose]: () => client.close() };
}

describe.each(transports)("over %s", (transport) => {
  test("what belongs to one is heard by nobody else", async () => {
    await using issuer = await startIssuer();
    await using full = await startFull("stdio");
    await using gateway = await startGateway({ version: "1", backends: { full: full.backend }, ...trusting(issuer) });
    const [first, second] = [await issuer.token({ sub: "ann" }), await issuer.token({ sub: "bob" })];
    await using ann = await listener(gateway.url, transport, first);
    await using bob = await listener(gateway.url, transport, second);
    const [hers, his] = ["full://static/1", "full://static/2"];
    await ann.client.subscribeResource({ uri: hers });
    await bob.client.subscribeResource({ uri: his });

    await bob.told(hers);
    await ann.heard.take(({ params }) => params?.uri === hers);
    await ann.client.text("log", { label: "hers" });
    await ann.heard.take(({ params }) => params?.data?.label === "hers");
    await ann.client.text("elicit");
    await ann.heard.take(({ method }) => method === "elicitation/create");
    const onprogress = () => undefined;
    await Promise.all([
      ann.client.text("progress", { steps: 3 }, { onprogress }),
      bob.client.text("progress", { steps: 5 }, { onprogress }),
    ]);

    // All that was said before this has arrived with it.
    await ann.told(his);
    await bob.heard.take(({ params }) => params?.uri === his);
    expect(ann.progress).toEqual([3, 3, 3]);
    expect(bob.progress).toEqual([5, 5, 5, 5, 5]);
    expect(bob.heard.items()).toEqual([]);
    expect(new Set(ann.heard.items().map(({ method }) => method))).toEqual(new Set(["notifications/message"]));
    const { data } = await managementOf(gateway.url).sessions.get();
    expect(data?.sessions.map(({ user }) => user)).toEqual(["ann", "bob"]);
  });
});

test("the id of a session is worth as much to another as one that was never given out", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends: { one: tiny("open") }, ...trusting(issuer) });
  const [ann, bob] = [await issuer.token({ sub: "ann" }), await issuer.token({ sub: "bob" })];
  const hers = await open(gateway, ann);
  const stream = events(await send(gateway, { method: "GET", path: "/sse", token: ann }));
  const address = String((await stream.next()).value?.data);
  const none = { "mcp-session-id": crypto.randomUUID() };
  const body = message("tools/list");
  const attempts: [mine: Sent, nobodys: Sent][] = [
    { body },
    { body: [body] },
    { body: { jsonrpc: "2.0", method: "notifications/initialized" } },
    { body: { jsonrpc: "2.0", id: 1, result: {} } },
    { body: message("initialize") },
    { body, path: "/mcp/default" },
    { method: "GET" },
    { method: "GET", headers: { "last-event-id": "0-0" } },
    { method: "DELETE" },
  ].map((sent) => [
    { ...sent, headers: { ...sent.headers, ...hers } },
    { ...sent, headers: { ...sent.headers, ...none } },
  ]);
  attempts.push([
    { path: address, body },
    { path: `/messages?sessionId=${crypto.randomUUID()}`, body },
  ]);
  for (const [mine, nobodys] of attempts) {
    const [answer, expected] = [
      await send(gateway, { token: bob, ...mine }),
      await send(gateway, { token: bob, ...nobodys }),
    ];
    const seen = await wholeOf(answer);
    expect(seen).toEqual(await wholeOf(expected));
    expect(seen.status).toBe(404);
  }

  expect((await send(gateway, { token: ann, headers: hers, body })).status).toBe(200);
  expect((await send(gateway, { token: ann, path: address, body })).status).toBe(202);
  expect(JSON.parse(String((await stream.next()).value?.data))).toHaveProperty("result.tools");
  const refused = await until("the attempts are noted", () => {
    const lines = auditOf(gateway.directory).filter(({ event_type }) => event_type === "auth_failed");
    return lines.length === attempts.length && lines;
  });
  expect(
    new Set(refused.map(({ source, outcome }) => [source.user_id, outcome.error?.replace(/[\da-f-]{36}/, "…")].join())),
  ).toEqual(new Set(["bob,session … belongs to another client"]));
});

test("a name is somebody else's when another issuer gave it", async () => {
  await using issuer = await startIssuer();
  const trust = { incoming_auth: { type: "jwt", jwks_uri: `${issuer.url}/jwks`, audience: "argus" } };
  await using gateway = await startGateway({ version: "1", backends: { one: tiny("open") }, ...trust });
  const headers = await open(gateway, await issuer.token());
  const ask = async (claims: object) =>
    (await send(gateway, { token: await issuer.token({ ...claims }), headers, body: message("ping") })).status;
  expect(await ask({ jti: "another token" })).toBe(200);
  expect(await ask({ iss: "https://other.example" })).toBe(404);
  expect(await ask({ iss: undefined })).toBe(404);
});
