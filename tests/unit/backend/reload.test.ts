// A supervisor is brought in line with a new configuration: what did not change is not touched, and no call under way is disturbed.
import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import type { Fact, JsonObject } from "../../../src/model.ts";
import { call, client, fleet, stdio } from "./fleet.ts";
import { fateOf, linkServer } from "./scripted.ts";
import { settled } from "./simulated-clock.ts";

const held = () => linkServer("tools/call");
const sse = (more: JsonObject = {}) => ({ type: "sse", url: "http://x/", ...more });

describe("a backend that did not change", () => {
  test("keeps its connection and its calls, wherever it stands now", async () => {
    const { supervisor, backend, servers, apply, facts, status } = fleet({ a: stdio(), b: stdio() }, held);
    await supervisor.start();
    const upstream = backend();
    const answer = backend().request(call());
    await settled();
    const told = facts.length;
    apply({ b: stdio(), a: stdio() });
    await settled();
    expect([servers.length, facts.length, status().restarts]).toEqual([2, told, 0]);
    expect(supervisor.upstreams.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(backend()).toBe(upstream);
    servers[0]?.answer("tools/call", { content: ["old"] });
    expect((await answer).body.result).toEqual({ content: ["old"] });
  });

  test.each<[string, JsonObject]>([
    ["its group", { group: "other" }],
    ["its filters", { filters: { tools: { deny: ["*"] } } }],
    ["its overrides", { tool_overrides: { x: { name: "y" } } }],
    ["the time for connecting", { timeouts: { init: 1 } }],
    ["the time for lists", { timeouts: { cap_fetch: 1 } }],
    ["the time for calls", { timeouts: { call: 1 } }],
    ["what was the default anyway", { timeouts: {}, env: {}, enabled: true, group: "default" }],
  ])("keeps its connection though %s did", async (_, more) => {
    const { supervisor, servers, apply, status } = fleet({ a: stdio() });
    await supervisor.start();
    apply({ a: stdio(more) });
    await settled();
    expect([servers.length, status().phase, status().group]).toEqual([1, "ready", (more.group ?? "default") as string]);
  });

  test("keeps its calls to a new time-out from the next one on", async () => {
    const { supervisor, backend, apply, clock } = fleet({ a: stdio() }, held);
    await supervisor.start();
    const before = fateOf(backend().request(call()));
    apply({ a: stdio({ timeouts: { call: 5 } }) });
    const after = fateOf(backend().request(call()));
    await clock.pass(60_000);
    expect(before).toEqual({});
    expect(after.error).toMatchObject({ code: "timeout", message: 'backend "a" did not answer within 5 s' });
  });
});

describe("a backend that changed", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["command", stdio(), stdio({ command: "y" })],
    ["arguments", stdio({ args: ["1", "2"] }), stdio({ args: ["2", "1"] })],
    ["environment", stdio({ env: { A: "1" } }), stdio({ env: { A: "2" } })],
    ["folder", stdio(), stdio({ cwd: "/" })],
    ["type", stdio(), sse()],
    ["URL", sse(), sse({ url: "http://x/y" })],
    ["headers", sse(), sse({ headers: { a: "b" } })],
    ["process's time to start", sse({ command: "x" }), sse({ command: "x", timeouts: { sse_startup: 9 } })],
  ])("in its %s is connected anew", async (_, before, after) => {
    const { supervisor, servers, apply, status } = fleet({ a: before, b: stdio() });
    await supervisor.start();
    apply({ a: after, b: stdio() });
    await settled();
    expect(servers.map(({ ended }) => ended).toSorted()).toEqual([false, false, true]);
    expect(status()).toMatchObject({ phase: "ready", restarts: 0, type: after.type as string });
    expect(status("b").restarts).toBe(0);
  });

  test("answers a call in flight on the old connection, and new ones on the new", async () => {
    const { supervisor, backend, servers, apply, facts } = fleet({ a: stdio() }, held);
    await supervisor.start();
    const old = backend().request(call());
    await settled();
    apply({ a: stdio({ args: ["new"] }) });
    const young = backend().request(call());
    await settled();
    const [before, after] = servers;
    expect([before?.count("tools/call"), after?.count("tools/call"), before?.ended]).toEqual([1, 1, false]);
    after?.answer("tools/call", { content: ["young"] });
    before?.answer("tools/call", { content: ["old"] });
    expect([(await old).body.result, (await young).body.result]).toEqual([
      { content: ["old"] },
      { content: ["young"] },
    ]);
    await settled();
    expect([before?.ended, after?.ended]).toEqual([true, false]);
    expect(facts.filter(({ severity }) => severity === "warning" || severity === "error")).toEqual([]);
  });

  test("serves a call that waited for the connection over the new one", async () => {
    const next = [linkServer("initialize"), linkServer()];
    const { supervisor, backend, servers, apply } = fleet({ a: stdio() }, () => next.shift() ?? linkServer());
    const start = supervisor.start();
    const answer = backend().request(call());
    await settled();
    apply({ a: stdio({ args: ["new"] }) });
    expect((await answer).body.result).toEqual({ content: [] });
    await start;
    expect(servers.map(({ ended }) => ended)).toEqual([true, false]);
  });

  test("that had failed is tried at once with its new definition", async () => {
    const { supervisor, apply, status, servers, clock } = fleet({ a: stdio() }, () => {
      if (servers.length === 0) throw new Error("no such program");
      return linkServer();
    });
    await supervisor.start();
    await clock.pass(3_600_000);
    expect(status().phase).toBe("retrying");
    servers.push(linkServer());
    apply({ a: stdio({ command: "y" }) });
    await settled();
    expect(status().phase).toBe("ready");
  });

  test.each(["shared", "session"])("with sharing: %s is told level and subscriptions again", async (sharing) => {
    const { supervisor, backend, servers, apply } = fleet({ a: stdio({ sharing }) });
    await supervisor.start();
    const { caller } = client("one");
    await backend().request(call("logging/setLevel", { level: "error" }, caller));
    await backend().request(call("resources/subscribe", { uri: "x://a" }, caller));
    const connections = servers.length;
    apply({ a: stdio({ sharing, args: ["new"] }) });
    await settled();
    const told = servers.slice(connections).flatMap(({ heard }) => heard);
    expect(told.filter(({ method = "" }) => /setLevel|subscribe/.test(method)).map(({ params }) => params)).toEqual([
      { level: "error" },
      { uri: "x://a" },
    ]);
  });

  test("in its sharing is another backend, and the one before ends with its calls", async () => {
    const { supervisor, backend, servers, apply, status } = fleet({ a: stdio() }, held);
    await supervisor.start();
    const before = backend();
    const answer = before.request(call());
    await settled();
    apply({ a: stdio({ sharing: "session" }) });
    await settled();
    expect(backend()).not.toBe(before);
    expect([status().sharing, status().phase]).toEqual(["session", "ready"]);
    expect(servers.map(({ ended }) => ended)).toEqual([false, false]);
    servers[0]?.answer("tools/call");
    await answer;
    await settled();
    expect(servers.map(({ ended }) => ended)).toEqual([true, false]);
  });

  test("is switched off and on", async () => {
    const { supervisor, servers, apply, status } = fleet({ a: stdio() });
    await supervisor.start();
    apply({ a: stdio({ enabled: false }) });
    await settled();
    expect([supervisor.upstreams.length, status().phase, servers[0]?.ended]).toEqual([0, "disabled", true]);
    apply({ a: stdio({ enabled: false, args: ["new"] }) });
    await settled();
    expect([servers.length, status().phase]).toEqual([1, "disabled"]);
    apply({ a: stdio({ args: ["new"] }) });
    await settled();
    expect([servers.length, supervisor.upstreams.length, status().phase]).toEqual([2, 1, "ready"]);
  });
});

