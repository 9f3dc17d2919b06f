// What waits, counts or is told by the clock, whose time here passes as fast as the work allows.
import { describe, expect, mock, test } from "bun:test";
import { BackOff } from "../../../src/tui/back-off.ts";
import { Notifier } from "../../../src/tui/notifier.ts";
import { Rates } from "../../../src/tui/rates.ts";
import { Refresh } from "../../../src/tui/refresh.ts";
import { SimulatedClock, settled } from "../backend/simulated-clock.ts";

describe("listeners", () => {
  test("are told once in 16 ms, and of the last change too", async () => {
    const clock = new SimulatedClock();
    const notifier = new Notifier(clock);
    const times: number[] = [];
    const unsubscribe = notifier.subscribe(() => times.push(clock.now()));
    for (let step = 0; step < 40; step++) {
      notifier.changed();
      notifier.changed();
      await clock.pass(1);
    }
    await clock.pass(100);
    expect(times).toEqual([16, 32, 48]);
    notifier.changed();
    notifier.stop();
    await clock.pass(100);
    unsubscribe();
    notifier.changed();
    await clock.pass(100);
    expect(times).toHaveLength(3);
  });
});

describe("a refresh", () => {
  function refreshing(work = () => Promise.resolve()) {
    const clock = new SimulatedClock();
    const times: number[] = [];
    const refresh = new Refresh(clock, async () => {
      times.push(clock.now());
      await work();
    });
    return { clock, times, refresh };
  }

  test("comes once after many requests, when they have stopped", async () => {
    const { clock, times, refresh } = refreshing();
    for (let step = 0; step < 5; step++) {
      refresh.ask();
      await clock.pass(50);
    }
    await clock.pass(5_000);
    expect(times).toEqual([300]);
  });

  test("comes every second where they do not stop", async () => {
    const { clock, times, refresh } = refreshing();
    for (let step = 0; step < 60; step++) {
      refresh.ask();
      await clock.pass(50);
    }
    expect(times).toEqual([1_000, 2_000, 3_000]);
  });

  test("comes at once when it is wanted at once", async () => {
    const { clock, times, refresh } = refreshing();
    refresh.askNow();
    await clock.pass(1);
    expect(times).toEqual([0]);
  });

  test("is never two at a time; what was asked for meanwhile follows", async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, times, refresh } = refreshing(() => gate.promise);
    refresh.askNow();
    await clock.pass(10);
    refresh.ask();
    await clock.pass(1_000);
    expect(times).toEqual([0]);
    gate.resolve();
    await settled();
    await clock.pass(1_000);
    expect(times).toEqual([0, 1_110]);
  });

  test("that fails comes again, and with its end none does", async () => {
    const { clock, times, refresh } = refreshing(() => Promise.reject(new Error("no")));
    refresh.askNow();
    await clock.pass(12_000);
    expect(times).toEqual([0, 5_000, 10_000]);
    refresh.ask();
    refresh.stop();
    await clock.pass(60_000);
    expect(times).toHaveLength(3);
  });

  test("that is given up is told so", async () => {
    const clock = new SimulatedClock();
    const given: AbortSignal[] = [];
    const refresh = new Refresh(clock, (signal) => {
      given.push(signal);
      return new Promise(() => undefined);
    });
    refresh.askNow();
    await clock.pass(1);
    refresh.stop();
    expect(given.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("rates", () => {
  const lines = (good: number, bad: number) =>
    [
      "# TYPE argus_calls_total counter",
      `argus_calls_total{backend="a",method="tools/call",outcome="success"} ${good}`,
      `argus_calls_total{backend="",method="tools/call",outcome="unknown"} ${bad}`,
      'argus_events_total{stage="status",severity="info"} 7',
    ].join("\n");

  function rating(answers: (string | Error)[]) {
    const clock = new SimulatedClock();
    const counted = mock();
    const read = mock(async () => {
      const answer = answers.shift() ?? "";
      if (typeof answer !== "string") throw answer;
      return answer;
    });
    return { clock, counted, read, rates: new Rates({ clock, read, counted }) };
  }

  test("are the differences, tick by tick, beginning with what is there", async () => {
    const { clock, counted, rates } = rating([lines(10, 1), lines(15, 1), lines(15, 3)]);
    const unwatch = rates.watch();
    await settled();
    await clock.pass(4_000);
    unwatch();
    expect(counted.mock.calls).toEqual([[{ calls: [5], errors: [0] }], [{ calls: [5, 2], errors: [0, 2] }]]);
  });

  test("are none for a tick without an answer, whose calls count in the next", async () => {
    const { clock, counted, rates } = rating([lines(1, 0), new Error("away"), lines(4, 0), lines(2, 1)]);
    rates.watch();
    await settled();
    await clock.pass(6_000);
    rates.stop();
    // A server that was started anew counts from 0.
    expect(counted.mock.calls.at(-1)).toEqual([{ calls: [0, 3, 3], errors: [0, 0, 1] }]);
  });

  test("are kept for two minutes", async () => {
    const { clock, counted, rates } = rating(
      Array.from({ length: 101 }, (_, index) => lines((index * (index + 1)) / 2, 0)),
    );
    rates.watch();
    await settled();
    await clock.pass(200_000);
    rates.stop();
    const [last] = counted.mock.calls.at(-1) as [{ calls: number[] }];
    expect(last.calls).toEqual(Array.from({ length: 60 }, (_, index) => 41 + index));
  });

  test("are read only while somebody looks", async () => {
    const { clock, read, rates } = rating([]);
    await clock.pass(60_000);
    expect(read).not.toHaveBeenCalled();
    const [one, two] = [rates.watch(), rates.watch()];
    await clock.pass(1);
    one();
    one();
    await clock.pass(2_000);
    expect(read).toHaveBeenCalledTimes(2);
    two();
    await clock.pass(60_000);
    expect(read).toHaveBeenCalledTimes(2);
  });
});

describe("a back-off", () => {
  test("doubles up to a ceiling, with jitter, and forgets after a steady time", async () => {
    const clock = new SimulatedClock();
    const backOff = new BackOff(clock);
    const pauses = Array.from({ length: 8 }, () => backOff.failed());
    const limits = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
    expect(pauses.map((pause, index) => pause / (limits[index] ?? 1)).every((part) => part >= 0.75 && part < 1)).toBe(
      true,
    );
    expect(new Set(pauses).size).toBe(8);
    backOff.succeeded();
    await clock.pass(1_000);
    expect(backOff.failed()).toBeGreaterThan(10_000);
    backOff.succeeded();
    await clock.pass(5_000);
    expect(backOff.failed()).toBeLessThan(500);
  });
});
