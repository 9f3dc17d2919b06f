// Reads the configuration of another program, whichever it is: a client or a gateway.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { CLIENTS, type Client } from "../clients/client.ts";
import { entriesIn } from "../clients/entries.ts";
import { isRecord, objectAt, parseJsonc } from "../clients/jsonc.ts";
import { type Machine, tilde } from "../clients/machine.ts";
import { describe, GatewayError } from "../errors.ts";
import { type Found, foundIn } from "./found.ts";
import { fromMcpProxy, isMcpProxy } from "./mcp-proxy.ts";
import { fromMcphub, isMcphub } from "./mcphub.ts";
import { fromMetamcp, isMetamcp } from "./metamcp.ts";
import { foundInFile } from "./sources.ts";

/** What a configuration says, as far as it can be said here. */
export interface Imported {
  found: Found[];
  /** Where it listens. */
  address?: { host?: string; port?: number };
  /** What there is no counterpart for. */
  notes: string[];
}

/** Other gateways: how to tell their files, and what to make of them. */
const GATEWAYS = [
  { is: isMcpProxy, from: fromMcpProxy },
  { is: isMcphub, from: fromMcphub },
  { is: isMetamcp, from: fromMetamcp },
];

/** Throws GatewayError `config` when the file cannot be read, or lists no servers in any known way. */
export function readFrom(path: string, machine: Machine): Imported {
  const document = parseJsonc(textOf(path), path);
  const gateway = GATEWAYS.find(({ is }) => is(document));
  if (gateway) return gateway.from(document, tilde(path, machine));
  const client = clientOf(path, document);
  if (client) {
    const entries = entriesIn(document, client, path);
    return { found: foundInFile({ client, path: resolve(path), entries }, machine), notes: [] };
  }
  if (!isRecord(document.mcpServers)) {
    const known = "the files of clients, mcphub's mcp_settings.json, metamcp's export, and mcp-proxy's config.json";
    throw new GatewayError(
      "config",
      `${path} lists no servers: neither mcpServers nor servers is there; known are ${known}`,
    );
  }
  const servers = objectAt(document, ["mcpServers"], path);
  const found = Object.entries(servers).map(([name, entry]) =>
    foundIn(name, tilde(path, machine), isRecord(entry) ? entry : {}, { expands: true }),
  );
  return { found, notes: [] };
}

/** By the name of the file, else by what is in it. */
function clientOf(path: string, document: Record<string, unknown>): Client | undefined {
  const named = (name: string) => CLIENTS.find((client) => client.name === name);
  const names: Record<string, string> = {
    "claude_desktop_config.json": "claude-desktop",
    ".claude.json": "claude-code",
    ".mcp.json": "claude-code",
    "cline_mcp_settings.json": "cline",
    "mcp_config.json": "windsurf",
  };
  if (isRecord(document.servers) && document.mcpServers === undefined) return named("vscode");
  if (/[\\/]\.cursor[\\/][^\\/]+$/.test(path)) return named("cursor");
  return named(names[basename(path)] ?? "");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new GatewayError("config", `cannot read ${path}: ${describe(error)}`);
  }
}
