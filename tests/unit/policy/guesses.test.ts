// Guessing at a token.
import { expect, mock, test } from "bun:test";
import { Guesses } from "../../../src/policy/guesses.ts";

function guessing() {
  let time = 0;
  const pass = (seconds: number) => {
    time += seconds * 1_000;
  };
  const exceeded = mock();
  const guesses = new Guesses({ now: () => time, exceeded });
  const guess = (address: string, tokens: string[]) => {
    for (const token of tokens) guesses.wrong(address, token);
    return guesses.wait(address);
  };
  return { guess, exceeded, pass };
}

const tokens = (count: number, prefix = "") => Array.from({ length: count }, (_, index) => prefix + index);

test("ten wrong tokens are forgiven, and then a network waits", () => {
  const { guess, exceeded, pass } = guessing();
  expect(guess("192.0.2.1", tokens(9))).toBe(0);
  expect(guess("192.0.2.1", ["last"])).toBe(6);
  expect(guess("192.0.2.2", [])).toBe(0);
  expect(exceeded.mock.calls).toEqual([["192.0.2.1"]]);
  pass(6);
  expect(guess("192.0.2.1", [])).toBe(0);
  expect(guess("192.0.2.1", ["again"])).toBe(6);
});

test("the same wrong token again is no guess", () => {
  const { guess } = guessing();
  for (let time = 0; time < 1_000; time++) expect(guess("192.0.2.1", ["stale"])).toBe(0);
  expect(guess("192.0.2.1", tokens(9))).toBe(6);
});

test("one network has one try less with each, from whichever address", () => {
  const { guess } = guessing();
  expect(guess("2001:db8::1", tokens(5))).toBe(0);
  expect(guess("2001:db8::2", tokens(5, "other "))).toBe(6);
});
