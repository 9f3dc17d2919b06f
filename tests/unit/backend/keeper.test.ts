// Keeping a backend alive: phases, probes and retries, over hours of simulated time.
import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { kept, offering, PROBED } from "./kept.ts";
import { fateOf, gone, ScriptedServer } from "./scripted.ts";
import { settled } from "./simulated-clock.ts";

const second = 1_000;
const minute = 60 * second;

const hanging = (...silent: string[]) => new ScriptedServer({}, {}, ["ping", ...silent]);

describe("a start", () => {
  test("ends with the offer listed, and tells so", async () => {
    const { keeper, facts, changes } = kept(() => offering("a", "b"));
    await keeper.start();
    expect(facts).toEqual([
      { stage: "backend_connecting", severity: "debug", message: "connecting" },
      { stage: "backend_connected", severity: "info", message: "connected: 0 tools, 0 resources, 2 prompts" },
    ]);
    expect(keeper.offer?.prompts.map(({ body }) => body.name)).toEqual(["a", "b"]);
    expect([keeper.life.phase, keeper.life.restarts, changes()]).toEqual(["ready", 0, 1]);
  });

  test("of a backend that offers nothing makes it ready and healthy", async () => {
    const { keeper, clock } = kept(() => new ScriptedServer(), PROBED);
    await keeper.start();
    await clock.pass(60 * minute);
    expect([keeper.life.phase, keeper.life.restarts, keeper.health.status.status]).toEqual(["ready", 0, "healthy"]);
  });

  test("that fails ends too, and is tried again without help", async () => {
    let reachable = false;
    const { keeper, clock, facts } = kept(() => (reachable ? offering("a") : gone));
    await keeper.start();
    expect([keeper.life.phase, keeper.life.error]).toEqual(["retrying", "exited with code 1"]);
    expect(facts.slice(1)).toEqual([
      { stage: "backend_failed", severity: "error", message: "exited with code 1" },
      { stage: "backend_retrying", severity: "info", message: "next attempt in 0.2 s" },
    ]);
    reachable = true;
    await clock.pass(second);
    expect([keeper.life.phase, keeper.life.error, keeper.life.restarts]).toEqual(["ready", null, 0]);
  });

  test("that fails with our credentials refused is not tried again, unless somebody asks", async () => {
    let valid = false;
    const unauthorized = new GatewayError("unauthorized", "answered HTTP 401");
    const { keeper, clock, servers } = kept(() => (valid ? offering() : unauthorized));
    await keeper.start();
    valid = true;
    await clock.pass(60 * minute);
    expect([keeper.life.phase, keeper.life.error, servers.length]).toEqual(["failed", "answered HTTP 401", 0]);
    await keeper.start();
    expect(keeper.life.phase).toBe("ready");
  });

  test("is none after the end", async () => {
    const { keeper, servers, facts } = kept(() => offering());
    keeper.life.enter("disabled");
    await keeper.start();
    expect([servers, facts]).toEqual([[], []]);
  });
});

describe("a connection that is lost", () => {
  test("is told with the last words of the process, and made anew", async () => {
    const { keeper, clock, lose, facts, servers } = kept(() => offering("a"));
    await keeper.start();
    for (let line = 1; line <= 500; line++) keeper.printed(`line ${line}`);
    facts.length = 0;
    lose();
    expect([keeper.life.phase, keeper.life.error]).toEqual(["retrying", "exited with code 1"]);
    expect(facts[0]).toEqual({
      stage: "backend_disconnected",
      severity: "warning",
      message: "exited with code 1; it printed: line 498 | line 499 | line 500",
    });
    await clock.pass(second);
    expect([keeper.life.phase, keeper.life.restarts, servers.length]).toEqual(["ready", 1, 2]);
    expect(keeper.life.conditions.map(({ reason }) => reason)).toEqual([
      ...["Connecting", "Connected", "WaitsForRetry", "Connecting", "Connected"],
    ]);
  });

  test("keeps its offer while it is away", async () => {
    let up = true;
    const { keeper, lose, clock } = kept(() => (up ? offering("a") : gone));
    await keeper.start();
    up = false;
    lose();
    await clock.pass(minute);
    expect(keeper.offer?.prompts).toHaveLength(1);
  });

  test("is no loss when another one is in force already", async () => {
    const { keeper, stages } = kept(() => offering("a"));
    await keeper.start();
    const old = keeper.link.current;
    keeper.link.renew();
    await keeper.start();
    if (old) keeper.lost(old, gone);
    expect([keeper.life.phase, stages().includes("backend_disconnected")]).toEqual(["ready", false]);
  });
});

