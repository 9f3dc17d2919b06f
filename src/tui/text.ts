// Text as it may go to a terminal: harmless whatever it came from, and measured in columns.
import { sliceAnsi, stringWidth, wrapAnsi } from "bun";

/** Control characters, line separators, lone surrogates, what turns the direction of text, and the invisible tag characters. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u{e0000}-\u{e007f}\ufeff]/gu;
const PLAIN = /^[ -~]*$/;
/** Grapheme clusters are seldom longer: text beyond this many characters a column is not looked at. */
const CHARACTERS_PER_COLUMN = 16;

/** One line in which nothing is hidden and nothing can command the terminal: U+001B becomes ␛, a line break ↵. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HARMFUL, shown);
}

/** JSON on several lines, in which what could command a terminal, or is not seen, is written as an escape: it says the same. */
export function harmlessJson(value: unknown): string {
  const lines = (JSON.stringify(value, null, 2) ?? "").split("\n");
  return lines.map((line) => line.replace(HARMFUL, escaped)).join("\n");
}

function escaped(text: string): string {
  return text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "↵";
  if (character === "\t") return " ";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "␡" : "�";
}

/** How many columns it takes. The text is one that `visible` gave. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text made visible, with an ellipsis where it is wider than so many columns. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  const clean = visible(text.slice(0, columns * CHARACTERS_PER_COLUMN));
  if (widthOf(clean) <= columns) return clean;
  return `${PLAIN.test(clean) ? clean.slice(0, columns - 1) : head(clean, columns - 1)}…`;
}

/** The first columns; what begins in them and is wider would be kept whole, and so is left out. */
function head(text: string, columns: number): string {
  let start = sliceAnsi(text, 0, columns);
  for (let last = columns - 1; widthOf(start) > columns; last--) start = sliceAnsi(text, 0, last);
  return start;
}

/** Cut and filled up to exactly so many columns. */
export function fit(text: string, columns: number, align: "left" | "right" = "left"): string {
  const short = cut(text, columns);
  const space = " ".repeat(Math.max(0, columns - widthOf(short)));
  return align === "right" ? space + short : short + space;
}

/** Broken into lines of so many columns, at spaces where there are any; line breaks and indentation of the text stay. */
export function wrap(text: string, columns: number): string[] {
  if (columns <= 0) return [];
  return text.split(/\r\n|\n|\r/).flatMap((line) => broken(visible(line), columns));
}

function broken(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const spaces = line.length - line.replace(/^ +/, "").length;
  const indent = " ".repeat(Math.min(spaces, Math.floor(columns / 2)));
  const lines = wrapAnsi(line.slice(spaces), columns - indent.length, { hard: true }).split("\n");
  return lines.map((piece) => indent + piece);
}
