// What was read of a modern server's resources is kept as long as it says, and not for others than it says.
import { expect, setDefaultTimeout, test } from "bun:test";
import { connectClient, type TestClient } from "../../fixtures/clients.ts";
import { type Connected, connect as connectSdk } from "../../fixtures/connect.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { startModern } from "../../fixtures/modern/start.ts";
import { startIssuer, trusting } from "../../fixtures/oauth/guarded.ts";

setDefaultTimeout(30_000);

const connect = ({ url }: Gateway) => connectClient("v1", { transport: "streamable-http", url: `${url}/mcp` });
const read = async (client: TestClient, uri: string) => {
  const { contents, ...rest } = await client.request("resources/read", { uri });
  expect(rest.ttlMs).toBeUndefined();
  return (contents as { text: string }[])[0]?.text;
};

test("what is for everybody is read once, until it changes", async () => {
  await using fixture = await startModern("streamable-http");
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using one = await connect(gateway);
  await using other = await connect(gateway);
  const uri = "modern://lasting";
  expect(await read(one, uri)).toBe(`reading 1 of ${uri}`);
  expect(await read(other, uri)).toBe(`reading 1 of ${uri}`);
  await one.request("resources/subscribe", { uri });
  await one.call("touch", { uri });
  await one.notifications.take(({ method }) => method === "notifications/resources/updated");
  expect(await read(other, uri)).toBe(`reading 2 of ${uri}`);
});

test("what is fleeting, and what is for one client where nobody is known, is read each time", async () => {
  await using fixture = await startModern("stdio");
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using client = await connect(gateway);
  for (const uri of ["modern://fleeting", "modern://private"]) {
    expect(await read(client, uri)).toBe(`reading 1 of ${uri}`);
    expect(await read(client, uri)).toBe(`reading 2 of ${uri}`);
  }
});

test("what is for one client is kept for that one, and for nobody else", async () => {
  await using issuer = await startIssuer();
  await using fixture = await startModern("streamable-http");
  await using gateway = await startGateway({
    version: "1",
    backends: { modern: fixture.backend },
    ...trusting(issuer),
  });
  const as = async (sub: string) => {
    const token = await issuer.token({ sub });
    return connectSdk(gateway.url, { token: () => token });
  };
  await using ann = await as("ann");
  await using again = await as("ann");
  await using bob = await as("bob");
  const uri = "modern://private";
  const reading = async (client: Connected) =>
    ((await client.raw("resources/read", { uri })).contents as { text: string }[])[0]?.text;
  expect(await reading(ann)).toBe(`reading 1 of ${uri}`);
  expect(await reading(again)).toBe(`reading 1 of ${uri}`);
  expect(await reading(bob)).toBe(`reading 2 of ${uri}`);
  expect(await reading(ann)).toBe(`reading 1 of ${uri}`);
});
