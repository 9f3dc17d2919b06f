// Many waits and one timer: each ends in its own time, or not at all.
import { expect, test } from "bun:test";
import { Patience } from "../../../src/server/patience.ts";

test("who still waits when the time is up is told, oldest first", async () => {
  const patience = new Patience(5);
  const told: string[] = [];
  patience.begin(() => told.push("first"));
  patience.end(patience.begin(() => told.push("what came in time")));
  const { promise, resolve } = Promise.withResolvers<void>();
  patience.begin(() => resolve());
  await promise;
  expect(told).toEqual(["first"]);
});

test("who begins while others wait has the whole time, and so has who begins after all have ended", async () => {
  const patience = new Patience(20);
  const waited = () => {
    const since = performance.now();
    const { promise, resolve } = Promise.withResolvers<number>();
    patience.begin(() => resolve(performance.now() - since));
    return promise;
  };
  const early = waited();
  await Bun.sleep(10);
  const late = waited();
  expect(Math.min(await early, await late)).toBeGreaterThanOrEqual(20);
  expect(await waited()).toBeGreaterThanOrEqual(20);
});
