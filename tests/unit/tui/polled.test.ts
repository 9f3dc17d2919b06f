// What is asked for again and again while somebody looks.
import { expect, test } from "bun:test";
import { Polled } from "../../../src/tui/polled.ts";
import { until } from "../../fixtures/until.ts";

function world(answers: (() => Promise<number>)[], pause = 1) {
  const asked = { count: 0, ready: true };
  const polled = new Polled<number>({
    ask: () => (answers[asked.count++] ?? (() => Promise.resolve(asked.count)))(),
    ready: () => asked.ready,
    changed: () => {},
    pause,
  });
  return { polled, asked };
}

test("the newest answer stays when the next question fails, and so does the reason", async () => {
  const { polled } = world([
    () => Promise.resolve(7),
    () => Promise.reject(new Error("away")),
    () => new Promise(() => {}),
  ]);
  polled.start();
  await until("it failed", () => polled.failure !== null);
  polled.stop();
  expect([polled.answer, polled.failure]).toEqual([7, "away"]);
});

test("nobody is asked who is not there, and nobody after the end", async () => {
  const { polled, asked } = world([]);
  asked.ready = false;
  polled.start();
  await Bun.sleep(0);
  expect(asked.count).toBe(0);
  asked.ready = true;
  polled.askNow();
  await until("it was asked", () => polled.answer !== undefined);
  polled.stop();
  const { count } = asked;
  polled.askNow();
  expect(asked.count).toBe(count);
});

test("one question at a time; what is wished for meanwhile comes at once after it", async () => {
  const first = Promise.withResolvers<number>();
  const { polled, asked } = world([() => first.promise], 1e9);
  polled.start();
  polled.askNow();
  polled.askNow();
  expect(asked.count).toBe(1);
  first.resolve(1);
  await until("it was asked again", () => asked.count === 2);
  polled.stop();
});

test("an answer to what was asked before the end is no news", async () => {
  const late = Promise.withResolvers<number>();
  const { polled } = world([() => late.promise, () => Promise.resolve(2)], 1e9);
  polled.start();
  polled.stop();
  polled.start();
  await until("the second answer is there", () => polled.answer === 2);
  late.resolve(1);
  await late.promise;
  await Bun.sleep(0);
  expect(polled.answer).toBe(2);
  polled.stop();
});
