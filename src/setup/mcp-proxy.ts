// Takes over what the config.json of TBXark's mcp-proxy says, of its first and second version.
import { isRecord } from "../clients/jsonc.ts";
import type { Imported } from "./formats.ts";
import { type Definition, type Found, foundIn, literal, type Reading, withMore } from "./found.ts";

type Json = Record<string, unknown>;

/** Limits are Go's durations, in nanoseconds. */
const READING: Reading = { expands: true, bare: true, remote: "sse", limit: { key: "timeout", perSecond: 1e9 } };

/** Whether a document is one of mcp-proxy's. */
export function isMcpProxy(document: Json): boolean {
  return isRecord(document.mcpProxy) || (isRecord(document.server) && isRecord(document.clients));
}

export function fromMcpProxy(document: Json, source: string): Imported {
  const proxy = (document.mcpProxy ?? document.server ?? {}) as Json;
  const servers = document.mcpProxy ? document.mcpServers : flattened(document.clients);
  const found = Object.entries(isRecord(servers) ? servers : {}).map(([name, entry]) =>
    server(name, isRecord(entry) ? entry : {}, source),
  );
  const tokens = /"(authTokens|globalAuthTokens)":\["/.test(JSON.stringify(document));
  const notes = [
    "each server had an address of its own: here /mcp has all of them, and /mcp/{group} those of a group",
    ...(tokens ? ["authTokens are not taken over: incoming_auth says who may connect"] : []),
  ];
  return { found, notes, address: addressOf(String(proxy.addr ?? "")) };
}

/** Version 1 has what belongs to a transport one level deeper. */
function flattened(clients: unknown): Json {
  const entries = Object.entries(isRecord(clients) ? clients : {});
  return Object.fromEntries(
    entries.map(([name, entry]) => {
      const { type, config } = isRecord(entry) ? entry : {};
      return [name, { type, ...(isRecord(config) && config) }];
    }),
  );
}

/** `:9090` is that port of all addresses; a newcomer starts on this machine alone. */
function addressOf(text: string): NonNullable<Imported["address"]> {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { ...(host !== "" && { host: host.replace(/^\[|\]$/g, "") }), ...(port !== "" && { port: Number(port) }) };
}

function server(name: string, entry: Json, source: string): Found {
  const options = isRecord(entry.options) ? entry.options : {};
  const found = foundIn(name, source, { ...entry, disabled: options.disabled ?? options.Disabled }, READING);
  return withMore(found, filters(options.toolFilter));
}

function filters(filter: unknown): Partial<Definition> {
  const { mode, list } = isRecord(filter) ? filter : {};
  if (!Array.isArray(list) || list.length === 0) return {};
  const globs = list.map((tool) => literal(String(tool)));
  return { filters: { tools: mode === "block" ? { deny: globs } : { allow: globs } } };
}
