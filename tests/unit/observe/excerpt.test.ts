// Texts are shortened without leaving a part of a word, which could be a part of a secret.
import { expect, test } from "bun:test";
import { excerpt } from "../../../src/observe/excerpt.ts";

test.each([
  ["", ""],
  ["ten chars.", "ten chars."],
  ["ten chars and more", "ten chars …"],
  ["ten characters", "ten …"],
  ['{"a":"secret-value"}', '{"a":"…'],
  ["a-secret-of-20-chars", "…"],
])("%j", (text, shown) => {
  expect(excerpt(text, 10)).toBe(shown);
});
