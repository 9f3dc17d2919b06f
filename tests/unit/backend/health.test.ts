// Health probes: what counts as alive, what as a failure, and when there are none.
import { describe, expect, test } from "bun:test";
import { Health, type HealthRules } from "../../../src/backend/health.ts";
import { GatewayError } from "../../../src/errors.ts";
import { connectTo, gone, ScriptedServer } from "./scripted.ts";
import { SimulatedClock, settled } from "./simulated-clock.ts";

const second = 1_000;
const hour = 3_600 * second;

/** Probes of a server every 30 s that may take 10 s; `told` is what came of them. */
async function probing(server: ScriptedServer, rules: HealthRules = { interval: 30, timeout: 10, failures: 3 }) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const health = new Health({
    clock,
    rules: () => rules,
    recovered: () => told.push("recovered"),
    failed: (_, error) => told.push(`failed: ${(error as Error).message}`),
    dead: (_, error) => told.push(`dead: ${(error as Error).message}`),
  });
  const connection = await connectTo(server, clock);
  health.watch(connection);
  await settled();
  return { clock, told, health, connection, rules };
}

const silent = (capabilities = {}) => new ScriptedServer(capabilities, {}, ["ping"]);
const unanswered = "failed: did not answer within 10 s";

describe("a server that answers", () => {
  test("is probed at once and then every interval, and is healthy", async () => {
    const server = new ScriptedServer({}, { ping: () => ({}) });
    const { clock, health, told } = await probing(server);
    expect(server.count("ping")).toBe(1);
    expect(health.status).toEqual({ status: "healthy", lastCheck: expect.any(Date), latencyMs: 0 });
    await clock.pass(30 * second - 1);
    expect(server.count("ping")).toBe(1);
    await clock.pass(1);
    expect(server.count("ping")).toBe(2);
    await clock.pass(hour);
    expect(server.count("ping")).toBe(122);
    expect(told).toEqual([]);
  });

  test("with an error is alive", async () => {
    const server = new ScriptedServer({ tools: {} });
    const { clock, health, told } = await probing(server);
    await clock.pass(hour);
    expect(health.status.status).toBe("healthy");
    expect([told, server.count("tools/list")]).toEqual([[], 0]);
  });

  test("has the latency of its last answer", async () => {
    const server = silent();
    const { clock, health } = await probing(server);
    for (const latencyMs of [40, 7]) {
      await clock.pass(latencyMs);
      server.answer("ping");
      await settled();
      expect(health.status).toMatchObject({ status: "healthy", latencyMs });
      await clock.pass(30 * second);
    }
  });

  test("slowly is not asked again before it has answered", async () => {
    const server = silent();
    const { clock } = await probing(server, { interval: 1, timeout: 10, failures: 3 });
    await clock.pass(9 * second);
    expect(server.count("ping")).toBe(1);
    server.answer("ping");
    await settled();
    await clock.pass(second);
    expect(server.count("ping")).toBe(2);
  });
});

describe("a server that keeps silent on ping", () => {
  test.each([
    ["prompts/list", { tools: {}, resources: {}, prompts: {} }],
    ["resources/list", { tools: {}, resources: {} }],
    ["tools/list", { tools: { listChanged: true }, prompts: null }],
  ])("is asked for the cheapest list that it has, %s, and from then on only for that", async (list, capabilities) => {
    const server = silent(capabilities);
    const { clock, health, told } = await probing(server);
    expect(server.count(list)).toBe(0);
    await clock.pass(10 * second);
    expect([server.count("ping"), server.count(list)]).toEqual([1, 1]);
    expect(health.status).toMatchObject({ status: "healthy", latencyMs: 0 });
    await clock.pass(60 * second);
    expect([server.count("ping"), server.count(list), told]).toEqual([1, 3, []]);
  });

  test("is pinged again on its next connection", async () => {
    const server = silent({ tools: {} });
    const { clock, health } = await probing(server);
    await clock.pass(10 * second);
    health.watch(await connectTo(server, clock));
    expect(server.count("ping")).toBe(2);
  });

  test("and on the list has failed, and is pinged the next time", async () => {
    const server = new ScriptedServer({ tools: {} }, {}, ["ping", "tools/list"]);
    const { clock, health, told } = await probing(server, { interval: 30, timeout: 10, failures: 1 });
    await clock.pass(20 * second);
    expect([told, health.status.status]).toEqual([[unanswered], "unhealthy"]);
    await clock.pass(30 * second);
    expect([server.count("ping"), server.count("tools/list")]).toEqual([2, 1]);
  });
});

