// Updates of modern servers: one stream for all clients, opened again when it breaks.
import { expect, setDefaultTimeout, test } from "bun:test";
import { connectClient, type TestClient } from "../../fixtures/clients.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { kinds, startModern } from "../../fixtures/modern/start.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const uri = "modern://fleeting";
const connect = ({ url }: Gateway) => connectClient("v2", { transport: "streamable-http", url: `${url}/mcp` });
const updated = ({ notifications }: TestClient) =>
  notifications.take(({ method }) => method === "notifications/resources/updated");

test.each(kinds)("two clients follow a resource of a modern %s server, and one of them stops", async (kind) => {
  await using fixture = await startModern(kind);
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using one = await connect(gateway);
  await using other = await connect(gateway);
  for (const client of [one, other]) await client.request("resources/subscribe", { uri });
  await one.call("touch", { uri });
  for (const client of [one, other]) expect((await updated(client)).params).toEqual({ uri });
  await one.request("resources/unsubscribe", { uri });
  await one.call("touch", { uri });
  await updated(other);
  expect(one.notifications.items()).toEqual([]);
});

test("after a modern process has crashed its updates come as before", async () => {
  await using fixture = await startModern("stdio");
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using client = await connect(gateway);
  await client.request("resources/subscribe", { uri });
  const backend = async () => {
    const { backends } = (await (await gateway.manage("/backends")).json()) as {
      backends: { pid: number; restarts: number; phase: string }[];
    };
    return backends[0];
  };
  process.kill((await backend())?.pid ?? 0, "SIGKILL");
  await until("it is back", async () => {
    const { restarts, phase } = (await backend()) ?? {};
    return restarts === 1 && phase === "ready";
  });
  await until("an update comes", async () => {
    await client.call("touch", { uri });
    return client.notifications.items().some(({ method }) => method === "notifications/resources/updated");
  });
});
