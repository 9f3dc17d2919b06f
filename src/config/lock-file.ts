// argus.lock, beside the configuration: the definitions of tools that somebody has approved, by backend; written to be read in a diff.
import { readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { syncFolder, writeNew } from "../disk.ts";
import { describe } from "../errors.ts";
import { canonicalText, hashOf, type Pin } from "../protocol/pin.ts";
import { ConfigError } from "./problem.ts";

/** The approved tools of each backend, by the names that the backend gives them. */
export type Lock = ReadonlyMap<string, ReadonlyMap<string, Pin>>;

const closed = { additionalProperties: false };
const Entry = Type.Object({ hash: Type.String(), definition: Type.Object({}) }, closed);
const Pins = Type.Object({ tools: Type.Object({}) }, closed);
const Head = Type.Object({ version: Type.Literal(1), backends: Type.Object({}) }, closed);

/** Tells how a lock comes to be. */
export const HOW_TO_LOCK = "argus-mcp server --update-lock writes it anew";

/** Where the lock of the tools in a configuration is. */
export function lockPath(config: string): string {
  return join(dirname(config), "argus.lock");
}

/** What a lock says, as far as it counts in this mode. Throws ConfigError when it is broken, and under `block` when there is none: it fails closed. */
export function lockOf(mode: "off" | "warn" | "block", config: string): Lock | undefined {
  if (mode === "off") return undefined;
  const path = lockPath(config);
  const lock = readLock(path);
  if (!lock && mode === "block") {
    throw new ConfigError([`${path}: there is no such file, and server.tool_lock: block needs it; ${HOW_TO_LOCK}`]);
  }
  return lock;
}

/** Reads a lock; nothing where there is no file. Throws ConfigError when it cannot be read or is broken. */
export function readLock(path: string): Lock | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigError([`${path}: cannot be read: ${describe(error)}`]);
  }
  return parseLock(text, path);
}

/** Reads the text of a lock; `path` is only named in errors. Throws ConfigError. */
export function parseLock(text: string, path: string): Lock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(path, `is not JSON: ${describe(error)}`);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version !== 1) {
    const message = `${path}: has format version ${version}, which this program does not know; use a newer argus-mcp`;
    throw new ConfigError([message]);
  }
  const { backends } = checked(Head, value, path, "");
  return new Map(
    Object.entries(backends).map(([name, backend]) => [name, pinsOf(backend, path, `backends.${name}`)] as const),
  );
}

/** The text of a lock: the same for the same tools, whatever order they came in. */
export function lockText(lock: Lock): string {
  const backends = Object.fromEntries([...lock].map(([name, pins]) => [name, { tools: Object.fromEntries(pins) }]));
  const sorted: unknown = JSON.parse(canonicalText(backends, DEPTH) ?? "{}");
  return `${JSON.stringify({ version: 1, backends: sorted }, undefined, 2)}\n`;
}

/**
 * Changes a lock; `change` gets nothing where there is no file yet. Nothing waits between reading and writing, so that no change of
 * this process gets lost, and whoever reads sees the old file or the new one. Gives what it says now. Throws ConfigError.
 */
export function editLock(path: string, change: (lock: Lock | undefined) => Lock): Lock {
  const lock = change(readLock(path));
  replace(path, lockText(lock));
  return lock;
}

/** What stands around a definition does not count for how deep it is. */
const DEPTH = -4;

function pinsOf(value: unknown, path: string, at: string): ReadonlyMap<string, Pin> {
  const { tools } = checked(Pins, value, path, at);
  return new Map(
    Object.entries(tools).map(([name, entry]) => {
      const place = `${at}.tools.${name}`;
      const { hash, definition } = checked(Entry, entry, path, place);
      // What a reviewer reads is what was pinned.
      if (hash !== hashOf(definition)) throw broken(path, `${place}: the hash is not that of the definition`);
      return [name, { hash, definition: { ...definition } }] as const;
    }),
  );
}

function checked<Schema extends typeof Entry | typeof Pins | typeof Head>(
  schema: Schema,
  value: unknown,
  path: string,
  at: string,
): Static<Schema> {
  if (Value.Check(schema, value)) return value;
  const error = Value.Errors(schema, value).First();
  const place = `${at}${(error?.path ?? "").replaceAll("/", ".")}`.replace(/^\./, "");
  throw broken(path, `${place ? `${place}: ` : ""}${error?.message ?? "is not as it must be"}`);
}

function broken(path: string, what: string): ConfigError {
  const remedy = `put back a copy of it, or delete it, and ${HOW_TO_LOCK}`;
  return new ConfigError([`${path}: ${what}; ${remedy}`]);
}

function replace(path: string, text: string): void {
  const target = followed(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // A process of this number that was killed may have left it.
    rmSync(temporary, { force: true });
    writeNew(temporary, text);
    renameSync(temporary, target);
    syncFolder(dirname(target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new ConfigError([`${path}: cannot be written, and is as it was: ${describe(error)}`]);
  }
}

/** A link stays one. */
function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
