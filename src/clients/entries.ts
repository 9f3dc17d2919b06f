// The servers that a client's file lists, and which of them are this gateway.
import { CLIENTS, type Client } from "./client.ts";
import { readFile } from "./disk.ts";
import { isRecord, objectAt, parseJsonc } from "./jsonc.ts";
import { join, type Machine } from "./machine.ts";

export interface Entry {
  name: string;
  definition: Record<string, unknown>;
  /** The project that it counts for, where a file for all projects says so. */
  project?: string;
}

/** A file of a client, and what it lists. */
export interface ClientFile {
  client: Client;
  path: string;
  entries: Entry[];
}

/** All files of all clients that there are: the user's own, and those of the project in `folder`. Those that cannot be read are told. */
export function clientFiles(machine: Machine, folder: string, problem: (error: unknown) => void): ClientFile[] {
  return CLIENTS.flatMap((client) => {
    const own = client.project ? [join(machine, folder, ...client.project)] : [];
    // The home folder may be the working directory.
    return [...new Set([...client.files(machine), ...own])].flatMap((path) => {
      try {
        const text = readFile(path);
        return text === undefined ? [] : [{ client, path, entries: entriesIn(parseJsonc(text, path), client, path) }];
      } catch (error) {
        problem(error);
        return [];
      }
    });
  });
}

/** The servers of one file, those of Claude Code's projects included. Throws GatewayError `config`. */
export function entriesIn(
  document: Record<string, unknown>,
  { name, key }: Pick<Client, "name" | "key">,
  file: string,
): Entry[] {
  const entries = listed(objectAt(document, [key], file));
  if (name !== "claude-code") return entries;
  const projects = Object.entries(objectAt(document, ["projects"], file));
  return [
    ...entries,
    ...projects.flatMap(([project, settings]) =>
      isRecord(settings) ? listed(objectAt(settings, [key], file)).map((entry) => ({ ...entry, project })) : [],
    ),
  ];
}

function listed(servers: Record<string, unknown>): Entry[] {
  return Object.entries(servers).flatMap(([name, definition]) => (isRecord(definition) ? [{ name, definition }] : []));
}

/** Where a server is: its own URL, or the one that a bridge leads to. */
export function urlOf({ url, serverUrl, httpUrl, args }: Record<string, unknown>): URL | undefined {
  const words = Array.isArray(args) ? args.map(String) : [];
  const bridged = words.some((word) => /^mcp-remote(@|$)/.test(word))
    ? words.find((word) => /^https?:/.test(word))
    : undefined;
  const text = url ?? serverUrl ?? httpUrl ?? bridged;
  return typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
}

/** Whether a server is the gateway at this URL, by whatever name of this machine. */
export function leadsTo(definition: Record<string, unknown>, gateway: URL): boolean {
  const url = urlOf(definition);
  if (!url || url.port !== gateway.port || !/^\/(mcp|sse)(\/|$)/.test(url.pathname)) return false;
  return url.hostname === gateway.hostname || (isLoopback(url) && isLoopback(gateway));
}

/** Whether a server is an Argus, this or another one: then it is no backend for one. */
export function isArgus({ name, definition }: Entry, gateway: URL): boolean {
  const program =
    String(definition.command ?? "")
      .split(/[\\/]/)
      .at(-1) ?? "";
  if (/^argus-mcp(\.exe)?$/i.test(program) || leadsTo(definition, gateway)) return true;
  return /^argus(-mcp)?$/i.test(name) && urlOf(definition) !== undefined;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
