// All backends together: started at the same time, asked anew, and stopped, each without a word to the others.
import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { call, client, fleet, stdio } from "./fleet.ts";
import { offering } from "./kept.ts";
import { fateOf, gone, linkServer, ScriptedServer } from "./scripted.ts";
import { settled } from "./simulated-clock.ts";

const hour = 3_600_000;

const refusing = () => {
  throw gone;
};

describe("a start", () => {
  test("tries every backend at the same time, and ends when each was tried once", async () => {
    const { supervisor, servers, status } = fleet({ a: stdio(), b: stdio(), c: stdio() }, (name) =>
      name === "c" ? refusing() : linkServer("initialize"),
    );
    const start = fateOf(supervisor.start());
    await settled();
    expect([servers.length, supervisor.tried, status("c").phase]).toEqual([2, false, "retrying"]);
    servers[1]?.greet();
    await settled();
    expect([status("b").phase, supervisor.tried, start]).toEqual(["ready", false, {}]);
    servers[0]?.greet();
    await settled();
    expect([supervisor.tried, Object.keys(start)]).toEqual([true, ["value"]]);
    expect(supervisor.status().map(({ name, phase }) => [name, phase])).toEqual([
      ["a", "ready"],
      ["b", "ready"],
      ["c", "retrying"],
    ]);
  });

  test("never touches a disabled backend, nor is it asked anything", async () => {
    const { supervisor, clock, rules, servers, facts, status } = fleet({ a: stdio({ enabled: false }), b: stdio() });
    rules.interval = 30;
    await supervisor.start();
    await clock.pass(hour);
    expect([supervisor.tried, servers.length, supervisor.upstreams.map(({ name }) => name)]).toEqual([true, 1, ["b"]]);
    expect(status()).toMatchObject({ phase: "disabled", conditions: [{ reason: "Disabled" }], error: null });
    expect(facts.filter(({ backend }) => backend === "a")).toEqual([]);
    await expect(supervisor.reconnect("a")).rejects.toMatchObject({ code: "conflict" });
    expect(servers).toHaveLength(1);
  });
});

test("the status says what there is to say", async () => {
  const { supervisor, status, rules, clock } = fleet({ a: stdio({ group: "tools" }) }, () => offering("p", "q"));
  rules.interval = 30;
  await supervisor.start();
  await clock.pass(1);
  const { traffic, conditions, ...rest } = status();
  expect(rest).toEqual({
    ...{ name: "a", type: "stdio", group: "tools", sharing: "shared", phase: "ready", error: null, pid: null },
    connectedAt: expect.any(Date),
    capabilities: { tools: 0, resources: 0, prompts: 2 },
    health: { status: "healthy", lastCheck: expect.any(Date), latencyMs: 0 },
    ...{
      restarts: 0,
      era: "legacy",
      protocolVersion: "2025-11-25",
      serverInfo: { name: "answering", version: "1.0.0" },
    },
  });
  expect(conditions.map(({ reason }) => reason)).toEqual(["Connecting", "Connected"]);
  // Transports count, and these are none that send bytes.
  expect(traffic).toEqual({ received: 0, sent: 0 });
});

describe("a crash", () => {
  test("with a hundred calls in flight fails them all, is one incident, and is over without help", async () => {
    const { supervisor, backend, servers, status, clock, stages } = fleet({ a: stdio() }, () =>
      linkServer("tools/call"),
    );
    await supervisor.start();
    const crash = async (calls: number) => {
      const fates = Array.from({ length: calls }, () => fateOf(backend().request(call())));
      await settled();
      servers.at(-1)?.fail(gone);
      await settled();
      return fates.map(({ error }) => (error as Error).message);
    };
    expect(new Set(await crash(100))).toEqual(new Set(['backend "a" exited with code 1']));
    expect([status().phase, stages("a").slice(2)]).toEqual(["retrying", ["backend_disconnected", "backend_retrying"]]);
    await clock.pass(1_000);
    expect([status().phase, status().restarts, servers.length]).toEqual(["ready", 1, 2]);
    expect(status().conditions.filter(({ type }) => type === "CircuitOpen")).toEqual([]);
  });
});

