// Those who could not show who they are: each is told, a flood of them is counted.
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import type { Fact } from "../../../src/model.ts";
import type { Refusal } from "../../../src/observe/audit.ts";
import { Refusals } from "../../../src/observe/refusals.ts";

const told: Fact[] = [];
const noted: Refusal[] = [];
let refusals: Refusals;

beforeEach(() => {
  jest.useFakeTimers();
  told.length = 0;
  noted.length = 0;
  refusals = new Refusals({ emit: (fact) => told.push(fact), note: (refusal) => noted.push(refusal) });
});
afterEach(() => jest.useRealTimers());

const add = (address: string | null, times = 1) => {
  for (let time = 0; time < times; time++) refusals.add({ address, error: "wrong" });
};
const messages = () => told.splice(0).map(({ message }) => message);

test("each is an event and a line of the audit", () => {
  refusals.add({ address: "192.0.2.1", error: "the token is wrong" });
  refusals.add({ address: null, error: "none", expected: true, identity: { subject: "ann", issuer: null, roles: [] } });
  expect(told).toEqual([
    {
      ...{ stage: "auth_failed", severity: "warning", message: "the token is wrong (from 192.0.2.1)" },
      details: { peer: "192.0.2.1", user: null },
    },
    {
      ...{ stage: "auth_failed", severity: "info", message: "none (from an unknown address)" },
      details: { peer: null, user: "ann" },
    },
  ]);
  expect(noted).toHaveLength(2);
});

test("ten of one address are told within a minute, the others summed up at its end", () => {
  add("192.0.2.1", 1_000);
  add("192.0.2.2");
  expect(told).toHaveLength(11);
  jest.advanceTimersByTime(60_000);
  expect(messages().slice(11)).toEqual(["990 more requests were refused within a minute (from 192.0.2.1)"]);
  expect(noted).toHaveLength(12);
  add("192.0.2.1");
  expect(messages()).toEqual(["wrong (from 192.0.2.1)"]);
  jest.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
});

test("a hundred are told of all addresses, which are summed up as one crowd but for the worst", () => {
  for (let n = 0; n < 5_000; n++) add(`2001:db8::${n.toString(16)}`, 3);
  expect(told).toHaveLength(100);
  jest.advanceTimersByTime(60_000);
  const sums = messages().slice(100);
  expect(sums).toHaveLength(11);
  const counted = sums.map((message) => Number.parseInt(message, 10)).reduce((sum, count) => sum + count);
  expect(counted).toBe(15_000 - 100);
});

test("at the end nothing is left unsaid", () => {
  add("192.0.2.1", 11);
  messages();
  refusals.stop();
  refusals.stop();
  expect(messages()).toEqual(["1 more requests were refused within a minute (from 192.0.2.1)"]);
});
