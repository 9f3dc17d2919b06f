// The circuit breaker: opens after five incidents in a row, lets one call try every ten seconds, and closes with the first answer.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Breaker } from "../../../src/backend/breaker.ts";
import { type ErrorCode, GatewayError } from "../../../src/errors.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const limit = 5;
const pause = 10_000;

const failures = ["unavailable", "undelivered", "timeout", "unauthorized"] as const;
const harmless = ["cancelled", "invalid_params", "unknown_resource", "internal"] as const;

/** A breaker, its turns (why it opened, or nothing when it closed), and calls that pass it. */
function driven() {
  const clock = new SimulatedClock();
  const turns: (string | undefined)[] = [];
  const breaker = new Breaker(clock, (why) => turns.push(why));
  /** Whether one call that ends like this was let through. */
  const passes = async (outcome: ErrorCode | "success"): Promise<boolean> => {
    let begun = false;
    const work = async () => {
      begun = true;
      if (outcome !== "success") throw new GatewayError(outcome, outcome);
    };
    await breaker.pass(work).catch(() => undefined);
    return begun;
  };
  const fail = async (times: number) => {
    for (let time = 0; time < times; time++) await passes("unavailable");
  };
  return { clock, turns, breaker, passes, fail, open: () => turns.at(-1) !== undefined };
}

/** A call that is in flight until it is told its end. */
function begin(breaker: Breaker) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let begun = false;
  const result = breaker
    .pass(() => {
      begun = true;
      return promise;
    })
    .catch((error: GatewayError) => error.code);
  return {
    begun,
    result,
    succeed: () => resolve("answer"),
    fail: (code: ErrorCode) => reject(new GatewayError(code, "")),
  };
}

describe("a closed circuit", () => {
  test("passes on what the work gives, and what it throws", async () => {
    const { breaker } = driven();
    const thrown = new GatewayError("unavailable", "gone");
    expect(await breaker.pass(async () => 7)).toBe(7);
    await expect(breaker.pass(() => Promise.reject(thrown))).rejects.toBe(thrown);
  });

  test.each(failures)("opens after five calls in a row that fail as %s", async (code) => {
    const { passes, turns, open } = driven();
    for (let call = 1; call < limit; call++) await passes(code);
    expect(open()).toBe(false);
    await passes(code);
    expect(turns).toEqual(["5 calls in a row have failed; for 10 s calls fail at once"]);
  });

  test.each(harmless)("does not open for calls that end as %s, nor does that make up for failures", async (code) => {
    const { passes, fail, open } = driven();
    for (let call = 0; call < 100; call++) await passes(code);
    expect(open()).toBe(false);
    await fail(limit - 1);
    await passes(code);
    expect(open()).toBe(false);
    await fail(1);
    expect(open()).toBe(true);
  });

  test("does not open for a fault of the gateway itself", async () => {
    const { breaker, turns } = driven();
    const fault = () => breaker.pass(() => Promise.reject(new TypeError("undefined"))).catch(() => undefined);
    for (let call = 0; call < 100; call++) await fault();
    expect(turns).toEqual([]);
  });

  test("takes a crash with a hundred calls in flight for one incident", async () => {
    const { breaker, fail, open } = driven();
    await fail(limit - 2);
    const calls = Array.from({ length: 100 }, () => begin(breaker));
    for (const call of calls) call.fail("unavailable");
    await Promise.all(calls.map(({ result }) => result));
    expect(open()).toBe(false);
    await fail(1);
    expect(open()).toBe(true);
  });

  test("forgets failures with every answer", async () => {
    const { passes, fail, turns } = driven();
    for (let round = 0; round < 10; round++) {
      await fail(limit - 1);
      await passes("success");
    }
    expect(turns).toEqual([]);
  });
});

