// How two definitions of a tool differ, in lines for people: descriptions line by line, schemas key by key.
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** So many lines say enough; the definition itself is at hand. */
const MOST = 40;
/** So many characters of one value are shown. */
const LONGEST = 200;

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
  else if (was === undefined) yield `${path}: + ${shown(is)}`;
  else if (is === undefined) yield `${path}: - ${shown(was)}`;
  else yield `${path}: - ${shown(was)} + ${shown(is)}`;
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
  for (const line of old.slice(start, old.length - end)) yield `${path}: - ${shown(line)}`;
  for (const line of now.slice(start, now.length - end)) yield `${path}: + ${shown(line)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** What hides instructions from people, but not from models, is written out. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
