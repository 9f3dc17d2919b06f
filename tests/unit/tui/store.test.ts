// The store in front of a real gateway: it begins with a snapshot, hears what happens, and finds its way back.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { systemClock } from "../../../src/tui/clock.ts";
import type { ServerState } from "../../../src/tui/state.ts";
import { chaos, script, tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { freePort } from "../../fixtures/free-port.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { isLive, watch } from "../../fixtures/store.ts";
import { locked, offer, poisoned } from "../../fixtures/tool-lock.ts";

setDefaultTimeout(60_000);

const configuration = (backends: Record<string, object>, more: object = {}) => ({ version: "1", backends, ...more });

describe("what is known", () => {
  test("is all of the server at the start, once and in order", async () => {
    await using gateway = await startGateway(configuration({ one: tiny("a"), two: tiny("b") }));
    await using watched = watch(gateway);
    const { snapshot, events, capabilities } = await watched.when("live", isLive);
    expect(snapshot?.backends.map(({ name, phase }) => [name, phase])).toEqual([
      ["one", "ready"],
      ["two", "ready"],
    ]);
    expect(snapshot?.health.status).toBe("healthy");
    expect(capabilities).toBeNull();
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted());
    expect(events.map(({ stage }) => stage)).toContain("backend_connected");
  });

  test("follows a backend that dies and comes back", async () => {
    await using gateway = await startGateway(configuration({ one: tiny("a"), two: tiny("b") }));
    await using watched = watch(gateway);
    const { snapshot } = await watched.when("live", isLive);
    const pid = snapshot?.backends[0]?.pid ?? 0;
    const seen: (string | undefined)[] = [];
    watched.store.subscribe(() => seen.push(watched.phaseOf("one")));
    process.kill(pid, "SIGKILL");
    const lost = await watched.when("it is lost", () => watched.phaseOf("one") === "retrying");
    expect(lost.snapshot?.health).toMatchObject({ status: "degraded", backends: { total: 2, connected: 1 } });
    const back = await watched.when("it is back, as another process", ({ snapshot: now }) => {
      const [one] = now?.backends ?? [];
      return one?.phase === "ready" && one.restarts === 1 && one.pid !== null && one.pid !== pid;
    });
    expect(back.snapshot?.health.status).toBe("healthy");
    expect(back.events.map(({ stage }) => stage)).toContain("backend_disconnected");
  });

  test("follows sessions", async () => {
    await using gateway = await startGateway(configuration({ one: tiny("a") }));
    await using watched = watch(gateway);
    await watched.when("live", isLive);
    await using _client = await connect(gateway.url);
    const { snapshot } = await watched.when("a session", ({ snapshot: now }) => now?.sessions.length === 1);
    expect(snapshot?.sessions[0]?.client.name).toBe("field-test");
    await watched.store.endSession(snapshot?.sessions[0]?.id ?? "");
    await watched.when("no session", ({ snapshot: now }) => now?.sessions.length === 0);
  });

  test("has capabilities when they were asked for, and again when they change", async () => {
    await using gateway = await startGateway(
      configuration(
        { one: { ...tiny("a"), filters: { tools: { deny: ["a"] } } } },
        { feature_flags: { hot_reload: false } },
      ),
    );
    await using watched = watch(gateway);
    watched.store.loadCapabilities();
    const { capabilities } = await watched.when("capabilities", (state) => state.capabilities);
    expect(capabilities?.tools).toMatchObject([{ name: "a", filtered: true }]);
    gateway.edit(configuration({ one: tiny("a"), two: tiny("b") }));
    expect(await watched.store.reload()).toMatchObject({ reloaded: true, backends_added: ["two"] });
    const after = await watched.when("both tools", (state) => state.capabilities?.tools.length === 2);
    expect(after.capabilities?.tools.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(after.snapshot?.backends.map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("counts calls and failed ones while somebody looks", async () => {
    await using gateway = await startGateway(configuration({ one: tiny("a") }));
    await using client = await connect(gateway.url);
    const fast = { ...systemClock, after: (time: number, work: () => unknown) => systemClock.after(time / 20, work) };
    await using watched = watch({ ...gateway, clock: fast });
    await watched.when("live", isLive);
    const unwatch = watched.store.watchRates();
    await watched.when("a tick", ({ calls }) => calls.length > 0);
    for (let count = 0; count < 3; count++) await client.text("a");
    await client.text("none").catch(() => undefined);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    const { errors } = await watched.when("all calls", ({ calls }) => sum(calls) >= 4);
    expect(sum(errors)).toBe(1);
    unwatch();
  });
});

describe("the link", () => {
  test("is lost with the server, and found again with the next one on its port, which is another", async () => {
    const port = String(freePort());
    const first = await startGateway(configuration({ one: tiny("a") }), { args: ["--port", port] });
    await using watched = watch(first);
    const before = await watched.when("live", isLive);
    await first.stop();
    const lost = await watched.when("lost", ({ link }) => link.phase === "lost");
    expect(lost.link).toEqual({
      phase: "lost",
      message: expect.stringContaining(`127.0.0.1:${port} was shut down`),
      nextTry: expect.any(Number),
    });
    const away = await watched.when("nobody is there", ({ link }) => link.message?.startsWith("nothing listens"));
    expect(away.link.message).toBe(`nothing listens on 127.0.0.1:${port}`);
    expect(away.snapshot?.backends).toHaveLength(1);
    await using _second = await startGateway(configuration({ two: tiny("b") }), { args: ["--port", port] });
    watched.store.start();
    const after = await watched.when("live again", isLive);
    expect(after.snapshot?.backends.map(({ name }) => name)).toEqual(["two"]);
    expect(after.snapshot?.status.service.started_at).not.toBe(before.snapshot?.status.service.started_at ?? "");
    const old = new Set(before.events.map(({ id }) => id));
    expect(after.events.filter(({ id }) => old.has(id))).toEqual([]);
  });

  test("is refused for a wrong token, once, and tried again when asked to", async () => {
    await using gateway = await startGateway(configuration({}, { server: { management: { token: "right" } } }));
    await using right = watch({ ...gateway, token: "right" });
    await right.when("live", isLive);
    const failures = ({ events }: ServerState) => events.filter(({ stage }) => stage === "auth_failed").length;
    await using wrong = watch({ ...gateway, token: "wrong" });
    const { link } = await wrong.when("refused", (state) => state.link.phase === "refused");
    expect(link).toEqual({ phase: "refused", message: expect.stringMatching(/^the token is wrong: /), nextTry: null });
    await right.when("it was noted", (state) => failures(state) === 1);
    wrong.store.start();
    await right.when("it was noted again", (state) => failures(state) === 2);
    await using none = watch(gateway);
    const without = await none.when("refused", (state) => state.link.phase === "refused");
    expect(without.link.message).toMatch(/wants a token/);
    expect(failures(await right.when("that too", (state) => failures(state) > 2))).toBe(3);
  });

  test("is refused once a token is no longer the right one", async () => {
    await using gateway = await startGateway(configuration({}, { server: { management: { token: "right" } } }));
    await using watched = watch({ ...gateway, token: "right" });
    await watched.when("live", isLive);
    gateway.edit(configuration({ one: tiny("a") }, { server: { management: { token: "other" } } }));
    const { link } = await watched.when("refused", (state) => state.link.phase === "refused");
    expect(link.message).toMatch(/^the token is wrong/);
  });

  test("ends with the store", async () => {
    await using gateway = await startGateway(configuration({ one: tiny("a") }));
    const watched = watch(gateway);
    await watched.when("live", isLive);
    await watched.store.stop();
    await watched.store.stop();
    const { state } = watched.store;
    await using _client = await connect(gateway.url);
    expect(watched.store.state).toBe(state);
    watched.store.start();
    await watched.when("live again", ({ link, snapshot }) => link.phase === "live" && snapshot?.sessions.length === 1);
    await watched.store.stop();
  });
});

describe("actions", () => {
  test("answer as the API does, or reject with a sentence", async () => {
    await using gateway = await startGateway(
      configuration({
        loud: script('echo "a word" >&2; exec sh "$tiny" say'),
        bad: { type: "stdio", command: "/nowhere/at-all" },
      }),
    );
    await using watched = watch(gateway);
    const { store } = watched;
    await watched.when("live", isLive);
    expect(await store.reconnect("loud")).toEqual({ name: "loud", reconnected: true, error: null });
    expect(await store.reconnect("bad")).toMatchObject({ reconnected: false, error: expect.stringMatching(/nowhere/) });
    await expect(store.reconnect("none")).rejects.toThrow('there is no backend "none"');
    expect((await store.stderr("loud")).map(({ line }) => line)).toContain("a word");
    await expect(store.stderr("none")).rejects.toThrow('no backend "none"');
    await expect(store.endSession("none")).rejects.toThrow("no session of this id");
    expect(await store.security()).toMatchObject({ authorization: { enabled: false } });
    await store.shutdown(1);
    expect(await gateway.exited).toBe(0);
    await watched.when("lost", ({ link }) => link.phase === "lost");
    await expect(store.reload()).rejects.toThrow(/^nothing listens on 127\.0\.0\.1:\d+$/);
  });

  test("approve what the lock tells of", async () => {
    await using gateway = await locked("block");
    await using watched = watch(gateway);
    const { store } = watched;
    store.loadCapabilities();
    const pending = (count: number) => (state: ServerState) => state.snapshot?.security.tool_lock.pending === count;
    await watched.when("nothing to approve", (state) => isLive(state) && pending(0)(state));
    await using client = await connect(gateway.url);
    await offer(client, poisoned);
    const { snapshot } = await watched.when("a change", pending(1));
    expect(snapshot?.security.tool_lock.mode).toBe("block");
    expect(await store.lock()).toMatchObject({
      mode: "block",
      changes: [{ backend: "one", tool: "read", hidden: true }],
    });
    await store.approve("one", ["read"]);
    await watched.when("it is approved", pending(0));
    await expect(store.approve("one", ["none"])).rejects.toThrow(/none/);
  });

  test("a storm of events is told in few pictures, and kept within bounds", async () => {
    await using gateway = await startGateway(configuration({ one: chaos() }));
    await using watched = watch(gateway);
    await watched.when("live", isLive);
    let told = 0;
    watched.store.subscribe(() => told++);
    const ask = { headers: { "content-type": "application/json", accept: "application/json, text/event-stream" } };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "storm", version: "1" } };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    for (let round = 0; round < 60; round++)
      await Promise.all(
        Array.from({ length: 20 }, () => fetch(`${gateway.url}/mcp`, { method: "POST", body, ...ask })),
      );
    const { events, snapshot } = await watched.when(
      "all sessions are known",
      (state) => state.events.length === 1_000 && (state.snapshot?.sessions.length ?? 0) >= 1_000,
    );
    expect(events.at(-1)?.id).toBe(snapshot?.last_event_id ?? "");
    // At least one event a session; some of them were told together.
    expect(told).toBeLessThan(1_000);
  });
});
