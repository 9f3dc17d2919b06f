// States of calls that wait: whose they are, what they are good for, and how many there may be.
import { expect, test } from "bun:test";
import { Parking } from "../../../src/server/modern-parking.ts";

function newParking(calls = 10, timeToLive = 60) {
  const abandoned: string[] = [];
  const parking = new Parking<{ name: string; abandon(): void }>(() => ({ calls, timeToLive }));
  const call = (name: string) => ({ name, abandon: () => void abandoned.push(name) });
  return { parking, call, abandoned };
}

const claim = (owner: string, binding = owner) => ({ owner, binding });

test("a state leads to its call once, and to nothing under another claim", () => {
  const { parking, call } = newParking();
  const state = parking.park(call("one"), claim("ann"));
  expect(() => parking.take(state, "bob")).toThrow(expect.objectContaining({ code: "invalid_params" }));
  expect(parking.take(state, "ann")?.name).toBe("one");
  expect(() => parking.take(state, "ann")).toThrow("used before or has expired");
});

test("a state of another process, or one that was changed, leads nowhere", () => {
  const { parking, call } = newParking();
  const state = parking.park(call("one"), claim("ann"));
  const other = newParking().parking.park(call("two"), claim("ann"));
  for (const wrong of [other, `${state}x`, state.slice(1), `${state}.`, "", ".", "a.b", "x"])
    expect(parking.take(wrong, "ann")).toBeUndefined();
  expect(parking.size).toBe(1);
});

test("when there are too many, the oldest of whoever has most goes", () => {
  const { parking, call, abandoned } = newParking(3);
  parking.park(call("bob's"), claim("bob"));
  for (const name of ["ann's first", "ann's second", "ann's third"]) parking.park(call(name), claim("ann"));
  expect(abandoned).toEqual(["ann's first"]);
  parking.park(call("bob's second"), claim("bob"));
  expect(abandoned).toHaveLength(2);
  expect(parking.size).toBe(3);
});

test("a call is given up after its time, and all are at the end", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const parking = new Parking<{ abandon(): void }>(() => ({ calls: 10, timeToLive: 0.001 }));
  const state = parking.park({ abandon: resolve }, claim("ann"));
  await promise;
  expect(() => parking.take(state, "ann")).toThrow("expired");
  const { parking: another, call, abandoned } = newParking();
  another.park(call("one"), claim("ann"));
  another.stop();
  expect([abandoned, another.size]).toEqual([["one"], 0]);
});
