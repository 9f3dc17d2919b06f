// What holds for all requests holds for those of 2026-07-28: who is let in, how much, through which group, and what is noted about it.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { auditOf } from "../fixtures/audit-lines.ts";
import { tiny } from "../fixtures/backends.ts";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { modernClient, textOf } from "../fixtures/modern-client.ts";
import { readStream } from "../fixtures/modern-stream.ts";
import { markedChildren, markVariable } from "../fixtures/processes.ts";
import { rawBackend } from "../fixtures/raw-backend.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const backends = { one: tiny("first"), two: { ...tiny("second"), group: "other" } };

test("origins that are not allowed are refused, and pages of allowed ones read every answer", async () => {
  const origin = "https://app.example";
  await using gateway = await startGateway({ version: "1", server: { allowed_origins: [origin] }, backends });
  const client = modernClient(`${gateway.url}/mcp`);
  expect((await client.open("tools/list", {}, { headers: { origin: "https://evil.example" } })).status).toBe(403);
  const answers: Record<string, string>[] = [{}, { "mcp-method": "other" }, { accept: "text/event-stream" }];
  for (const more of answers) {
    const response = await client.open("tools/list", {}, { headers: { origin, ...more } });
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  }
});

test("a token is asked for before anything is said of a request", async () => {
  const local = { type: "local", token: "a-shared-t0ken" };
  await using gateway = await startGateway({ version: "1", backends, incoming_auth: local });
  const refused = await modernClient(`${gateway.url}/mcp`).open("unknown/method", { _meta: undefined });
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining("Bearer")]);
  const { body } = await modernClient(`${gateway.url}/mcp`, { token: "a-shared-t0ken" }).send("tools/list");
  expect(body.result).toMatchObject({ cacheScope: "private" });
});

test("requests are counted, and bodies measured", async () => {
  const limits = { requests_per_minute: 2, body: 1_000 };
  await using gateway = await startGateway({ version: "1", server: { limits }, backends });
  const client = modernClient(`${gateway.url}/mcp`);
  const statuses = [];
  for (const text of ["x".repeat(2_000), "", ""]) statuses.push((await client.open("tools/list", { text })).status);
  expect(statuses).toEqual([413, 200, 429]);
});

test("headers must say what the arguments do, where a tool asks for them rightly", async () => {
  const marked = (more: object) => ({ type: "object", properties: { region: { "x-mcp-header": "Region", ...more } } });
  const tools = [
    { name: "right", inputSchema: marked({ type: "string" }) },
    { name: "wrong", inputSchema: marked({ type: "number" }) },
  ];
  await using gateway = await startGateway({ version: "1", backends: { raw: rawBackend({ tools }) } });
  const client = modernClient(`${gateway.url}/mcp`);
  const answer = async (tool: string, args: object, region: string | null) => {
    const headers = { "mcp-param-region": region };
    const { status, body } = await client.call(tool, { ...args }, { headers });
    return [status, body.error?.code];
  };
  expect(await answer("right", { region: "eu" }, "eu")).toEqual([200, undefined]);
  expect(await answer("right", { region: "eu" }, "=?base64?ZXU=?=")).toEqual([200, undefined]);
  expect(await answer("right", {}, null)).toEqual([200, undefined]);
  for (const header of [null, "us", "=?base64?ZXU?="])
    expect(await answer("right", { region: "eu" }, header)).toEqual([400, -32020]);
  // Clients leave such a tool alone; whoever calls it all the same cannot know what to send.
  expect(await answer("wrong", { region: 7 }, null)).toEqual([200, undefined]);
});

test("a group is all that there is under its path, and a state of one group is none of another", async () => {
  await using full = await startFull("stdio");
  const grouped = { ...backends, full: { ...full.backend, group: "other" } };
  await using gateway = await startGateway({ version: "1", backends: grouped });
  const capabilities = { elicitation: { form: {} } };
  const [all, other] = ["", "/other"].map((group) => modernClient(`${gateway.url}/mcp${group}`, { capabilities }));
  const { result } = (await other?.send("tools/list"))?.body ?? {};
  const names = ((result?.tools ?? []) as { name: string }[]).map(({ name }) => name);
  expect([names.includes("second"), names.includes("first")]).toEqual([true, false]);
  expect((await other?.call("first"))?.body.error?.code).toBe(-32602);
  const asked = await other?.call("elicit");
  const retry = { requestState: asked?.body.result?.requestState };
  expect((await all?.call("elicit", {}, { retry }))?.body.error?.code).toBe(-32602);
  const nobody = await modernClient(`${gateway.url}/mcp/nobody`).open("tools/list");
  expect(nobody.status).toBe(404);
});

