// What each event changes in what is known, and how another snapshot is brought up to date.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { outdatesCapabilities, outdatesSnapshot, reduce, renew } from "../../../src/tui/reducer.ts";
import type { BackendRecord, EventRecord, ServerState } from "../../../src/tui/state.ts";
import { backend, event, idOf, known, session, snapshot, time } from "./known.ts";

const one = ({ snapshot: now }: ServerState): BackendRecord | undefined => now?.backends[0];
const away = { state: "disconnected", connected_at: null, pid: null } as const;

describe("an event about a backend", () => {
  test.each<[EventRecord["stage"], Partial<EventRecord>, Partial<BackendRecord>]>([
    ["backend_connecting", {}, { ...away, phase: "initializing" }],
    ["backend_connected", {}, {}],
    ["backend_retrying", {}, { ...away, phase: "retrying" }],
    ["backend_failed", { severity: "error", message: "no" }, { ...away, phase: "failed", error: "no" }],
    ["backend_disconnected", { severity: "warning", message: "gone" }, { ...away, phase: "retrying", error: "gone" }],
    // It was asked for, or is about what is no longer there.
    ["backend_disconnected", { severity: "info" }, {}],
    ["backend_disconnected", { severity: "warning", details: { session: "s" } }, {}],
    ["health", { severity: "warning" }, {}],
    ["capability_change", {}, {}],
  ])("%s %j", (stage, more, change) => {
    const before = known();
    const after = reduce(before, event(1, { stage, backend: "one", ...more }));
    expect(after.snapshot).toEqual({
      ...snapshot(),
      last_event_id: idOf(1),
      backends: [backend("one", change), backend("two")],
      health: change.state
        ? { ...snapshot().health, status: "degraded", backends: { total: 2, connected: 1, healthy: 1 } }
        : snapshot().health,
    });
    expect(after.snapshot?.backends[1]).toBe(before.snapshot?.backends[1]);
    expect(before).toEqual(known());
  });

  test("that is connected again forgets what was wrong", () => {
    const lost = known(snapshot(0, { backends: [backend("one", { ...away, phase: "retrying", error: "gone" })] }));
    const after = reduce(lost, event(1, { stage: "backend_connected", backend: "one" }));
    expect(one(after)).toMatchObject({ phase: "ready", state: "connected", connected_at: time, error: null });
    expect(after.snapshot?.health).toMatchObject({ status: "healthy", backends: { total: 1, connected: 1 } });
  });

  test("nobody knows changes none", () => {
    const after = reduce(known(), event(1, { stage: "backend_failed", backend: "three" }));
    expect(after.snapshot?.backends).toEqual(snapshot().backends);
  });
});

test("a session that was closed is gone", () => {
  const two = known(snapshot(0, { sessions: [session("s"), session("t")] }));
  const after = reduce(two, event(1, { stage: "session_closed", details: { session: "s" } }));
  expect(after.snapshot?.sessions.map(({ id }) => id)).toEqual(["t"]);
});

test("a server that shuts down is stopping", () => {
  expect(reduce(known(), event(1, { stage: "shutdown" })).snapshot?.status.service.state).toBe("stopping");
});

describe("the list of events", () => {
  test("has each once, in order, whatever comes again", () => {
    const began = known(snapshot(3));
    expect(reduce(began, event(3))).toBe(began);
    expect(reduce(began, event(1))).toBe(began);
    expect(reduce(reduce(began, event(4)), event(5)).events.map(({ message }) => message)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
    ]);
  });

  test("is not longer than a thousand", () => {
    let state = known();
    for (let number = 1; number <= 1_500; number++) state = reduce(state, event(number));
    expect(state.events.map(({ message }) => Number(message))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 501 + index),
    );
  });

  test("takes what was missed, which the snapshot knows already", () => {
    const later = renew(known(snapshot(3)), snapshot(10, { sessions: [] }));
    const after = reduce(later, event(4, { stage: "backend_failed", backend: "one" }));
    expect(after.events.map(({ message }) => message)).toEqual(["1", "2", "3", "4"]);
    expect(after.snapshot).toBe(later.snapshot);
  });
});

describe("another snapshot", () => {
  test("counts, and what was heard since it was taken counts too", () => {
    const heard = reduce(known(snapshot(3)), event(4, { stage: "backend_failed", backend: "one", message: "no" }));
    const state = { ...heard, calls: [1], errors: [0], capabilities: null };
    const after = renew(state, snapshot(3, { sessions: [] }));
    expect(one(after)).toMatchObject({ phase: "failed", error: "no" });
    expect(after.snapshot).toMatchObject({ sessions: [], last_event_id: idOf(4), health: { status: "degraded" } });
    expect([after.events, after.calls, after.link]).toEqual([state.events, [1], state.link]);
  });

  test("of a server that was started anew begins anew", () => {
    const state = { ...known(snapshot(3)), calls: [1], errors: [1] };
    const { status } = snapshot();
    const other = snapshot(2, {
      status: { ...status, service: { ...status.service, started_at: "2026-02-02T03:04:05.678Z" } },
    });
    expect(renew(state, other)).toEqual({ ...known(other), link: state.link });
  });

  test("leads to the same, whenever it was taken", () => {
    const stages = [
      "backend_connecting",
      "backend_connected",
      "backend_retrying",
      "session_closed",
      "shutdown",
    ] as const;
    const events = fc.array(fc.constantFrom(...stages), { maxLength: 12 });
    fc.assert(
      fc.property(events, fc.nat(12), (list, cut) => {
        const all = list.map((stage, index) => event(index + 1, { stage, backend: "one", details: { session: "s" } }));
        const whole = all.reduce(reduce, known());
        // As the server would answer after so many events.
        const { snapshot: taken } = all.slice(0, cut).reduce(reduce, known());
        expect(renew(whole, taken ?? snapshot()).snapshot).toEqual(whole.snapshot);
      }),
    );
  });
});

test("what an event does not tell is asked for", () => {
  expect([
    outdatesSnapshot(event(1, { stage: "session_opened" })),
    outdatesSnapshot(event(1, { stage: "auth_failed" })),
  ]).toEqual([true, false]);
  expect([
    outdatesCapabilities(event(1, { stage: "capability_change" })),
    outdatesCapabilities(event(1, { stage: "session_opened" })),
  ]).toEqual([true, false]);
});
