// How two definitions of a tool differ, in lines for people: descriptions line by line, schemas key by key.
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** So many lines say enough; the definition itself is at hand. */
const MOST = 40;
/** So many characters of one value are shown. */
const LONGEST = 200;
/** And so many before the first one that differs. */
const BEFORE = 40;

type Redact = (text: string) => string;

/** A line that is written when it is wanted: a backend may cause any number of them. */
type Line = (redact: Redact) => string;

/**
 * Each line names the key, and what was there (-) or is now (+). Nothing in it is invisible or moves a terminal's cursor. `redact` gets
 * whole values, for what is cut or written out is no secret to it any more.
 */
export function differenceOf(before: JsonObject | undefined, after: JsonObject, redact: Redact): string[] {
  const lines = [...members("", before ?? {}, after)];
  const shown = lines.slice(0, MOST).map((line) => line(redact));
  return lines.length <= MOST ? shown : [...shown, `… and ${lines.length - MOST} more differences`];
}

function* members(path: string, before: JsonObject, after: JsonObject): Generator<Line> {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [was, is] = [before, after].map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    yield* values(path === "" ? printable(key) : `${path}.${printable(key)}`, was, is);
  }
}

function* values(path: string, was: unknown, is: unknown): Generator<Line> {
  if (Bun.deepEquals(was, is, true)) return;
  if (isObject(was) && isObject(is)) yield* members(path, was, is);
  else if (isText(was) && isText(is) && `${was ?? ""}${is ?? ""}`.includes("\n")) yield* textLines(path, was, is);
  else yield* pair(path, was, is);
}

/** What was, and what is, each in a line of its own. */
function* pair(path: string, was: unknown, is: unknown): Generator<Line> {
  if (was !== undefined) yield (redact) => `${path}: - ${shown(was, is, redact)}`;
  if (is !== undefined) yield (redact) => `${path}: + ${shown(is, was, redact)}`;
}

function isText(value: unknown): value is string | undefined {
  return typeof value === "string" || value === undefined;
}

/** The lines between those at both ends that are the same. */
function* textLines(path: string, was = "", is = ""): Generator<Line> {
  const [old, now] = [was, is].map((text) => (text === "" ? [] : text.split("\n"))) as [string[], string[]];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const [gone, come] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  for (const [index, line] of gone.entries()) yield (redact) => `${path}: - ${shown(line, come[index], redact)}`;
  for (const [index, line] of come.entries()) yield (redact) => `${path}: + ${shown(line, gone[index], redact)}`;
}

/** Of a text that is too long, the part that is not the same as the other one: what comes late must not be hidden by what comes early. */
function shown(value: unknown, other: unknown, redact: Redact): string {
  const [text, against] = [value, other].map((each) => redact(JSON.stringify(each) ?? "")) as [string, string];
  if (text.length <= LONGEST) return printable(text);
  const from = sameUntil(text, against);
  const start = from > LONGEST / 2 ? from - BEFORE : 0;
  const left = text.length - start - LONGEST;
  const piece = printable(text.slice(start, start + LONGEST));
  return `${start > 0 ? "…" : ""}${piece}${left > 0 ? `… and ${left} more characters` : ""}`;
}

/** How many characters at the beginning are the same. */
function sameUntil(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let same = 0;
  while (same < shorter && one[same] === other[same]) same++;
  return same;
}

/** What hides instructions from people, but not from models, is written out: also what Unicode has no picture for. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{DI}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
