// The era of every backend and client is told: by the management API, its events, and the metrics.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { readExposition, valueIn } from "../../fixtures/exposition.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { managementOf } from "../../fixtures/management.ts";
import { startModern } from "../../fixtures/modern/start.ts";
import { modernClient } from "../../fixtures/modern-client.ts";
import { readStream } from "../../fixtures/modern-stream.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const opened = new AsyncDisposableStack();
let gateway: Gateway;
let manage: ReturnType<typeof managementOf>;
beforeAll(async () => {
  const modern = opened.use(await startModern("streamable-http"));
  const full = opened.use(await startFull("stdio"));
  const absent = { ...tiny("absent"), command: "no-such-program" };
  const backends = { old: full.backend, new: modern.backend, absent };
  gateway = opened.use(await startGateway({ version: "1", backends }));
  manage = managementOf(gateway.url);
});
afterAll(() => opened.disposeAsync());

async function value(name: string, labels: Record<string, string>) {
  return valueIn(readExposition(await (await gateway.manage("/metrics")).text()), name, labels);
}

const sessions = async () => (await manage.sessions.get()).data?.sessions ?? [];

/** What is told of sessions of this era from now on. */
async function telling(era: string) {
  const events = async () => (await manage.events.get({ query: { limit: 1000 } })).data?.events ?? [];
  const since = (await events()).length;
  return async () =>
    (await events())
      .slice(since)
      .filter(({ stage, details }) => stage.startsWith("session_") && details?.era === era)
      .map(({ stage, details }) => ({ stage, ...details }));
}

test("of backends", async () => {
  const eras = (await manage.backends.get()).data?.backends.map(({ name, era, protocol_version: version }) => [
    ...[name, era, version],
  ]);
  expect(eras).toEqual([
    ["old", "legacy", "2025-11-25"],
    ["new", "modern", "2026-07-28"],
    ["absent", null, null],
  ]);
  expect((await manage.snapshot.get()).data?.backends.map(({ era }) => era)).toEqual(["legacy", "modern", null]);
  for (const [backend, era, is] of [
    ["old", "legacy", 1],
    ["old", "modern", 0],
    ["new", "legacy", 0],
    ["new", "modern", 1],
    ["absent", "legacy", 0],
    ["absent", "modern", 0],
  ] as const)
    expect(await value("argus_backend_era", { backend, era })).toBe(is);
});

describe("of clients:", () => {
  const client = () => modernClient(`${gateway.url}/mcp`, { clientInfo: { name: crypto.randomUUID(), version: "1" } });
  const count = (era: string, transport = "streamable-http") => value("argus_sessions", { transport, era });

  test("those with sessions", async () => {
    const before = await count("legacy");
    const told = await telling("legacy");
    await using _http = await connect(gateway.url);
    await using _sse = await connect(gateway.url, { transport: "sse" });
    expect((await sessions()).map(({ era, transport_type: via }) => [era, via])).toEqual([
      ["legacy", "streamable-http"],
      ["legacy", "sse"],
    ]);
    expect([await count("legacy"), await count("legacy", "sse")]).toEqual([Number(before) + 1, 1]);
    expect(await told()).toMatchObject([
      { stage: "session_opened", era: "legacy", transport: "streamable-http" },
      { stage: "session_opened", era: "legacy", transport: "sse" },
    ]);
  });

  test("one that listens, from its beginning to its end", async () => {
    const told = await telling("modern");
    const listening = { notifications: { toolsListChanged: true } };
    using stream = await readStream((signal) => client().open("subscriptions/listen", listening, { signal }));
    await stream.messages.take();
    const [shown, ...others] = (await sessions()).filter(({ era }) => era === "modern");
    expect([shown?.idle_seconds, others]).toEqual([0, []]);
    expect(await count("modern")).toBe(1);
    const of = { session: shown?.id, era: "modern", transport: "streamable-http", group: null, user: null };
    expect(await told()).toEqual([{ stage: "session_opened", ...of }]);
    stream[Symbol.dispose]();
    await until("it is gone", async () => (await told()).length === 2);
    expect((await told()).at(-1)).toEqual({ stage: "session_closed", ...of });
    expect(await count("modern")).toBe(0);
  });

  test("one that makes calls, however many at once, from the first to its end", async () => {
    const told = await telling("modern");
    const one = client();
    await Promise.all(Array.from({ length: 8 }, () => one.call("echo")));
    const [shown, ...others] = (await sessions()).filter(({ era }) => era === "modern");
    expect(others).toEqual([]);
    await one.call("echo");
    expect((await sessions()).map(({ id }) => id)).toContain(String(shown?.id));
    expect(await count("modern")).toBe(1);
    await gateway.manage(`/sessions/${shown?.id}`, { method: "DELETE" });
    expect(await count("modern")).toBe(0);
    expect(await told()).toMatchObject([
      { stage: "session_opened", session: shown?.id, era: "modern" },
      { stage: "session_closed", session: shown?.id, era: "modern" },
    ]);
  });

  test("whom nothing makes known again, while its call is under way", async () => {
    const told = await telling("modern");
    const label = crypto.randomUUID();
    const headers = { "x-forwarded-for": "192.0.2.1" };
    using _stream = await readStream((signal) =>
      client().open("tools/call", { name: "hang", arguments: { label } }, { headers, signal }),
    );
    const [shown] = await until("it is under way", async () => {
      const modern = (await sessions()).filter(({ era }) => era === "modern");
      return modern.length > 0 && modern;
    });
    await gateway.manage(`/sessions/${shown?.id}`, { method: "DELETE" });
    expect((await sessions()).filter(({ era }) => era === "modern")).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test("calls are counted by it", async () => {
    const calls = (era: string) =>
      value("argus_calls_total", { backend: "new", method: "tools/call", outcome: "success", era });
    const before = [(await calls("legacy")) ?? 0, (await calls("modern")) ?? 0];
    await using old = await connect(gateway.url);
    await old.text("heads");
    for (const _ of [1, 2]) await client().call("heads");
    expect([await calls("legacy"), await calls("modern")]).toEqual([Number(before[0]) + 1, Number(before[1]) + 2]);
  });
});