describe("probes that fail", () => {
  test("so many times in a row that it is degraded have an idle one connected anew", async () => {
    const next = [hanging(), new ScriptedServer()];
    const { keeper, clock, stages, servers, facts } = kept(() => next.shift() ?? gone, PROBED);
    await keeper.start();
    await clock.pass(50 * second);
    expect([keeper.life.phase, servers.length]).toEqual(["ready", 1]);
    await clock.pass(minute);
    expect([keeper.life.phase, keeper.life.restarts]).toEqual(["ready", 1]);
    expect(servers.map(({ ended }) => ended)).toEqual([true, false]);
    expect(keeper.life.conditions.map(({ reason }) => reason)).toEqual([
      ...["Connecting", "Connected", "ProbesFail", "WaitsForRetry", "Connecting", "Connected"],
    ]);
    expect(stages().slice(2, 5)).toEqual(["health", "backend_disconnected", "backend_retrying"]);
    expect(facts[2]).toMatchObject({
      severity: "warning",
      message: "health probes fail: did not answer within 10 s",
    });
  });

  test("leave one alone with a call in flight, which gets its answer", async () => {
    const server = hanging("tools/call");
    const { keeper, clock, call, servers, stages } = kept(() => server, PROBED);
    await keeper.start();
    const answer = call();
    await clock.pass(60 * minute);
    expect([keeper.life.phase, keeper.life.connected, server.ended]).toEqual(["degraded", true, false]);
    expect(keeper.life.error).toBe("health probes fail: did not answer within 10 s");
    expect(stages().filter((stage) => stage === "health")).toHaveLength(1);
    server.silent.clear();
    server.answer("ping");
    server.answer("tools/call", { content: [] });
    expect((await answer).body.result).toEqual({ content: [] });
    await clock.pass(minute);
    expect([keeper.life.phase, keeper.life.error, keeper.life.restarts]).toEqual(["ready", null, 0]);
    expect([keeper.health.status.status, servers.length]).toEqual(["healthy", 1]);
  });

  test("have it connected anew once that call has ended and it still keeps silent", async () => {
    const next = [hanging("tools/call"), new ScriptedServer()];
    const { keeper, clock, call, servers } = kept(() => next.shift() ?? gone, PROBED);
    await keeper.start();
    const answer = call();
    await clock.pass(10 * minute);
    servers[0]?.answer("tools/call");
    await answer;
    await clock.pass(minute);
    expect([keeper.life.phase, keeper.life.restarts, servers[0]?.ended]).toEqual(["ready", 1, true]);
  });

  test("say nothing about the next connection while it is made", async () => {
    const [before, after] = [hanging("tools/call"), new ScriptedServer({}, {}, ["initialize"])];
    const next = [before, after];
    const { keeper, clock, call } = kept(() => next.shift() ?? gone, { ...PROBED, failures: 1 });
    await keeper.start();
    const long = call();
    const { send } = before;
    before.send = (text, id) => {
      if (text.includes("tools/call")) throw new GatewayError("undelivered", "forgot the session");
      send.call(before, text, id);
    };
    const repeated = call();
    await clock.pass(30 * second);
    after.greet();
    await repeated;
    await settled();
    await clock.pass(minute);
    expect([keeper.life.phase, keeper.health.status.status]).toEqual(["ready", "healthy"]);
    before.answer("tools/call");
    await long;
  });

  test("are none without probes", async () => {
    const { keeper, clock, servers } = kept(hanging, { ...PROBED, interval: 0 });
    await keeper.start();
    await clock.pass(60 * minute);
    expect([keeper.life.phase, servers.length, servers[0]?.count("ping")]).toEqual(["ready", 1, 0]);
  });
});

describe("the end", () => {
  test("of all attempts and probes is rest", async () => {
    const { keeper, clock, lose, servers } = kept(() => offering(), PROBED);
    await keeper.start();
    keeper.life.enter("shutting_down");
    keeper.rest();
    lose();
    await clock.pass(60 * minute);
    expect([servers.length, servers[0]?.count("ping"), keeper.life.phase]).toEqual([1, 1, "shutting_down"]);
  });

  test("comes while it connects, and no other connection is made", async () => {
    const { keeper, clock, servers, facts } = kept(() => new ScriptedServer({}, {}, ["initialize"]));
    const start = fateOf(keeper.start());
    await settled();
    keeper.life.enter("shutting_down");
    keeper.rest();
    const end = fateOf(keeper.link.retire());
    await settled();
    await clock.pass(2 * minute);
    await settled();
    expect([servers.length, servers[0]?.ended, facts.length]).toEqual([1, true, 1]);
    expect([Object.keys(start), Object.keys(end)]).toEqual([["value"], ["value"]]);
  });
});

test("starting over forgets failures: the next pause is a short one", async () => {
  const { keeper, clock, facts } = kept(() => gone);
  await keeper.start();
  await clock.pass(60 * minute);
  keeper.startOver("asked");
  facts.length = 0;
  await keeper.start();
  expect(facts.at(-1)?.message).toBe("next attempt in 0.2 s");
});
