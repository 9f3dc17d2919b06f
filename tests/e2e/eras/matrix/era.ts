// How clients do what the two eras do in different ways, and what a cell of the matrix gets to work with.
import type { Client as ModernClient } from "@modelcontextprotocol/client";
import type { Json, TestClient } from "../../../fixtures/clients.ts";
import type { Backend } from "./cells.ts";

export interface Cell {
  client: TestClient;
  era: Era;
  backend: Backend;
}

export type Run = (cell: Cell) => Promise<void>;

export interface Era {
  name: "legacy" | "modern";
  /** Hears of updates of a resource until what it gives is called. */
  follow(client: TestClient, uri: string): Promise<() => Promise<unknown>>;
  /** Hears of changes of all lists until what it gives is called. */
  hearOfChanges(client: TestClient): Promise<() => Promise<unknown>>;
  /** Calls `log` and hears of what is logged meanwhile, from this level on. */
  callLogging(client: TestClient, level: string, args: Json): Promise<unknown>;
  /** Whether this is a message of this era alone, which a client of the other must not get. */
  owns(message: Json): boolean;
}

const LOG_LEVEL = "io.modelcontextprotocol/logLevel";

export const legacy: Era = {
  name: "legacy",
  async follow({ sdk }, uri) {
    await sdk.subscribeResource({ uri });
    return () => sdk.unsubscribeResource({ uri });
  },
  hearOfChanges: async () => async () => undefined,
  async callLogging({ sdk }, level, args) {
    await sdk.setLoggingLevel(level as "info");
    await sdk.callTool({ name: "log", arguments: args });
  },
  owns: ({ id, method }) => id !== undefined && method !== undefined,
};

export const modern: Era = {
  name: "modern",
  async follow({ sdk }, uri) {
    const { close, honoredFilter } = await (sdk as ModernClient).listen({ resourceSubscriptions: [uri] });
    if (honoredFilter.resourceSubscriptions?.[0] !== uri) throw new Error(`${uri} cannot be followed`);
    return close;
  },
  async hearOfChanges({ sdk }) {
    const lists = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    return (await (sdk as ModernClient).listen(lists)).close;
  },
  callLogging: ({ sdk }, level, args) => sdk.callTool({ name: "log", arguments: args, _meta: { [LOG_LEVEL]: level } }),
  owns: ({ result }) => ["resultType", "ttlMs", "cacheScope"].some((key) => key in ((result ?? {}) as Json)),
};