describe("failures", () => {
  /** Lets a whole probe and the pause after it pass. */
  const turn = 40 * second;

  test("in a row make it unhealthy, and each further one is told too", async () => {
    const { clock, health, told } = await probing(silent());
    await clock.pass(10 * second);
    await clock.pass(turn);
    expect([told, health.status.status]).toEqual([[], "unknown"]);
    expect(health.status.lastCheck).toBeInstanceOf(Date);
    await clock.pass(turn);
    expect([told, health.status.status]).toEqual([[unanswered], "unhealthy"]);
    await clock.pass(turn);
    expect(told).toEqual([unanswered, unanswered]);
  });

  test("are forgotten with an answer, which is a recovery only of what was unhealthy", async () => {
    const server = silent();
    const { clock, health, told } = await probing(server);
    const answer = async () => {
      server.answer("ping");
      await settled();
      await clock.pass(30 * second);
    };
    for (let round = 0; round < 5; round++) {
      await clock.pass(2 * turn);
      await answer();
    }
    expect([told, health.status.status]).toEqual([[], "healthy"]);
    await clock.pass(3 * turn);
    expect([told, health.status.status]).toEqual([[unanswered], "unhealthy"]);
    await answer();
    expect([told.slice(1), health.status.status]).toEqual([["recovered"], "healthy"]);
  });

  test("are counted by the rules in force now", async () => {
    const { clock, told, rules } = await probing(silent());
    await clock.pass(10 * second);
    Object.assign(rules, { failures: 2, timeout: 1 });
    await clock.pass(31 * second);
    expect(told).toEqual(["failed: did not answer within 1 s"]);
  });

  test("that no probe can be delivered make it dead at once", async () => {
    const undelivered = new GatewayError("undelivered", "forgot the session");
    const server = new ScriptedServer();
    const { clock, told } = await probing(server);
    server.send = () => {
      throw undelivered;
    };
    await clock.pass(30 * second);
    expect(told).toEqual(["dead: forgot the session"]);
  });

  test("are none where the connection ends meanwhile", async () => {
    const { clock, told, connection } = await probing(silent(), { interval: 30, timeout: 10, failures: 1 });
    await connection.close(gone);
    await clock.pass(hour);
    expect(told).toEqual([]);
  });
});

describe("there are no probes", () => {
  test("with interval 0, until a reload sets another", async () => {
    const server = new ScriptedServer();
    const { clock, health, rules } = await probing(server, { interval: 0, timeout: 10, failures: 1 });
    await clock.pass(24 * hour);
    expect([server.count("ping"), health.status.status]).toEqual([0, "unknown"]);
    rules.interval = 5;
    await clock.pass(30 * second);
    expect([server.count("ping"), health.status.status]).toEqual([1, "healthy"]);
    await clock.pass(5 * second);
    expect(server.count("ping")).toBe(2);
  });

  test("after stop, and what was healthy is unknown", async () => {
    const server = new ScriptedServer();
    const { clock, health } = await probing(server);
    const { lastCheck } = health.status;
    health.stop();
    await clock.pass(hour);
    expect(server.count("ping")).toBe(1);
    expect(health.status).toMatchObject({ status: "unknown", lastCheck });
  });

  test("of a connection that another one has replaced, and its late answer means nothing", async () => {
    const [before, after] = [silent(), silent()];
    const { clock, health } = await probing(before, { interval: 30, timeout: 10, failures: 1 });
    health.watch(await connectTo(after, clock));
    before.answer("ping");
    await settled();
    expect(health.status.status).toBe("unknown");
    after.answer("ping");
    await settled();
    await clock.pass(25 * second);
    expect(health.status.status).toBe("healthy");
    await clock.pass(5 * second);
    expect([before.count("ping"), after.count("ping")]).toEqual([1, 2]);
  });
});
