// A value of JSON for people: keys with their values below each other, what is inside indented.
import { fit, widthOf } from "../text.ts";
import type { Line } from "../theme.ts";
import { hanging } from "./facts.ts";

/** So many lines say enough. */
const MOST = 200;
/** So deep is looked. */
const DEEPEST = 6;
const LABEL = { least: 4, most: 18 };

/** The members of an object, or the items of a list, for so many columns. */
export function valueLines(value: unknown, width: number): Line[] {
  const lines = inside(value, width, 0);
  if (lines.length <= MOST) return lines;
  return [...lines.slice(0, MOST), [[`… and ${lines.length - MOST} more lines`, "muted"]]];
}

function inside(value: unknown, width: number, depth: number): Line[] {
  if (!isNested(value)) return hanging(wordFor(value), { width, head: [], indent: 0 });
  if (depth >= DEEPEST) return [[[wordFor(JSON.stringify(value)), "muted"]]];
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, width, depth));
  const entries = Object.entries(value);
  const label = labelWidth(entries.map(([key]) => key));
  return entries.flatMap(([key, member]) => memberLines(key, member, { width, depth, label }));
}

function itemLines(item: unknown, width: number, depth: number): Line[] {
  if (!isNested(item)) return hanging(wordFor(item), { width, head: [["• ", "muted"]], indent: 2 });
  return inside(item, width - 2, depth + 1).map((line, index) => [[index === 0 ? "• " : "  ", "muted"], ...line]);
}

interface MemberOptions {
  width: number;
  depth: number;
  label: number;
}

function memberLines(key: string, member: unknown, { width, depth, label }: MemberOptions): Line[] {
  const head: Line = [[fit(key, label), "key"], ["  "]];
  if (!isNested(member)) return hanging(wordFor(member), { width, head, indent: label + 2 });
  if (Object.keys(member).length === 0) return [[...head, ["none", "muted"]]];
  const lines = inside(member, width - 2, depth + 1);
  return [[[key, "key"]], ...lines.map((line): Line => [["  "], ...line])];
}

function labelWidth(keys: readonly string[]): number {
  const longest = Math.max(LABEL.least, ...keys.map((key) => widthOf(key)));
  return Math.min(LABEL.most, longest);
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function wordFor(value: unknown): string {
  if (value === null || value === undefined) return "none";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}
