// A session keeps its connections: a hundred calls cost no second handshake.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chaos } from "../../fixtures/backends.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { modernClient } from "../../fixtures/modern-client.ts";

const calls = 100;

/** Half of the calls one after the other, half at the same time. */
async function callOften(client: Connected, tool: string): Promise<void> {
  for (let count = 0; count < calls / 2; count++) await client.text(tool);
  await Promise.all(Array.from({ length: calls / 2 }, () => client.text(tool)));
}

describe.each([["streamable-http"], ["sse"]] as const)("a client of %s that calls a hundred times", (transport) => {
  test("shares the one process that started with the gateway", async () => {
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos("--journal", "journal") } });
    await using client = await connect(gateway.url, { transport });
    await callOften(client, "pid");
    expect(readFileSync(join(gateway.directory, "journal"), "utf8")).toBe("start\ninitialize\n");
  }, 20_000);

  test.each([
    ["shared", 0],
    ["session", 1],
  ])(
    "opens, with sharing: %s, %d further sessions of a remote backend",
    async (sharing, further) => {
      await using server = new Forgetful();
      const backends = { remote: { type: "streamable-http", url: server.url, sharing } };
      await using gateway = await startGateway({ version: "1", backends });
      expect(server.initializes).toBe(1);
      await using client = await connect(gateway.url, { transport });
      await callOften(client, "reply");
      expect(server.calls).toBe(calls);
      expect(server.initializes - 1).toBe(further);
    },
    20_000,
  );
});

test("a client without a session that calls a hundred times opens one further session of a remote backend", async () => {
  await using server = new Forgetful();
  const backends = { remote: { type: "streamable-http", url: server.url } };
  await using gateway = await startGateway({ version: "1", backends });
  const client = modernClient(`${gateway.url}/mcp`);
  for (let count = 0; count < calls; count++) await client.call("reply");
  expect([server.calls, server.initializes]).toEqual([calls, 2]);
}, 20_000);
