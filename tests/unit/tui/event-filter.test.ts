// Which events are shown.
import { expect, test } from "bun:test";
import { backendsIn, EVERYTHING, filtered, narrows, nextSeverity } from "../../../src/tui/screens/event-filter.ts";
import { event, idOf } from "./known.ts";

const events = [
  event(1, { severity: "debug", backend: "files" }),
  event(2, { severity: "warning", stage: "backend_failed", backend: "files", message: "no answer (it is away)" }),
  event(3, { severity: "error", backend: "notes", details: { code: "E_AWAY" } }),
  event(4),
];
const ids = (change: Partial<typeof EVERYTHING>) =>
  filtered(events, { ...EVERYTHING, ...change }).map(({ id }) => events.findIndex((one) => one.id === id) + 1);

test("severity, backend and words narrow them together", () => {
  expect(ids({ least: "warning" })).toEqual([2, 3]);
  expect(ids({ backend: "files" })).toEqual([1, 2]);
  expect(ids({ query: "away" })).toEqual([2, 3]);
  expect(ids({ query: "(IT" })).toEqual([2]);
  expect(ids({ query: "backend failed" })).toEqual([2]);
  expect(ids({ query: "away", backend: "files", least: "error" })).toEqual([]);
});

test("what narrows nothing is the very same list", () => {
  expect(filtered(events, EVERYTHING)).toBe(events);
  expect(narrows(EVERYTHING)).toBe(false);
  expect(narrows({ ...EVERYTHING, query: "x" })).toBe(true);
});

test("severities go round, and backends have their counts", () => {
  expect([nextSeverity("debug"), nextSeverity("warning"), nextSeverity("error")]).toEqual(["info", "error", "debug"]);
  expect(backendsIn(events)).toEqual([
    ["files", 2],
    ["notes", 1],
  ]);
  expect(events[0]?.id).toBe(idOf(1));
});