describe("a backend that is removed", () => {
  test("finishes its calls, on sessions' connections too, and then its transports close", async () => {
    const { supervisor, backend, servers, apply, facts } = fleet({ a: stdio({ sharing: "session" }) }, held);
    await supervisor.start();
    const answers = ["one", "two"].map((id) => backend().request(call("tools/call", {}, client(id).caller)));
    await settled();
    apply({});
    await settled();
    expect(supervisor.upstreams).toEqual([]);
    expect(servers.map(({ ended }) => ended)).toEqual([true, false, false]);
    servers[1]?.answer("tools/call", { content: ["one"] });
    await settled();
    expect(servers.map(({ ended }) => ended)).toEqual([true, true, false]);
    servers[2]?.answer("tools/call", { content: ["two"] });
    expect((await Promise.all(answers)).map(({ body }) => body.result)).toEqual([
      { content: ["one"] },
      { content: ["two"] },
    ]);
    await settled();
    expect(servers.map(({ ended }) => ended)).toEqual([true, true, true]);
    const end = { stage: "backend_disconnected", severity: "info", backend: "a", message: "has ended" };
    expect(facts.at(-1)).toEqual(end as Fact);
  });

  test("takes no call any more", async () => {
    const { supervisor, backend, servers, apply } = fleet({ a: stdio() }, held);
    await supervisor.start();
    const removed = backend();
    const answer = removed.request(call());
    await settled();
    apply({});
    await expect(removed.request(call())).rejects.toThrow('backend "a" is shutting down');
    servers[0]?.answer("tools/call");
    await answer;
    expect(servers[0]?.count("tools/call")).toBe(1);
  });

  test("finishes a call that waits for its connection", async () => {
    const { supervisor, backend, servers, apply } = fleet({ a: stdio() }, () => linkServer("initialize"));
    void supervisor.start();
    const waiting = fateOf(backend().request(call()));
    await settled();
    apply({});
    await settled();
    servers.at(-1)?.greet();
    await settled();
    expect(waiting).toMatchObject({ value: { body: { result: { content: [] } } } });
    expect(servers.map(({ ended }) => ended)).not.toContain(false);
  });

  test("and comes back is another one", async () => {
    const { supervisor, servers, apply, status } = fleet({ a: stdio() });
    await supervisor.start();
    apply({});
    apply({ a: stdio() });
    await settled();
    expect(servers.map(({ ended }) => ended)).toEqual([true, false]);
    expect(status()).toMatchObject({ phase: "ready", restarts: 0 });
  });
});

