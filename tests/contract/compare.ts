// Puts the same questions to a server directly and through the gateway, for a comparison item by item.
import { expect, test } from "bun:test";
import { failure, type Json, type TestClient } from "../fixtures/clients.ts";
import { listAll } from "../fixtures/conversation.ts";
import type { Kind } from "../fixtures/full/start.ts";
import { until } from "../fixtures/until.ts";

export interface Side {
  client: TestClient;
  /** Where this side's server keeps its files. */
  directory: string;
}

/** How the server is connected, and how the gateway shares it. */
export interface Way {
  kind: Kind;
  sharing: "shared" | "session";
}

export interface Exchange {
  title: string;
  /** On which ways it makes sense; on all if absent. */
  where?: (way: Way) => boolean;
  run(side: Side): Promise<unknown>;
}

export interface Sides {
  direct: Side;
  gateway: Side;
}

const lists = [
  { method: "tools/list", key: "tools", id: "name" },
  { method: "prompts/list", key: "prompts", id: "name" },
  { method: "resources/list", key: "resources", id: "uri" },
  { method: "resources/templates/list", key: "resourceTemplates", id: "uriTemplate" },
];

/** Registers a test for each list and each exchange. */
export function compareSides(sides: () => Sides, exchanges: Exchange[]): void {
  for (const { method, key, id } of lists) {
    test(`${method} is the same`, async () => {
      const { direct, gateway } = sides();
      const list = async ({ client }: Side) =>
        new Map((await offered(client, method, key)).map((item) => [item[id], item]));
      const expected = await list(direct);
      // A server may offer more once it has seen what its client can do, so the gateway may learn of it a moment later.
      const listed = await until(`all ${key} are there`, async () => {
        const items = await list(gateway);
        return items.size === expected.size ? items : undefined;
      });
      expect([...listed.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [name, item] of expected) expect(listed.get(name)).toEqual(item);
    });
  }
  for (const { title, run } of exchanges) {
    test(`${title} is the same`, async () => {
      const { direct, gateway } = sides();
      const [expected, actual] = await Promise.all([direct, gateway].map((side) => outcome(side, run(side))));
      expect(actual).toEqual(expected);
    });
  }
}

/** What a server offers; nothing if it knows no such list, which a gateway in front of it may. */
async function offered(client: TestClient, method: string, key: string): Promise<Json[]> {
  const capability = key === "resourceTemplates" ? "resources" : key;
  return capability in (client.initialization.capabilities as Json) ? await listAll(client, method, key) : [];
}

/** The result or the error, without what differs from run to run: directories, times, ids. */
async function outcome({ directory }: Side, answer: Promise<unknown>): Promise<unknown> {
  const result = await answer.then(
    (value) => ({ value }),
    async () => ({ error: await failure(answer) }),
  );
  const text = JSON.stringify(result, (key, value) => (key === "blob" ? atob(value) : value));
  const neutral = text
    .replaceAll(directory, "<directory>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d+:\d\d:\d\d( [AP]M)?/g, "<time>")
    .replaceAll(/\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>");
  return JSON.parse(neutral);
}

export const call = (name: string, args: Json = {}): Exchange => ({
  title: `tools/call ${name} ${JSON.stringify(args).slice(0, 60)}`,
  run: ({ client }) => client.call(name, args),
});

/** A call whose arguments name files of the side's directory. */
export const callIn = (name: string, args: (directory: string) => Json): Exchange => ({
  title: `tools/call ${name} ${JSON.stringify(args("")).slice(0, 60)}`,
  run: ({ client, directory }) => client.call(name, args(directory)),
});

export const ask = (method: string, params: Json = {}): Exchange => ({
  title: `${method} ${JSON.stringify(params).slice(0, 60)}`,
  run: ({ client }) => client.request(method, params),
});
