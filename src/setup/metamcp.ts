// Takes over what metamcp exports: servers with types in capitals, and bearer tokens beside their headers.
import { isRecord } from "../clients/jsonc.ts";
import type { Imported } from "./formats.ts";
import { type Found, foundIn, type Reading } from "./found.ts";

type Json = Record<string, unknown>;

const READING: Reading = { expands: true };

/** Whether a document is an export of metamcp: every server in it has a type, in capitals. */
export function isMetamcp({ mcpServers }: Json): boolean {
  const servers = Object.values(isRecord(mcpServers) ? mcpServers : {});
  return (
    servers.length > 0 &&
    servers.every((one) => isRecord(one) && /^(STDIO|SSE|STREAMABLE_HTTP)$/.test(String(one.type)))
  );
}

export function fromMetamcp({ mcpServers }: Json, source: string): Imported {
  const servers = Object.entries((mcpServers ?? {}) as Record<string, Json>);
  const note = "namespaces, endpoints and tools that are switched off are not in the export: see groups and filters";
  return { found: servers.map(([name, entry]) => server(name, entry, source)), notes: [note] };
}

function server(name: string, entry: Json, source: string): Found {
  const { bearerToken, headers, description } = entry;
  const authorized = bearerToken ? { ...(headers as Json), Authorization: `Bearer ${bearerToken}` } : headers;
  const found = foundIn(name, source, { ...entry, headers: authorized }, READING);
  return { ...found, notes: [...(description ? [String(description)] : []), ...found.notes] };
}