describe("the circuit", () => {
  /** A backend that answers no call, whose circuit is open. */
  const failing = async () => {
    const broken = new ScriptedServer({}, { "tools/call": refusing, "logging/setLevel": () => ({}) });
    const tools = fleet({ a: stdio() }, () => broken);
    await tools.supervisor.start();
    for (let time = 0; time < 5; time++)
      await tools
        .backend()
        .request(call())
        .catch(() => undefined);
    return { ...tools, broken };
  };

  test("opens after five failures in a row, and calls then fail at once", async () => {
    const { backend, broken, status, facts } = await failing();
    const before = broken.count("tools/call");
    await expect(backend().request(call())).rejects.toThrow(
      'backend "a" failed 5 times in a row; the next try is in 10.0 s',
    );
    expect(broken.count("tools/call")).toBe(before);
    expect(status().conditions.at(-1)).toMatchObject({ type: "CircuitOpen", status: true, reason: "CallsFail" });
    expect(facts.at(-1)).toEqual({
      ...{ stage: "health", severity: "warning", backend: "a" },
      message: "circuit open: 5 calls in a row have failed; for 10 s calls fail at once",
    });
  });

  test("is closed by a reconnect", async () => {
    const { supervisor, backend, broken, status, stages } = await failing();
    await supervisor.reconnect("a");
    const before = broken.count("tools/call");
    await expect(backend().request(call())).rejects.toThrow('backend "a" exited with code 1');
    expect(broken.count("tools/call")).toBe(before + 1);
    expect(stages("a").filter((stage) => stage === "health")).toHaveLength(2);
    const turns = status().conditions.filter(({ type }) => type === "CircuitOpen");
    expect(turns.map(({ status: open, reason }) => [open, reason])).toEqual([
      [true, "CallsFail"],
      [false, "Recovered"],
    ]);
  });

  test("is closed by a reconnect that fails, so that the next call tries", async () => {
    const { supervisor, backend, broken } = await failing();
    broken.open = () => Promise.reject(new GatewayError("unavailable", "not yet"));
    await expect(supervisor.reconnect("a")).rejects.toThrow("not yet");
    await expect(backend().request(call())).rejects.toThrow('backend "a" not yet');
  });

  test("is closed by a connection that was made again without help", async () => {
    const { broken, status, clock } = await failing();
    broken.fail(gone);
    await clock.pass(1_000);
    expect(status()).toMatchObject({ phase: "ready", restarts: 1 });
    expect(status().conditions.at(-2)).toMatchObject({ type: "Ready", status: true });
    expect(status().conditions.at(-1)).toMatchObject({ type: "CircuitOpen", status: false });
  });

  test("does not keep a log level from counting", async () => {
    const { supervisor, backend, broken } = await failing();
    await backend()
      .request(call("logging/setLevel", { level: "debug" }))
      .catch(() => undefined);
    await supervisor.reconnect("a");
    await settled();
    expect(broken.heard.at(-1)).toMatchObject({ method: "logging/setLevel", params: { level: "debug" } });
  });

  test("never opens for errors that the backend answers, which pass unchanged, nor for what a client cancels", async () => {
    const { supervisor, backend, status } = fleet({ a: stdio() }, () => linkServer("tools/call"));
    await supervisor.start();
    for (let time = 0; time < 20; time++) {
      const { body } = await backend().request(call("prompts/get"));
      expect(body.error).toEqual({ code: -32601, message: "Method not found" });
      const cancel = new AbortController();
      const cancelled = backend().request({ ...call(), signal: cancel.signal });
      cancel.abort();
      await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    }
    expect(status().conditions.filter(({ type }) => type === "CircuitOpen")).toEqual([]);
  });
});

