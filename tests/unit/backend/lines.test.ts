// Lines out of bytes, however the bytes are cut.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineSplitter } from "../../../src/backend/lines.ts";

/** Pushes the bytes in pieces of these lengths, the rest at once, and gives the lines. */
function split(bytes: Uint8Array, lengths: readonly number[], limit = 1_000): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), limit);
  let start = 0;
  for (const length of [...lengths, bytes.length]) {
    splitter.push(bytes.subarray(start, start + length));
    start = Math.min(start + length, bytes.length);
  }
  return lines;
}

const encode = (text: string) => new TextEncoder().encode(text);
const character = fc.constantFrom("a", " ", "\n", "\n", "\r\n", "é", "😀", "\u2028", "\\n");
const text = fc.array(character, { maxLength: 40 }).map((all) => all.join(""));
const lengths = fc.array(fc.nat(6), { maxLength: 40 });

test("lines are the same however the bytes arrive; the last counts once it has ended", () => {
  fc.assert(
    fc.property(text, lengths, (all, cuts) => {
      const ended = all.split("\n").slice(0, -1);
      expect(split(encode(all), cuts)).toEqual(ended.map((line) => line.trim()).filter((line) => line !== ""));
    }),
    { numRuns: 500 },
  );
});

test("bytes that are no UTF-8 spoil their own line only", () => {
  expect(split(Uint8Array.from([0x61, 0xff, 0x0a, 0x62, 0x0a]), [])).toEqual(["a\ufffd", "b"]);
});

test.each([[[]], [[1]], [[10]], [[11]]])(
  "a line of the limit is taken, and one more byte is refused (cut at %p)",
  (cuts) => {
    expect(split(encode(`${"x".repeat(10)}\n`), cuts, 10)).toEqual(["x".repeat(10)]);
    expect(() => split(encode(`${"x".repeat(11)}\n`), cuts, 10)).toThrow(RangeError);
  },
);

test("a line without end is refused before it fills the memory", () => {
  const splitter = new LineSplitter(() => undefined, 1_000);
  const chunk = encode("x".repeat(100));
  let pushed = 0;
  expect(() => {
    for (; pushed < 100; pushed++) splitter.push(chunk);
  }).toThrow("a line of over 1000 bytes");
  expect(pushed).toBe(10);
});
