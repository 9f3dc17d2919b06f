// A server that was found in somebody's configuration, as a backend of ours.
import { isRecord } from "../clients/jsonc.ts";
import { type Dialect, translated } from "./variables.ts";

type Texts = Record<string, string>;

/** A backend as it will be in the configuration; what has its default is left out. */
export interface Definition {
  type: "stdio" | "sse" | "streamable-http";
  command?: string;
  args?: string[];
  env?: Texts;
  cwd?: string;
  url?: string;
  headers?: Texts;
  auth?: Record<string, unknown>;
  group?: string;
  sharing?: "session";
  filters?: Record<string, { allow?: string[]; deny?: string[] }>;
  tool_overrides?: Record<string, { description: string }>;
  timeouts?: { call: number };
  enabled?: false;
}

export interface Found {
  name: string;
  /** Where it was found, for people. */
  source: string;
  /** Absent where it can be no backend. */
  definition?: Definition;
  /** What could not be taken over, and what to do. */
  notes: string[];
}

/** What differs between those who list servers. */
export interface Reading extends Dialect {
  /** What a URL without a type means; nothing where its path tells. */
  remote?: "sse" | "streamable-http";
  /** The key of a limit for calls, and how many of its units are a second. */
  limit?: { key: string; perSecond: number };
}

/** What people call the types. */
const TYPES: Record<string, Definition["type"]> = {
  stdio: "stdio",
  std: "stdio",
  local: "stdio",
  sse: "sse",
  http: "streamable-http",
  streamablehttp: "streamable-http",
  remote: "streamable-http",
};

/** Makes a backend of an entry. */
export function foundIn(name: string, source: string, entry: Record<string, unknown>, reading: Reading): Found {
  const notes: string[] = [];
  const { command, url = entry.serverUrl ?? entry.httpUrl } = entry;
  const type = typeOf(entry, url, reading);
  if (type === undefined || (type === "stdio" ? !isText(command) : !isText(url)))
    return { name, source, notes: [`left out: ${whyNot(entry, type)}`] };
  const text = (value: unknown) => translated(String(value), reading, notes);
  const definition =
    type === "stdio" ? local(entry, text) : { type, url: text(url), ...textsOf("headers", entry, text) };
  if (entry.envFile !== undefined) notes.push(`${entry.envFile} is not read: put its variables into env`);
  return { name, source, notes, definition: { ...definition, ...limited(entry, reading), ...rules(entry) } };
}

/** Merges what a format knows beside the common keys into what was found. */
export function withMore(found: Found, more: Partial<Definition>, notes: readonly string[] = []): Found {
  if (!found.definition) return found;
  return { ...found, definition: { ...found.definition, ...more }, notes: [...found.notes, ...notes] };
}

function typeOf(entry: Record<string, unknown>, url: unknown, { remote }: Reading): Definition["type"] | undefined {
  const given = givenType(entry);
  // The URL of a program that has one is where it listens, not how it is reached.
  if (given === undefined && entry.command !== undefined) return "stdio";
  if (given !== undefined)
    return TYPES[
      String(given)
        .toLowerCase()
        .replace(/[^a-z]/g, "")
    ];
  return remote ?? (isText(url) && /\/sse\/?(\?|$)/.test(url) ? "sse" : "streamable-http");
}

function givenType({ type, transportType, transport }: Record<string, unknown>): unknown {
  return type ?? transportType ?? transport;
}

function whyNot(entry: Record<string, unknown>, type: Definition["type"] | undefined): string {
  const given = givenType(entry);
  if (type === undefined) return `its type ${JSON.stringify(given)} is unknown here`;
  if (given === undefined) return "it has neither a command nor a URL";
  return type === "stdio" ? "it has no command" : "it has no URL";
}

function local(entry: Record<string, unknown>, text: (value: unknown) => string): Definition {
  const args = Array.isArray(entry.args) ? entry.args.map(text) : [];
  return {
    type: "stdio",
    command: text(entry.command),
    ...(args.length > 0 && { args }),
    ...textsOf("env", entry, text),
    ...(isText(entry.cwd) && { cwd: text(entry.cwd) }),
  };
}

function textsOf<Key extends "env" | "headers">(
  key: Key,
  entry: Record<string, unknown>,
  text: (value: unknown) => string,
) {
  const texts = entry[key];
  if (!isRecord(texts) || Object.keys(texts).length === 0) return {};
  // Null takes a variable away, which nothing inherits here anyway.
  const given = Object.entries(texts).filter(([, value]) => value !== null && typeof value !== "object");
  return { [key]: Object.fromEntries(given.map(([name, value]) => [name, text(value)])) } as Record<Key, Texts>;
}

function limited(entry: Record<string, unknown>, { limit }: Reading): Partial<Definition> {
  const value = limit && Number(entry[limit.key]);
  return value && value > 0 ? { timeouts: { call: value / limit.perSecond } } : {};
}

function rules({ disabled, enabled, disabledTools }: Record<string, unknown>): Partial<Definition> {
  const deny = Array.isArray(disabledTools) ? disabledTools.map((tool) => literal(String(tool))) : [];
  return {
    ...(deny.length > 0 && { filters: { tools: { deny } } }),
    ...((disabled === true || enabled === false) && { enabled: false as const }),
  };
}

/** The glob that only this name matches. */
export function literal(name: string): string {
  return name.replace(/[*?[]/g, "[$&]");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
