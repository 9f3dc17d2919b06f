// A backend that fails is tried again, soon at first and then about once a minute, for hours.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BackOff } from "../../../src/backend/back-off.ts";
import { Backend } from "../../../src/backend/backend.ts";
import type { BackendDependencies, BackendOptions } from "../../../src/backend/status.ts";
import type { Transport } from "../../../src/backend/transport.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { GatewayError } from "../../../src/errors.ts";
import { createRedactor } from "../../../src/observe/redact.ts";
import { AnsweringTransport } from "./answering.ts";
import { SimulatedClock, settled } from "./simulated-clock.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe("the pause", () => {
  const pauses = (count: number, clock = new SimulatedClock()) => {
    const backOff = new BackOff(clock);
    return Array.from({ length: count }, () => backOff.failed());
  };

  test("doubles from a quarter of a second to a minute, each time up to a quarter shorter", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const [failures, pause] of pauses(2_000, new SimulatedClock(seed)).entries()) {
          const longest = Math.min(250 * 2 ** failures, minute);
          expect(pause).toBeLessThanOrEqual(longest);
          expect(pause).toBeGreaterThanOrEqual(longest * 0.75);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("differs, so that many backends do not come back at the same moment", () => {
    expect(new Set(pauses(100).slice(10)).size).toBe(90);
  });

  test.each([
    ["is short again after a connection that held for ten seconds", 10 * second, 250],
    ["goes on growing after one that did not", 10 * second - 1, minute],
  ])("%s", async (_, held, longest) => {
    const clock = new SimulatedClock();
    const backOff = new BackOff(clock);
    for (let failures = 0; failures < 20; failures++) backOff.failed();
    backOff.succeeded();
    await clock.pass(held);
    const pause = backOff.failed();
    expect(pause).toBeWithin(longest * 0.75, longest + 1);
  });
});

const refused = new GatewayError("unavailable", "refused");

class Refusing extends AnsweringTransport {
  override open(): Promise<void> {
    return Promise.reject(refused);
  }
}

/** A backend whose connections are made by `transport`, with the times of its attempts. */
function driven(transport: (clock: SimulatedClock) => Transport) {
  const clock = new SimulatedClock();
  const attempts: number[] = [];
  const deps: BackendDependencies = {
    clock,
    version: "0.0.0",
    downstream: { ask: () => Promise.reject(refused), notify: () => undefined, unheard: () => undefined },
    health: () => ({ interval: 0, timeout: 1, failures: 1 }),
    emit: () => undefined,
    redactor: createRedactor(),
    output: () => undefined,
    changed: () => undefined,
  };
  const open = async () => {
    attempts.push(clock.now());
    return transport(clock);
  };
  const timeouts = { init: 60, capFetch: 10, call: 0 };
  const { failing: definition } = parseConfig(
    "{ version: '1', backends: { failing: { type: stdio, command: x } } }",
    "config.yaml",
    {},
  ).backends;
  if (!definition) throw new Error("no definition");
  const options: BackendOptions = {
    ...{ name: "failing", type: "stdio", group: "default", sharing: "shared", enabled: true },
    ...{ definition, exclusive: false, timeouts, transport: open, protocol: "auto", apart: false },
  };
  const backend = new Backend(options, deps);
  return { backend, clock, attempts };
}

/** Connects, and is gone again after `held` milliseconds. */
const shortLived = (held: number) => (clock: SimulatedClock) => {
  const transport = new AnsweringTransport();
  clock.after(held, () => transport.fail(refused));
  return transport;
};

describe("over six hours, a backend", () => {
  test.each<[string, (clock: SimulatedClock) => Transport]>([
    ["that never opens", () => new Refusing()],
    ["that closes as soon as it is connected", shortLived(0)],
    ["that is lost five seconds after each connection", shortLived(5 * second)],
  ])("%s is tried once or twice a minute", async (_, transport) => {
    const { backend, clock, attempts } = driven(transport);
    await backend.start();
    await clock.pass(6 * hour);
    const later = Map.groupBy(
      attempts.filter((at) => at >= hour),
      (at) => Math.floor(at / minute),
    );
    expect(Math.max(...[...later.values()].map(({ length }) => length))).toBeLessThanOrEqual(2);
    expect(attempts.length).toBeWithin(6 * 60, 6 * 80);
    const { length } = attempts;
    await backend.stop();
    await clock.pass(hour);
    expect(attempts).toHaveLength(length);
  });

  test("that holds for a minute each time is back within half a second", async () => {
    const { backend, clock, attempts } = driven(shortLived(minute));
    await backend.start();
    await clock.pass(6 * hour);
    const gaps = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0) - minute);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(500);
    await backend.stop();
  });

  test("that refuses our credentials is tried once", async () => {
    const unauthorized = new GatewayError("unauthorized", "answered HTTP 401");
    const { backend, clock, attempts } = driven(() => {
      return Object.assign(new AnsweringTransport(), { open: () => Promise.reject(unauthorized) });
    });
    await backend.start();
    await clock.pass(6 * hour);
    expect([attempts.length, backend.status().phase]).toEqual([1, "failed"]);
  });
});

test("a call to a backend that waits for its next attempt makes one at once", async () => {
  const { backend, clock, attempts } = driven(() => new Refusing());
  await backend.start();
  await clock.pass(hour);
  const before = attempts.length;
  const message = { text: '{"jsonrpc":"2.0","id":1,"method":"x"}', body: { id: 1, method: "x" } };
  await expect(backend.request({ message })).rejects.toThrow('backend "failing" refused');
  await settled();
  expect(attempts.length).toBe(before + 1);
  await backend.stop();
});