test("calls are noted with their clients, and a call that was asked something is one call", async () => {
  await using full = await startFull("stdio");
  await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
  const client = modernClient(`${gateway.url}/mcp`, { capabilities: { elicitation: { form: {} } } });
  await client.call("echo");
  await client.call("nothing");
  const asked = await client.call("elicit");
  const keys = Object.keys((asked.body.result?.inputRequests ?? {}) as object);
  const inputResponses = Object.fromEntries(keys.map((key) => [key, { action: "decline" }]));
  await client.call("elicit", {}, { retry: { inputResponses, requestState: asked.body.result?.requestState } });
  await until("three calls are noted", () => auditOf(gateway.directory).length === 3);
  const lines = auditOf(gateway.directory).map(({ source, target, outcome }) => [
    source.client?.name,
    target.capability_name,
    outcome.status,
  ]);
  expect(lines).toEqual([
    ["by-hand", "echo", "success"],
    ["by-hand", "nothing", "failure"],
    ["by-hand", "elicit", "success"],
  ]);
});

describe("sessions of modern clients", () => {
  test("are shown with their version, used again, and end", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const client = modernClient(`${gateway.url}/mcp`);
    const sessions = async () => (await managementOf(gateway.url).sessions.get()).data?.sessions ?? [];
    for (const _ of [1, 2, 3]) expect((await client.send("tools/list")).status).toBe(200);
    const shown = await sessions();
    expect(shown).toMatchObject([{ protocol_version: "2026-07-28", client: { name: "by-hand" }, tool_count: 2 }]);
    await gateway.manage(`/sessions/${shown[0]?.id}`, { method: "DELETE" });
    expect(await sessions()).toEqual([]);
  });

  test("are shown whatever their clients call themselves", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const clientInfo = { name: { toString: "no function" }, version: [1] };
    expect((await modernClient(`${gateway.url}/mcp`, { clientInfo }).send("tools/list")).status).toBe(200);
    const { data } = await managementOf(gateway.url).sessions.get();
    expect(data?.sessions).toMatchObject([{ client: { name: "unnamed client", version: "" } }]);
    for (const path of ["/snapshot", "/metrics"]) expect((await gateway.manage(path)).status).toBe(200);
  });

  test("end with what is under way", async () => {
    await using full = await startFull("stdio");
    await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
    const client = modernClient(`${gateway.url}/mcp`);
    const label = crypto.randomUUID();
    const call = { name: "hang", arguments: { label } };
    using stream = await readStream((signal) =>
      client.open("tools/call", call, { meta: { progressToken: 1 }, signal }),
    );
    await stream.messages.take(({ method }) => method === "notifications/progress");
    const [busy] = (await managementOf(gateway.url).sessions.get()).data?.sessions ?? [];
    await gateway.manage(`/sessions/${busy?.id}`, { method: "DELETE" });
    const error = { code: -32603, message: "the session was ended" };
    expect(await stream.messages.take()).toMatchObject({ error });
    expect(textOf(await client.call("cancelled", { label }))).toContain("cancelled");
  });
});

test("as many calls are under way at once as there may be sessions, and so many processes are started for them", async () => {
  await using full = await startFull("stdio");
  const server = { limits: { sessions: 2 } };
  const mark = crypto.randomUUID();
  const backends = { full: { ...full.backend, sharing: "session", env: { [markVariable]: mark } } };
  await using gateway = await startGateway({ version: "1", server, backends });
  const client = modernClient(`${gateway.url}/mcp`);
  using cancelled = { end: new AbortController(), [Symbol.dispose]: () => cancelled.end.abort() };
  const { signal } = cancelled.end;
  const calls = Array.from({ length: 8 }, (_, index) => client.call("hang", { label: `${index}` }, { signal }));
  const refused = Promise.withResolvers<void>();
  const messages: (string | undefined)[] = [];
  for (const call of calls)
    void call.then(
      ({ body }) => messages.push(body.error?.message) === 6 && refused.resolve(),
      () => undefined,
    );
  await refused.promise;
  expect(new Set(messages)).toEqual(new Set(["all 2 sessions for calls are in use (server.limits.sessions)"]));
  expect(markedChildren(mark, gateway.pid).length).toBeLessThanOrEqual(3);
});

test("the gateway answers what is under way before it ends", async () => {
  await using full = await startFull("stdio");
  await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
  const client = modernClient(`${gateway.url}/mcp`);
  const hanging = client.call("hang", { label: "x" });
  await until("the call is under way", async () => {
    const { data } = await managementOf(gateway.url).sessions.get();
    return data?.sessions.length === 1;
  });
  await gateway.manage("/shutdown", { method: "POST", body: JSON.stringify({ timeout_seconds: 1 }) });
  expect((await hanging).body.error).toMatchObject({ code: -32603, message: "the gateway was shut down" });
  expect(await gateway.exited).toBe(0);
});