describe("a reconnect", () => {
  test("fails calls in flight and connects anew", async () => {
    const { supervisor, backend, servers, status } = fleet({ a: stdio(), b: stdio() }, () => linkServer("tools/call"));
    await supervisor.start();
    const calls = ["a", "b"].map((name) => fateOf(backend(name).request(call())));
    await settled();
    await supervisor.reconnect("a");
    expect(calls[0]?.error).toMatchObject({ code: "unavailable", message: expect.stringContaining('backend "a" ') });
    expect(status()).toMatchObject({ phase: "ready", restarts: 0 });
    expect(servers.map(({ ended }) => ended)).toEqual([true, false, false]);
    expect([calls[1], status("b").restarts]).toEqual([{}, 0]);
  });

  test("that cannot connect is told why, and attempts go on by themselves", async () => {
    let up = true;
    const { supervisor, status, clock } = fleet({ a: stdio() }, () => (up ? linkServer() : refusing()));
    await supervisor.start();
    up = false;
    await expect(supervisor.reconnect("a")).rejects.toThrow("exited with code 1");
    expect(status()).toMatchObject({ phase: "retrying", error: "exited with code 1" });
    up = true;
    await clock.pass(1_000);
    expect(status().phase).toBe("ready");
  });

  test("gives a session its own connection and its subscriptions again", async () => {
    const { supervisor, backend, servers } = fleet({ a: stdio({ sharing: "session" }) });
    await supervisor.start();
    const { caller } = client("one");
    await backend().request(call("resources/subscribe", { uri: "x://a" }, caller));
    await supervisor.reconnect("a");
    await settled();
    expect(
      servers
        .slice(2)
        .map((server) => server.count("resources/subscribe"))
        .toSorted(),
    ).toEqual([0, 1]);
  });

  test("of a backend that there is not is refused", async () => {
    await expect(fleet({}).supervisor.reconnect("a")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a stop", () => {
  test("ends everything at once, and nothing begins again", async () => {
    const { supervisor, backend, servers, status, clock } = fleet(
      { a: stdio(), b: stdio({ sharing: "session" }) },
      () => linkServer("tools/call"),
    );
    await supervisor.start();
    const { caller } = client("one");
    const calls = ["a", "b"].map((name) => fateOf(backend(name).request(call("tools/call", {}, caller))));
    await settled();
    await supervisor.stop();
    expect(calls.map(({ error }) => (error as GatewayError).code)).toEqual(["unavailable", "unavailable"]);
    expect(servers.map(({ ended }) => ended)).toEqual([true, true, true]);
    await clock.pass(hour);
    expect([servers.length, status("a").phase, status("b").phase]).toEqual([3, "shutting_down", "shutting_down"]);
    await supervisor.stop();
  });

  test("waits for no call, not even one on a backend that was removed", async () => {
    const { supervisor, backend, servers, apply } = fleet({ a: stdio() }, () => linkServer("tools/call"));
    await supervisor.start();
    const hanging = fateOf(backend().request(call()));
    await settled();
    apply({});
    const stop = fateOf(supervisor.stop());
    await settled();
    expect([Object.keys(stop), Object.keys(hanging), servers[0]?.ended]).toEqual([["value"], ["error"], true]);
  });

  test("while a call waits for a connection fails that call with an error of the gateway", async () => {
    const opening = Promise.withResolvers<ScriptedServer>();
    const { supervisor, options } = fleet({});
    supervisor.apply(options({ a: stdio() }).map((each) => ({ ...each, transport: () => opening.promise })));
    const waiting = fateOf(supervisor.upstreams[0]?.request(call()) ?? Promise.resolve());
    await settled();
    const stop = supervisor.stop();
    opening.resolve(linkServer());
    await stop;
    await settled();
    expect(waiting.error).toBeInstanceOf(GatewayError);
  });
});

describe("a trial", () => {
  test("shows what backends would offer, tells nobody, and leaves nothing behind", async () => {
    const { supervisor, servers, options, facts, deps } = fleet({ a: stdio() }, (name) => offering(name));
    let told = 0;
    deps.changed = () => told++;
    deps.downstream.notify = () => told++;
    const seen = await supervisor.trial(options({ a: stdio({ args: ["new"] }), b: stdio() }), (upstreams) => {
      for (const server of servers) server.say({ method: "notifications/message", params: { level: "info" } });
      return upstreams.map(({ name, offer }) => [name, offer?.prompts.map(({ body }) => body.name)]);
    });
    expect(seen).toEqual([
      ["a", ["a"]],
      ["b", ["b"]],
    ]);
    expect([servers.map(({ ended }) => ended), facts, told]).toEqual([[true, true], [], 0]);
  });

  test("leaves nothing behind when what was seen is refused", async () => {
    const { supervisor, servers, options } = fleet({});
    const refuse = () => {
      throw new Error("refused");
    };
    await expect(supervisor.trial(options({ a: stdio() }), refuse)).rejects.toThrow("refused");
    expect(servers.map(({ ended }) => ended)).toEqual([true]);
  });
});
