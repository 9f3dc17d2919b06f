// A reload in the middle of a legacy client's call to a modern server.
import { expect, setDefaultTimeout, test } from "bun:test";
import { connectClient } from "../../fixtures/clients.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { kinds, startModern } from "../../fixtures/modern/start.ts";

setDefaultTimeout(30_000);

test.each(kinds)("a call to a modern %s server that waits for its client ends on the old connection", async (kind) => {
  await using fixture = await startModern(kind);
  const config = (more: object) => ({ version: "1", backends: { modern: { ...fixture.backend, ...more } } });
  await using gateway = await startGateway(config({}));
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using client = await connectClient(
    "v2",
    { transport: "streamable-http", url: `${gateway.url}/mcp` },
    {
      answers: {
        "elicitation/create": async () => {
          asked.resolve();
          await answered.promise;
          return { action: "accept", content: { name: "Ada" } };
        },
      },
    },
  );
  const call = client.call("elicit");
  await asked.promise;
  gateway.edit(config(kind === "stdio" ? { env: { OTHER: "1" } } : { headers: { "x-other": "1" } }));
  const reloaded = (await (await gateway.manage("/reload", { method: "POST" })).json()) as { errors: unknown[] };
  expect(reloaded.errors).toEqual([]);
  await gateway.logged(/connected.*\n[\s\S]*connected/);
  answered.resolve();
  expect(JSON.stringify(await call)).toContain("Ada");
  expect(JSON.stringify(await client.call("echo"))).toContain("echo");
});
