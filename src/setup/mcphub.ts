// Takes over what mcphub's mcp_settings.json says: servers, their groups, and which tools are switched off.
import { isRecord } from "../clients/jsonc.ts";
import type { Imported } from "./formats.ts";
import { type Definition, type Found, foundIn, literal, type Reading, withMore } from "./found.ts";

type Json = Record<string, unknown>;

/** A URL without a type is an HTTP+SSE server there. */
const READING: Reading = { expands: true, bare: true, remote: "sse" };

/** Between the name of a server and that of a tool, where the file does not say otherwise. */
const SEPARATOR = "-";

/** Whether a document is one of mcphub's. */
export function isMcphub(document: Json): boolean {
  return ["systemConfig", "users", "groups", "bearerKeys"].some((key) => key in document);
}

export function fromMcphub(document: Json, source: string): Imported {
  const { systemConfig, groups } = document;
  const separator =
    isRecord(systemConfig) && typeof systemConfig.nameSeparator === "string" ? systemConfig.nameSeparator : SEPARATOR;
  const servers = Object.entries((document.mcpServers ?? {}) as Json);
  const found = servers.map(([name, entry]) =>
    server(name, isRecord(entry) ? entry : {}, { source, groups, separator }),
  );
  const guarded = "users" in document || "bearerKeys" in document;
  const note = "users and bearer keys are not taken over: incoming_auth says who may connect";
  return { found, notes: guarded ? [note] : [] };
}

interface Context {
  source: string;
  groups: unknown;
  separator: string;
}

function server(name: string, entry: Json, { source, groups, separator }: Context): Found {
  const found = foundIn(name, source, entry, READING);
  if (entry.type === "openapi")
    return { name, source, notes: ["left out: it describes a web API, which needs an MCP server of its own"] };
  const notes: string[] = [];
  const own = `${name}${separator}`;
  const plain = (key: string) => (key.startsWith(own) ? key.slice(own.length) : key);
  const more: Partial<Definition> = {
    ...group(name, groups, notes),
    ...rules(entry, plain),
    ...limit(entry),
    ...(entry.perSessionClient === true && { sharing: "session" as const }),
    ...authorization(entry, notes),
  };
  return withMore(found, more, notes);
}

/** A backend is in one group here. */
function group(name: string, groups: unknown, notes: string[]): Partial<Definition> {
  const all = (Array.isArray(groups) ? groups : []).filter(isRecord);
  const names = all.filter(({ servers }) => has(servers, name)).map((one) => String(one.name));
  const [first] = names;
  if (first === undefined) return {};
  if (names.length > 1) notes.push(`it was in the groups ${names.join(", ")}: a backend is in one`);
  return { group: first };
}

function has(servers: unknown, name: string): boolean {
  return Array.isArray(servers) && servers.some((server) => (isRecord(server) ? server.name : server) === name);
}

function rules(entry: Json, plain: (key: string) => string): Partial<Definition> {
  const filters: NonNullable<Definition["filters"]> = {};
  for (const kind of ["tools", "prompts", "resources"]) {
    const deny = settings(entry[kind]).filter(([, { enabled }]) => enabled === false);
    if (deny.length > 0) filters[kind] = { deny: deny.map(([key]) => literal(plain(key))) };
  }
  const described = settings(entry.tools).filter(([, { description }]) => description);
  const overrides = described.map(
    ([key, { description }]) => [plain(key), { description: String(description) }] as const,
  );
  return {
    ...(Object.keys(filters).length > 0 && { filters }),
    ...(overrides.length > 0 && { tool_overrides: Object.fromEntries(overrides) }),
  };
}

function settings(value: unknown): [string, Json][] {
  return Object.entries(isRecord(value) ? value : {}).filter((pair): pair is [string, Json] => isRecord(pair[1]));
}

/** In milliseconds there. */
function limit({ options }: Json): Partial<Definition> {
  const timeout = isRecord(options) ? Number(options.timeout) : 0;
  return timeout > 0 ? { timeouts: { call: timeout / 1_000 } } : {};
}

/** Tokens that were granted to mcphub stay there: somebody grants new ones. */
function authorization({ oauth, headers }: Json, notes: string[]): Partial<Definition> {
  // A header that authorizes does without.
  const authorized = Object.keys(isRecord(headers) ? headers : {}).some((name) => /^authorization$/i.test(name));
  if (!isRecord(oauth) || authorized) return {};
  const { clientId, clientSecret, tokenEndpoint, scopes } = oauth;
  notes.push("its OAuth tokens are not taken over: argus-mcp says at the start which page grants new ones");
  const client = typeof clientId === "string" && clientId !== "" ? { client_id: clientId } : {};
  const secret =
    clientSecret && tokenEndpoint && clientId
      ? { client_secret: String(clientSecret), token_url: String(tokenEndpoint) }
      : {};
  return {
    auth: {
      ...{ type: "oauth2", flow: "authorization_code", ...client, ...secret },
      ...(Array.isArray(scopes) && scopes.length > 0 && { scopes: scopes.map(String) }),
    },
  };
}
