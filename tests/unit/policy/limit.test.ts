// Token buckets: what they let through over time, and how many there are.
import { describe, expect, mock, test } from "bun:test";
import { Limit, type LimitOptions } from "../../../src/policy/limit.ts";

function limiting(options: Partial<LimitOptions> & { perMinute: number }) {
  let time = 5_000;
  const pass = (seconds: number) => {
    time += seconds * 1_000;
  };
  const limit = new Limit({ now: () => time, ...options });
  return { limit, pass };
}

describe("a bucket", () => {
  test("is full at first, and fills again with time, up to the brim", () => {
    const { limit, pass } = limiting({ perMinute: 3 });
    const all = () => [1, 2, 3, 4].map(() => limit.take("a"));
    expect(all()).toEqual([0, 0, 0, 20]);
    pass(19);
    expect(limit.take("a")).toBe(1);
    pass(1);
    expect([limit.take("a"), limit.take("a")]).toEqual([0, 20]);
    pass(3_600);
    expect(all()).toEqual([0, 0, 0, 20]);
  });

  test("has a token for whoever waits as long as was said, whatever the rate", () => {
    for (const perMinute of [1, 7, 59, 60, 61, 999, 60_000]) {
      const { limit, pass } = limiting({ perMinute });
      for (let round = 0; round < 3; round++) {
        let seconds = 0;
        for (let count = 0; seconds === 0 && count <= perMinute; count++) seconds = limit.take("a");
        expect(seconds).toBeGreaterThan(0);
        pass(seconds);
        expect([perMinute, limit.take("a")]).toEqual([perMinute, 0]);
      }
    }
  });

  test("says whole seconds, rounded up", () => {
    const { limit } = limiting({ perMinute: 50 });
    for (let count = 0; count < 50; count++) limit.take("a");
    expect(limit.take("a")).toBe(2);
  });

  test("is each one's own", () => {
    const { limit } = limiting({ perMinute: 1 });
    expect([limit.take("a"), limit.take("b"), limit.take("a"), limit.take("c")]).toEqual([0, 0, 60, 0]);
  });

  test("can be looked at without taking anything", () => {
    const { limit } = limiting({ perMinute: 1 });
    expect([limit.wait("a"), limit.size, limit.take("a"), limit.wait("a")]).toEqual([0, 0, 0, 60]);
  });
});

test("who asked for nothing the longest is forgotten first", () => {
  const { limit } = limiting({ perMinute: 1, buckets: 2 });
  limit.take("a");
  limit.take("b");
  limit.take("a");
  limit.take("c");
  expect(limit.size).toBe(2);
  expect([limit.wait("a"), limit.wait("b"), limit.wait("c")]).toEqual([60, 0, 60]);
});

test("excess is told once a minute, however large", () => {
  const exceeded = mock();
  const { limit, pass } = limiting({ perMinute: 60, exceeded });
  const ask = (times: number) => {
    for (let count = 0; count < times; count++) limit.take("a");
  };
  ask(60);
  expect(exceeded).not.toHaveBeenCalled();
  ask(1_000);
  expect(exceeded.mock.calls).toEqual([["a"]]);
  pass(59);
  ask(1_000);
  expect(exceeded).toHaveBeenCalledTimes(1);
  pass(1);
  ask(1_000);
  expect(exceeded).toHaveBeenCalledTimes(2);
});
