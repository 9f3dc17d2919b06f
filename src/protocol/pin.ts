// A tool's definition as it is pinned: in a canonical form, so that equal definitions have equal hashes whatever order their keys came in.
import type { Item, JsonObject } from "../model.ts";
import { countMembers } from "./json.ts";

/** The whole definition as the backend sent it, with the hash of its canonical text. */
export interface Pin {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  readonly definition: JsonObject;
}

/** A definition that cannot be pinned, and why. */
export interface Unpinnable {
  readonly problem: string;
}

/** Deeper than any schema that a model could follow. */
const DEEPEST = 100;

/** Pins what a backend says of one tool, every member of it: clients get all of that, and act on what they know of it. */
export function pinOf({ text }: Item): Pin | Unpinnable {
  const definition = JSON.parse(text) as JsonObject;
  const canonical = canonicalText(definition);
  if (canonical === undefined) return { problem: `its definition is nested deeper than ${DEEPEST} levels` };
  // One reader takes the first and another the last, so that nobody could say what was approved.
  if (countMembers(canonical) !== countMembers(text)) return { problem: "its definition has a key twice" };
  return { hash: digest(canonical), definition };
}

/** The hash of a definition, or nothing for one that is nested too deep. */
export function hashOf(definition: JsonObject): string | undefined {
  const canonical = canonicalText(definition);
  return canonical === undefined ? undefined : digest(canonical);
}

/** The JSON text of a value with the keys of all objects sorted (RFC 8785); nothing where it is nested too deep. */
export function canonicalText(value: unknown, depth = 0): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth >= DEEPEST) return undefined;
  const parts = Array.isArray(value)
    ? value.map((item) => canonicalText(item, depth + 1))
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => prefixed(`${JSON.stringify(key)}:`, canonicalText(item, depth + 1)));
  if (parts.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text;
}

function digest(text: string): string {
  return `sha256:${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`;
}