describe("an open circuit", () => {
  test("fails calls at once, with the number of failures and the time to wait", async () => {
    const { breaker, fail, clock } = driven();
    await fail(limit);
    await clock.pass(2_500);
    const call = breaker.pass(() => Promise.reject(new Error("it was let through")));
    await expect(call).rejects.toThrow("failed 5 times in a row; the next try is in 7.5 s");
    await expect(call).rejects.toMatchObject({ code: "unavailable" });
  });

  test("lets exactly one call try after ten seconds, and the others wait for what becomes of it", async () => {
    const { breaker, fail, clock, open } = driven();
    await fail(limit);
    await clock.pass(pause - 1);
    expect(begin(breaker).begun).toBe(false);
    await clock.pass(1);
    const [trial, ...others] = Array.from({ length: 100 }, () => begin(breaker));
    expect(trial?.begun).toBe(true);
    expect(others.filter(({ begun }) => begun)).toEqual([]);
    trial?.succeed();
    expect(await trial?.result).toBe("answer");
    expect(open()).toBe(false);
    expect(Array.from({ length: 100 }, () => begin(breaker)).every(({ begun }) => begun)).toBe(true);
  });

  test("stays open for ten more seconds when that one fails, and says so once", async () => {
    const { breaker, fail, passes, clock, turns } = driven();
    await fail(limit);
    await clock.pass(pause);
    const trial = begin(breaker);
    await clock.pass(5_000);
    trial.fail("timeout");
    await trial.result;
    await clock.pass(pause - 1);
    expect(await passes("success")).toBe(false);
    await clock.pass(1);
    expect(await passes("success")).toBe(true);
    expect(turns).toEqual([expect.any(String), undefined]);
  });

  test("closes by reset at once, and then needs five new failures", async () => {
    const { breaker, fail, turns, open } = driven();
    await fail(limit);
    breaker.reset();
    breaker.reset();
    expect(turns).toEqual([expect.any(String), undefined]);
    await fail(limit - 1);
    expect(open()).toBe(false);
    await fail(1);
    expect(open()).toBe(true);
  });
});

test("over any sequence of calls it does what a count of failures in a row says", async () => {
  const outcome = fc.constantFrom("success", "unavailable", "unavailable", "unavailable", ...failures, ...harmless);
  const step = fc.record({ wait: fc.constantFrom(0, 1, 3_000, pause - 1, pause), outcome });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, passes, open } = driven();
      let row = 0;
      let next = 0;
      for (const { wait, outcome: wanted } of steps) {
        await clock.pass(wait);
        // What becomes of a circuit whose one try says nothing about the backend is left open.
        const end = row >= limit && wanted !== "success" && harmless.includes(wanted as never) ? "timeout" : wanted;
        const admitted = row < limit || clock.now() >= next;
        expect(await passes(end)).toBe(admitted);
        if (admitted && end === "success") row = 0;
        if (admitted && failures.includes(end as never)) {
          row++;
          next = clock.now() + pause;
        }
        expect(open()).toBe(row >= limit);
      }
    }),
  );
});

test("over any interleaving of calls it opens for five failures only, and then begins one call in ten seconds", async () => {
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.constant("begin" as const) },
    { weight: 3, arbitrary: fc.record({ ends: fc.nat(), as: fc.constantFrom("success", ...failures, "cancelled") }) },
    { weight: 1, arbitrary: fc.record({ passes: fc.constantFrom(1_000, pause) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 80 }), async (actions) => {
      const { clock, breaker, open } = driven();
      const flying: ReturnType<typeof begin>[] = [];
      let failed = 0;
      let quietSince = 0;
      for (const each of actions) {
        const before = open();
        if (each === "begin") {
          const call = begin(breaker);
          if (call.begun) flying.push(call);
          expect(call.begun).toBe(!before || clock.now() - quietSince >= pause);
          if (call.begun && before) quietSince = clock.now();
        } else if ("passes" in each) await clock.pass(each.passes);
        else {
          const [call] = flying.splice(each.ends % Math.max(1, flying.length), 1);
          if (each.as === "success") call?.succeed();
          else call?.fail(each.as as ErrorCode);
          const end = await call?.result;
          if (end === "answer") failed = 0;
          else if (call && each.as !== "cancelled") failed++;
        }
        if (open() && !before) {
          expect(failed).toBeGreaterThanOrEqual(limit);
          quietSince = clock.now();
        }
      }
    }),
  );
});