test("a backend that is added is started, and the others do not notice", async () => {
  const { supervisor, servers, apply, status } = fleet({ a: stdio() });
  await supervisor.start();
  apply({ b: stdio(), a: stdio() });
  await settled();
  expect(servers.map(({ ended }) => ended)).toEqual([false, false]);
  expect(supervisor.status().map(({ name, phase }) => [name, phase])).toEqual([
    ["b", "ready"],
    ["a", "ready"],
  ]);
  expect(status().restarts).toBe(0);
});

test("a session's connection with a subscription is opened again after pauses, for hours, and its loss is told", async () => {
  const { supervisor, backend, servers, clock, facts } = fleet({ a: stdio({ sharing: "session" }) }, () =>
    linkServer(),
  );
  await supervisor.start();
  const { caller } = client("one");
  await backend().request(call("resources/subscribe", { uri: "x:1" }, caller));
  const started = servers.length;
  const times: number[] = [];
  for (let known = started; clock.now() < 6 * 60 * 60_000; ) {
    servers.at(-1)?.fail(new GatewayError("unavailable", "was lost"));
    await settled();
    await clock.pass(1_000);
    if (servers.length > known) times.push(clock.now());
    known = servers.length;
  }
  expect(times.length).toBeWithin(6 * 60 * 0.9, 6 * 60 * 1.6);
  const lost = facts.filter(({ stage, details }) => stage === "backend_disconnected" && details?.session === "one");
  expect(lost.length).toBeGreaterThan(100);
  await supervisor.stop();
});
