// A modern client in front of legacy servers: they get requests as they know them.
import { expect, setDefaultTimeout, test } from "bun:test";
import { kinds, startFull } from "../../fixtures/full/start.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { modernClient } from "../../fixtures/modern-client.ts";

setDefaultTimeout(30_000);

test.each(kinds)("a legacy %s server gets nothing of the envelope, and the rest of the metadata", async (kind) => {
  await using full = await startFull(kind);
  await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
  const client = modernClient(`${gateway.url}/mcp`);
  const answer = await client.call(
    "echo",
    { n: 1 },
    { meta: { "vendor/x": 1, "io.modelcontextprotocol/logLevel": "error" } },
  );
  const { _meta: meta } = answer.body.result ?? {};
  expect(meta).toMatchObject({ "vendor/received": { name: "echo", arguments: { n: 1 }, _meta: { "vendor/x": 1 } } });
  expect(JSON.stringify(meta)).not.toContain("clientCapabilities");
});
