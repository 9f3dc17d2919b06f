// Sessions at a moment: what was asked for last counts, and time goes on.
import { expect, test } from "bun:test";
import { sessionSymbol, sessionsNow } from "../../../src/tui/screens/session-list.ts";
import { session, time } from "./known.ts";

const at = Date.parse(time);
const of = (id: string, idle: number) => ({ ...session(id), idle_seconds: idle, ttl: 100 });

test("silence goes on from the newest answer, and is none while a stream is open", () => {
  const listed = [of("a", 9), of("b", 9), of("c", 9)];
  const rows = sessionsNow(listed, [of("a", 20), of("b", 0), of("gone", 1)], at, at + 3_000);
  expect(rows.map(({ session: { id }, idle, left }) => [id, idle, left])).toEqual([
    ["a", 23, 77],
    ["b", 0, 100],
    ["c", 9, 91],
  ]);
  expect(rows.map(({ age }) => age)).toEqual([3, 3, 3]);
});

test("a session is never older than the other clock says, nor has it less than nothing left", () => {
  const [row] = sessionsNow([of("a", 500)], [], at, at - 5_000);
  expect(row).toMatchObject({ age: 0, left: 0 });
  expect(row && sessionSymbol(row)).toEqual(["▲", "warning"]);
});
