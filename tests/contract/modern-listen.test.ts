// subscriptions/listen (2026-07-28): one stream for what belongs to no request, in front of legacy backends.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { auditOf } from "../fixtures/audit-lines.ts";
import { chaos, tiny } from "../fixtures/backends.ts";
import { type Kind, startFull } from "../fixtures/full/start.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { type ModernClient, modernClient } from "../fixtures/modern-client.ts";
import { readStream } from "../fixtures/modern-stream.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const ID = "io.modelcontextprotocol/subscriptionId";

async function start(kind: Kind = "stdio", more: object = {}) {
  const full = await startFull(kind);
  const gateway = await startGateway({ version: "1", backends: { full: full.backend }, ...more });
  const client = modernClient(`${gateway.url}/mcp`);
  const stop = async () => {
    await gateway.stop();
    await full[Symbol.asyncDispose]();
  };
  return { gateway, client, [Symbol.asyncDispose]: stop };
}

const listen = (client: ModernClient, notifications: object, id: string | number = "sub") =>
  readStream((signal) => client.open("subscriptions/listen", { notifications }, { id, signal }));

const sessionsOf = async (gateway: Gateway) => (await managementOf(gateway.url).sessions.get()).data?.sessions ?? [];

describe("a subscription", () => {
  test("begins with what is honoured, and everything on it has its id", async () => {
    await using world = await start();
    const uris = ["full://static/1"];
    const wanted = {
      toolsListChanged: true,
      promptsListChanged: false,
      resourceSubscriptions: uris,
      "vendor/else": true,
    };
    using stream = await listen(world.client, wanted, 42);
    expect(stream.response.headers.get("x-accel-buffering")).toBe("no");
    expect(await stream.messages.take()).toEqual({
      jsonrpc: "2.0",
      method: "notifications/subscriptions/acknowledged",
      params: {
        notifications: { toolsListChanged: true, resourceSubscriptions: ["full://static/1"] },
        _meta: { [ID]: 42 },
      },
    });
    await world.client.call("touch", { uri: "full://static/1", part: "full://static/1/part" });
    expect(await stream.messages.take()).toMatchObject({
      method: "notifications/resources/updated",
      params: { uri: "full://static/1/part", _meta: { "vendor/rev": 2, [ID]: 42 } },
    });
    await world.client.call("add", { list: "tools", name: "new" });
    expect(await stream.messages.take()).toMatchObject({
      method: "notifications/tools/list_changed",
      params: { _meta: { [ID]: 42 } },
    });
    expect(stream.messages.items()).toEqual([]);
  });

  test("hears of nothing else", async () => {
    await using world = await start();
    using tools = await listen(world.client, { toolsListChanged: true }, "tools");
    using prompts = await listen(world.client, { promptsListChanged: true }, "prompts");
    await Promise.all([tools.messages.take(), prompts.messages.take()]);
    await world.client.call("add", { list: "tools", name: "new" });
    await world.client.call("log", { label: "one" });
    await world.client.call("add", { list: "prompts", name: "new" });
    const methods = [await tools.messages.take(), await prompts.messages.take()].map(({ method }) => method);
    expect(methods).toEqual(["notifications/tools/list_changed", "notifications/prompts/list_changed"]);
    expect([...tools.messages.items(), ...prompts.messages.items()]).toEqual([]);
  });

  test("to nothing that there is ends at once", async () => {
    await using gateway = await startGateway({ version: "1", backends: { tiny: tiny("tool") } });
    using stream = await listen(modernClient(`${gateway.url}/mcp`), { resourceSubscriptions: ["nowhere://at/all"] });
    expect(await stream.messages.take()).toMatchObject({ params: { notifications: {} } });
    expect(await stream.messages.take()).toMatchObject({
      id: "sub",
      result: { resultType: "complete", _meta: { [ID]: "sub" } },
    });
    await stream.closed;
  });

  test.each([{}, { notifications: 1 }, { notifications: { resourceSubscriptions: [1] } }])(
    "that is malformed is refused: %j",
    async (params) => {
      await using world = await start();
      expect((await world.client.send("subscriptions/listen", params)).body.error?.code).toBe(-32602);
    },
  );

  test("is taken back at the backend when its client closes it", async () => {
    await using world = await start();
    using other = await listen(world.client, { resourceSubscriptions: ["full://static/2"] }, "other");
    await other.messages.take();
    const stream = await listen(world.client, { resourceSubscriptions: ["full://static/1"] });
    await stream.messages.take();
    const subscriptions = async () => {
      const { result } = (await world.client.call("session")).body;
      const [{ text = "{}" } = {}] = (result?.content ?? []) as { text?: string }[];
      return JSON.parse(text).subscriptions;
    };
    expect(await subscriptions()).toEqual(["full://static/2", "full://static/1"]);
    stream[Symbol.dispose]();
    await until("it is taken back", async () => (await subscriptions()).length === 1);
  });

  test("that a backend never answers is given up when its client closes it", async () => {
    const backend = chaos("--silent", "resources/subscribe");
    await using gateway = await startGateway({ version: "1", backends: { backend } });
    const stream = await listen(modernClient(`${gateway.url}/mcp`), { resourceSubscriptions: ["chaos://fixed"] });
    stream[Symbol.dispose]();
    const noted = await until("the end is noted", () => auditOf(gateway.directory)[0]);
    expect(noted).toMatchObject({
      target: { backend: "backend", method: "resources/subscribe" },
      outcome: { error: "cancelled" },
    });
  });

  test("has a connection of its own where each client has one", async () => {
    await using world = await start("streamable-http");
    const uri = "full://static/1";
    using stream = await listen(world.client, { resourceSubscriptions: [uri] });
    await stream.messages.take();
    await world.client.call("touch", { uri });
    expect(await stream.messages.take()).toMatchObject({ params: { uri, _meta: { [ID]: "sub" } } });
  });

  test("hears of what a reload changes", async () => {
    await using world = await start();
    using stream = await listen(world.client, { toolsListChanged: true });
    await stream.messages.take();
    world.gateway.edit({ version: "1", backends: { one: tiny("another") } });
    expect(await stream.messages.take()).toMatchObject({ method: "notifications/tools/list_changed" });
  });

  test("is a session that the management API shows, with its version, and ends", async () => {
    await using world = await start();
    using stream = await listen(world.client, { toolsListChanged: true });
    await stream.messages.take();
    const [shown] = await sessionsOf(world.gateway);
    expect(shown).toMatchObject({
      protocol_version: "2026-07-28",
      client: { name: "by-hand", version: "1.0.0" },
      idle_seconds: 0,
    });
    await world.gateway.manage(`/sessions/${shown?.id}`, { method: "DELETE" });
    expect(await stream.messages.take()).toMatchObject({ id: "sub", result: { _meta: { [ID]: "sub" } } });
    await stream.closed;
    expect(await sessionsOf(world.gateway)).toEqual([]);
  });

  test("ends with a result when the gateway ends", async () => {
    await using world = await start();
    using stream = await listen(world.client, { toolsListChanged: true });
    await stream.messages.take();
    world.gateway.kill("SIGTERM");
    expect(await stream.messages.take()).toMatchObject({ id: "sub", result: { resultType: "complete" } });
    await stream.closed;
  });

  test("is one too many when there are as many as there may be sessions", async () => {
    await using world = await start("stdio", { server: { limits: { sessions: 1 } } });
    using stream = await listen(world.client, { toolsListChanged: true });
    await stream.messages.take();
    const { body } = await world.client.send("subscriptions/listen", { notifications: { toolsListChanged: true } });
    expect(body.error).toMatchObject({ code: -32603, message: expect.stringContaining("server.limits.sessions") });
  });
});
