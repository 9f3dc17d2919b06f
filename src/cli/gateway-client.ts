// A plain MCP client of a running gateway, by the official SDK.
import {
  Client,
  ProtocolError,
  SdkHttpError,
  type StandardSchemaV1,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { describe, GatewayError } from "../errors.ts";
import type { JsonObject } from "../model.ts";
import { VERSION } from "../version.ts";

/** No call is given up while somebody waits for it: Ctrl-C ends it. In milliseconds. */
const PATIENCE = 2 ** 31 - 1;

/** The lists of MCP, and the key that each has in its result. */
const LISTS = {
  tools: "tools/list",
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
  prompts: "prompts/list",
} as const;

export type ListName = keyof typeof LISTS;

export interface GatewayClient extends AsyncDisposable {
  /** The result, as it came. Throws GatewayError. */
  call(tool: string, args: JsonObject): Promise<JsonObject>;
  /** All pages of a list; empty where the gateway has no such capability. Throws GatewayError. */
  list(name: ListName): Promise<JsonObject[]>;
}

/** Opens a session. Throws GatewayError that says what to do. */
export async function connectGateway(url: URL, token: string | undefined): Promise<GatewayClient> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(url, {
    // A token must not follow a redirect to wherever that leads.
    requestInit: { headers, redirect: "manual" },
  });
  const client = new Client({ name: "argus-mcp", version: VERSION }, { capabilities: {} });
  const ask = async (method: string, params: JsonObject): Promise<JsonObject> => {
    try {
      return await client.request({ method, params }, asItComes, { timeout: PATIENCE });
    } catch (error) {
      throw explained(error, url);
    }
  };
  await client.connect(transport).catch((error) => {
    throw explained(error, url);
  });
  return {
    call: (name, args) => ask("tools/call", { name, arguments: args }),
    list: (name) => allPages(name, ask, client.getServerCapabilities() ?? {}),
    async [Symbol.asyncDispose]() {
      // The session ends by itself where this is not taken.
      await transport.terminateSession().catch(() => undefined);
      await client.close();
    },
  };
}

type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

async function allPages(name: ListName, ask: Ask, capabilities: object): Promise<JsonObject[]> {
  if (!Object.hasOwn(capabilities, name === "resourceTemplates" ? "resources" : name)) return [];
  const items: JsonObject[] = [];
  let cursor: unknown;
  do {
    const page = await ask(LISTS[name], cursor === undefined ? {} : { cursor });
    items.push(...((page[name] ?? []) as JsonObject[]));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

function explained(error: unknown, { origin, href }: URL): GatewayError {
  if (error instanceof ProtocolError) return new GatewayError("invalid_request", error.message, error);
  if (error instanceof SdkHttpError) return refused(error, href);
  const start = "start it with argus-mcp server, or give --url";
  return new GatewayError("unavailable", `no gateway answers at ${origin}: ${describe(error)}; ${start}`);
}

function refused({ status, message }: SdkHttpError, href: string): GatewayError {
  const why = said(message.replace(/^Error POSTing to endpoint[^:]*: /, "")) || `HTTP ${status}`;
  if (status === 401)
    return new GatewayError("unauthorized", `${href} asks for a token: give --token or set ARGUS_TOKEN (${why})`);
  return new GatewayError("unavailable", `${href} refused: ${why}`);
}

/** The message of a JSON-RPC error; what is none is taken as it is. */
function said(body: string): string {
  try {
    return String(JSON.parse(body).error.message);
  } catch {
    return body;
  }
}

/** A schema that takes every result and changes none. */
const asItComes: StandardSchemaV1<unknown, JsonObject> = {
  "~standard": { version: 1, vendor: "argus-mcp", validate: (value) => ({ value: value as JsonObject }) },
};
