// A remote backend that restarts forgets its sessions; the gateway opens a new one and no client notices.
import { describe, expect, test } from "bun:test";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful, type Refusal } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

const behind = (server: Forgetful, sharing: "shared" | "session") => ({
  version: "1",
  backends: { remote: { type: "streamable-http", url: server.url, sharing } },
});

describe.each<[Refusal]>([[404], [400]])("a server that answers %d for a lost session", (refusal) => {
  test("is initialized once more, and the call succeeds", async () => {
    await using server = new Forgetful(refusal);
    await using gateway = await startGateway(behind(server, "shared"));
    await using client = await connect(gateway.url);
    expect(await client.text("reply")).toBe("call 1");
    const before = server.initializes;
    await server.restart();
    expect(await client.text("reply")).toBe("call 2");
    expect(server.initializes - before).toBe(1);
  }, 20_000);

  test("is initialized once for ten calls at the same time", async () => {
    await using server = new Forgetful(refusal);
    await using gateway = await startGateway(behind(server, "shared"));
    await using client = await connect(gateway.url);
    const before = server.initializes;
    await server.restart();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.text("reply")));
    expect(new Set(answers).size).toBe(10);
    expect(server.calls).toBe(10);
    expect(server.initializes - before).toBe(1);
  }, 20_000);

  test("serves every client again where each has its own session", async () => {
    await using server = new Forgetful(refusal);
    await using gateway = await startGateway(behind(server, "session"));
    await using one = await connect(gateway.url);
    await using two = await connect(gateway.url, { transport: "sse" });
    for (const client of [one, two]) await client.text("reply");
    await server.restart();
    for (const client of [one, two]) expect(await client.text("reply")).toStartWith("call");
    expect(server.calls).toBe(4);
  }, 20_000);
});

test("a server that forgets every session at once gets no endless row of them", async () => {
  await using server = new Forgetful();
  await using gateway = await startGateway(behind(server, "shared"));
  await using client = await connect(gateway.url);
  await client.text("reply");
  const before = server.initializes;
  server.fault = "amnesia";
  await server.restart();
  await expect(client.text("reply")).rejects.toThrow();
  expect(server.initializes - before).toBeLessThanOrEqual(3);
}, 20_000);

test.each(["shared", "session"] as const)(
  "one that comes back with other tools is listed anew, sharing: %s",
  async (sharing) => {
    await using server = new Forgetful();
    await using gateway = await startGateway(behind(server, sharing));
    await using client = await connect(gateway.url);
    server.tools = ["reply", "novel"];
    await server.restart();
    await until("the new tool is listed", async () => (await client.toolNames()).includes("novel"));
  },
  30_000,
);
