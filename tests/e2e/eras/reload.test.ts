// A reload of a modern server: in the middle of a call, and to a server that is none.
import { expect, setDefaultTimeout, test } from "bun:test";
import { script } from "../../fixtures/backends.ts";
import { connectClient } from "../../fixtures/clients.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { kinds, startModern } from "../../fixtures/modern/start.ts";
import { until } from "../../fixtures/until.ts";

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

test("what was found out of one program is forgotten when there is another in its place", async () => {
  await using fixture = await startModern("stdio");
  await using gateway = await startGateway({ version: "1", backends: { one: fixture.backend } });
  const version = async () => {
    const shown = (await (await gateway.manage("/backends/one")).json()) as { protocol_version: string | null };
    return shown.protocol_version;
  };
  expect(await version()).toBe("2026-07-28");
  // It ends at any request before `initialize`.
  const rust = script(
    'read -r first; case $first in *initialize*) ;; *) exit 3;; esac; (printf "%s\\n" "$first"; cat) | sh $tiny hello',
  );
  gateway.edit({ version: "1", backends: { one: rust } });
  expect((await gateway.manage("/reload", { method: "POST" })).status).toBe(200);
  await until("it is connected", async () => (await version()) === "2025-11-25");
});
