// How two definitions of a tool differ, in lines for people: descriptions line by line, schemas key by key.
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** So many lines say enough; the definition itself is at hand. */
const MOST = 40;
/** So many characters of one value are shown. */
const LONGEST = 200;
/** And so many before the first one that differs. */
const BEFORE = 40;

/** Each line names the key, and what was there (-) or is now (+). Nothing in it is invisible or moves a terminal's cursor. */
export function differenceOf(before: JsonObject | undefined, after: JsonObject): string[] {
  const lines = [...members("", before ?? {}, after)];
  if (lines.length <= MOST) return lines;
  return [...lines.slice(0, MOST), `… and ${lines.length - MOST} more differences`];
}

function* members(path: string, before: JsonObject, after: JsonObject): Generator<string> {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [was, is] = [before, after].map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    yield* values(path === "" ? printable(key) : `${path}.${printable(key)}`, was, is);
  }
}

function* values(path: string, was: unknown, is: unknown): Generator<string> {
  if (Bun.deepEquals(was, is, true)) return;
  if (isObject(was) && isObject(is)) yield* members(path, was, is);
  else if (isText(was) && isText(is) && `${was ?? ""}${is ?? ""}`.includes("\n")) yield* textLines(path, was, is);
  else yield* pair(path, was, is);
}

/** What was, and what is, each in a line of its own. */
function* pair(path: string, was: unknown, is: unknown): Generator<string> {
  const [old, now] = [was, is].map((value) => JSON.stringify(value) as string | undefined);
  const from = old !== undefined && now !== undefined ? sameUntil(old, now) : 0;
  if (old !== undefined) yield `${path}: - ${shown(old, from)}`;
  if (now !== undefined) yield `${path}: + ${shown(now, from)}`;
}

function isText(value: unknown): value is string | undefined {
  return typeof value === "string" || value === undefined;
}

/** The lines between those at both ends that are the same. */
function* textLines(path: string, was = "", is = ""): Generator<string> {
  const [old, now] = [was, is].map((text) => (text === "" ? [] : text.split("\n"))) as [string[], string[]];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const [gone, come] = [old.slice(start, old.length - end), now.slice(start, now.length - end)].map((lines) =>
    lines.map((line) => JSON.stringify(line)),
  ) as [string[], string[]];
  const from = (index: number) => sameUntil(gone[index] ?? "", come[index] ?? "");
  for (const [index, line] of gone.entries()) yield `${path}: - ${shown(line, from(index))}`;
  for (const [index, line] of come.entries()) yield `${path}: + ${shown(line, from(index))}`;
}

/** How many characters at the beginning are the same. */
function sameUntil(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let same = 0;
  while (same < shorter && one[same] === other[same]) same++;
  return same;
}

/** Of a text that is too long, the part that is not the same as before: what comes late must not be hidden by what comes early. */
function shown(text: string, from: number): string {
  if (text.length <= LONGEST) return printable(text);
  const start = from > LONGEST / 2 ? from - BEFORE : 0;
  const left = text.length - start - LONGEST;
  const piece = printable(text.slice(start, start + LONGEST));
  return `${start > 0 ? "…" : ""}${piece}${left > 0 ? `… and ${left} more characters` : ""}`;
}

/** What hides instructions from people, but not from models, is written out: also what Unicode has no picture for. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{DI}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
