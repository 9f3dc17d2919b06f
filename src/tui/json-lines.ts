// JSON as lines in colours.
import { count } from "./format.ts";
import { visible, widthOf, wrap } from "./text.ts";
import type { Line, Role, Span } from "./theme.ts";

/** More of one value, in characters, and more lines, nobody reads on a screen. */
const LONGEST = 4_000;
const MOST = 20_000;

/** Indentation, key, value, comma. */
const PARTS = /^( *)("(?:[^"\\]|\\.)*": )?(.*?)(,?)$/s;

/** A value in lines of so many columns; long texts are broken, and cut where they are endless. */
export function jsonLines(value: unknown, width: number): Line[] {
  const lines = (JSON.stringify(value, null, 2) ?? "").split("\n");
  const left = lines.length - MOST;
  const shown = lines.slice(0, MOST).flatMap((line) => linesOf(line, width));
  return left > 0 ? [...shown, [[`… ${count(left)} more lines`, "muted"]]] : shown;
}

function linesOf(line: string, width: number): Line[] {
  const [, indent = "", key = "", value = "", comma = ""] = PARTS.exec(line) ?? [];
  const text = value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}… ${count(value.length - LONGEST)} more`;
  const before: Span[] = [[indent], [key, "key"]];
  const room = Math.max(8, width - indent.length - 2);
  const used = columnsOf(key);
  const pieces = used + columnsOf(text + comma) <= room + 2 ? [text] : broken(text, used, room);
  return pieces.map((piece, index): Line => {
    const last: Span = [index === pieces.length - 1 ? comma : "", "muted"];
    return index === 0 ? [...before, [piece, roleOf(value)], last] : [[`${indent}  `], [piece, roleOf(value)], last];
  });
}

/** The first piece stands beside the key, which takes so many columns. */
function broken(text: string, used: number, room: number): string[] {
  const first = room - used;
  if (first < 12) return ["", ...wrap(text, room)];
  const [head = ""] = wrap(text, first);
  return [head, ...wrap(visible(text).slice(head.length).trimStart(), room)];
}

function columnsOf(text: string): number {
  return widthOf(visible(text));
}

function roleOf(value: string): Role {
  if (value.startsWith('"')) return "good";
  if (/^[[\]{}]/.test(value)) return "muted";
  return /^[-\d]/.test(value) ? "info" : "accent";
}
