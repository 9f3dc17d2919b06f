// Whatever a server says is shown, commands no terminal, and takes the columns that it is said to take.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { cut, fit, visible, widthOf, wrap } from "../../../src/tui/text.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom("\u001b[31m", "\u009b2J", "日本語", "👩‍👩‍👧", "e\u0301", "\u202e", "\n", "\t", "a"))
    .map((parts) => parts.join("")),
);

test("controls become visible, and what turns or hides text does too", () => {
  expect(visible("a\u001b[31mred\u0007\u007f\n\u009b2J\tb")).toBe("a␛[31mred␇␡↵�2J b");
  expect(visible("evil\u202etxt.exe \u{e0041}\ud800")).toBe("evil�txt.exe ��");
  expect(visible("żółć 日本語 👩‍👩‍👧 🇩🇪")).toBe("żółć 日本語 👩‍👩‍👧 🇩🇪");
});

test("nothing that a terminal obeys is left, in any text", () => {
  fc.assert(
    fc.property(anyText, fc.nat(40), (text, columns) => {
      const all = [visible(text), cut(text, columns), fit(text, columns), ...wrap(text, columns)].join("");
      expect(all).not.toMatch(/\p{Cc}|\p{Bidi_Control}|[\u{e0000}-\u{e007f}]/u);
    }),
  );
});

test("a cut text is as wide as there is room, or less where a wide character does not fit", () => {
  expect(cut("hello", 5)).toBe("hello");
  expect(cut("hello!", 5)).toBe("hell…");
  expect(cut("日本語", 5)).toBe("日本…");
  expect(cut("日本語", 4)).toBe("日…");
  expect(cut("hello", 0)).toBe("");
  fc.assert(fc.property(anyText, fc.nat(40), (text, columns) => widthOf(cut(text, columns)) <= columns));
  fc.assert(fc.property(anyText, fc.nat(40), (text, columns) => widthOf(fit(text, columns)) === columns));
});

test("filled on either side", () => {
  expect(fit("ab", 4)).toBe("ab  ");
  expect(fit("ab", 4, "right")).toBe("  ab");
});

test("lines break at spaces, and where the text has breaks", () => {
  expect(wrap("one two three\nfour", 8)).toEqual(["one two", "three", "four"]);
  expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
});

test("indentation stays, also of what is broken", () => {
  expect(wrap("  if a:\n    one two three", 10)).toEqual(["  if a:", "    one", "    two", "    three"]);
  expect(wrap(`${" ".repeat(9)}one two`, 8)).toEqual(["    one", "    two"]);
});
