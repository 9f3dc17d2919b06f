// The life of a backend: its phases, why it is in one, how often it was connected again, and the newest ten turns.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Life } from "../../../src/backend/life.ts";
import type { Phase } from "../../../src/model.ts";

/** A life that went through these phases. */
function after(...phases: Phase[]): Life {
  const life = new Life();
  for (const phase of phases) life.enter(phase, `why ${phase}`);
  return life;
}

test("it begins with nothing", () => {
  const { phase, error, connected, over, connectedAt, restarts, conditions } = new Life();
  expect({ phase, error, connected, over, connectedAt, restarts, conditions }).toEqual({
    ...{ phase: "pending", error: null, connected: false, over: false },
    ...{ connectedAt: null, restarts: 0, conditions: [] },
  });
});

describe("conditions", () => {
  test("tell of each phase with a word for programs and a sentence for people", () => {
    const life = after("initializing", "retrying", "initializing", "ready", "degraded", "failed", "shutting_down");
    expect(life.conditions.map(({ status, reason, message }) => [status, reason, message])).toEqual([
      [false, "Connecting", "why initializing"],
      [false, "WaitsForRetry", "why retrying"],
      [false, "Connecting", "why initializing"],
      [true, "Connected", "why ready"],
      [false, "ProbesFail", "why degraded"],
      [false, "Refused", "why failed"],
      [false, "ShuttingDown", "why shutting_down"],
    ]);
    expect(life.conditions.every(({ type }) => type === "Ready")).toBe(true);
  });

  test("are none where the phase stays the same", () => {
    expect(after("ready", "ready", "ready").conditions).toHaveLength(1);
  });

  test("are the newest ten, oldest first", () => {
    const life = new Life();
    for (let number = 0; number < 25; number++) {
      life.note({ type: "CircuitOpen", status: true, reason: "CallsFail", message: String(number) });
    }
    expect(life.conditions.map(({ message }) => Number(message))).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    const times = life.conditions.map(({ lastTransition }) => lastTransition.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("the error", () => {
  test.each<[string | null, Phase[]]>([
    ["why retrying", ["initializing", "retrying"]],
    ["why retrying", ["initializing", "retrying", "initializing"]],
    ["why failed", ["initializing", "failed"]],
    ["why degraded", ["initializing", "ready", "degraded"]],
    [null, ["initializing", "retrying", "initializing", "ready"]],
    [null, ["ready", "degraded", "ready"]],
  ])("is %j after %j", (error, phases) => {
    expect(after(...phases).error).toBe(error);
  });
});

test("it is connected while ready or degraded, and since when does not change in between", () => {
  const life = after("initializing", "ready");
  const since = life.connectedAt;
  expect(since).toBeInstanceOf(Date);
  life.enter("degraded");
  expect([life.connected, life.connectedAt]).toEqual([true, since]);
  life.enter("ready");
  expect(life.connectedAt).toBe(since);
  life.enter("retrying");
  expect([life.connected, life.connectedAt]).toEqual([false, null]);
});

test.each(["shutting_down", "disabled"] as const)("nothing follows %s", (end) => {
  const life = after("initializing", "ready", end, "initializing", "ready", "shutting_down", "disabled");
  expect([life.phase, life.over, life.connected, life.conditions.length]).toEqual([end, true, false, 3]);
});

test("over any phases, restarts count the connections after a loss", () => {
  const phase = fc.constantFrom<Phase>("pending", "initializing", "ready", "degraded", "retrying", "failed");
  fc.assert(
    fc.property(fc.array(phase, { maxLength: 60 }), (phases) => {
      const life = after(...phases);
      const connected = (at: number) => ["ready", "degraded"].includes(phases[at] ?? "");
      const turns = phases.flatMap((each, at) => {
        if (each === "retrying" && connected(at - 1)) return "lost";
        return each === "ready" && !connected(at - 1) ? "connected" : [];
      });
      const restarts = turns.filter((turn, at) => turn === "connected" && turns[at - 1] === "lost").length;
      expect(life.restarts).toBe(restarts);
      expect(life.phase).toBe(phases.at(-1) ?? "pending");
      expect(life.conditions.length).toBeLessThanOrEqual(10);
    }),
  );
});
