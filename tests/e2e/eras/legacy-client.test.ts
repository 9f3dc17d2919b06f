// Legacy clients of both SDK versions in front of modern servers: everything that both eras have, in the words of each.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectClient, failure, type Json, type Sdk, type TestClient } from "../../fixtures/clients.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { type Kind, kinds, type ModernFixture, startModern } from "../../fixtures/modern/start.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const sdks: Sdk[] = ["v1", "v2"];
const pairs = kinds.flatMap((kind) => sdks.map((sdk) => ({ kind, sdk })));

const answers = {
  "sampling/createMessage": () => ({ role: "assistant", content: { type: "text", text: "red" }, model: "m" }),
  "elicitation/create": ({ mode }: Json) => ({ action: "accept", ...(mode !== "url" && { content: { name: "Ada" } }) }),
  "roots/list": () => ({ roots: [{ uri: "file:///home" }] }),
};

describe.each(pairs)("a client of SDK $sdk and a modern $kind server", ({ kind, sdk }: { kind: Kind; sdk: Sdk }) => {
  let fixture: ModernFixture;
  let gateway: Gateway;
  let client: TestClient;

  beforeAll(async () => {
    fixture = await startModern(kind);
    gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
    client = await connectClient(sdk, { transport: "streamable-http", url: `${gateway.url}/mcp` }, { answers });
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await gateway.stop();
    await fixture[Symbol.asyncDispose]();
  });

  const textOf = (result: Json) => (result.content as { text: string }[])[0]?.text ?? "";
  const said = async (tool: string, args: Json = {}) => textOf(await client.call(tool, args));
  const asked = async (tool: string, args: Json = {}): Promise<Json> => JSON.parse(await said(tool, args));

  test("the version of the backend tells its era", async () => {
    const { backends } = (await (await gateway.manage("/backends")).json()) as { backends: Json[] };
    expect(backends[0]).toMatchObject({ protocol_version: "2026-07-28", server_info: { name: "modern" } });
    expect(client.initialization.instructions).toBe("Use the modern fixture.");
    expect(client.initialization.capabilities).toMatchObject({ extensions: { "vendor/extension": { level: 1 } } });
  });

  test("lists are whole, and what was only for the modern era is not in results", async () => {
    const { tools, ...rest } = await client.request("tools/list");
    const names = (tools as Json[]).map(({ name }) => name);
    expect(names).toContain("heads");
    expect(names.includes("bad-header")).toBe(kind === "stdio");
    expect(rest).toEqual({});
    const { prompts } = await client.request("prompts/list");
    expect((prompts as Json[]).map(({ name }) => name)).toEqual(["greet", "asking"]);
    const { resourceTemplates } = await client.request("resources/templates/list");
    expect(resourceTemplates).toEqual([{ uriTemplate: "modern://item/{id}", name: "item" }]);
  });

  test("a call says who calls, and its result keeps what nobody knows", async () => {
    const result = await client.call("echo", { n: 1, deep: { x: [null] } });
    expect(JSON.parse(textOf(result))).toMatchObject({ name: "echo", arguments: { n: 1, deep: { x: [null] } } });
    expect(result["vendor/unknown"]).toBe(1);
    expect(Object.keys(result).sort()).toEqual(["_meta", "content", "vendor/unknown"]);
    const { "vendor/envelope": envelope } = result._meta as Record<string, Json>;
    expect(envelope).toMatchObject({
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: `client-${sdk}` },
      "io.modelcontextprotocol/clientCapabilities": { roots: {}, sampling: { tools: {} }, elicitation: { url: {} } },
      "io.modelcontextprotocol/logLevel": "info",
    });
    expect(envelope?.["io.modelcontextprotocol/clientCapabilities"]).not.toHaveProperty("tasks");
  });

  test("errors come as they are, but those about a hop in words", async () => {
    expect(await client.call("fail")).toMatchObject({ isError: true });
    expect(await failure(client.call("throw"))).toEqual({
      code: -31999,
      message: "The backend refused.",
      data: { reason: "test" },
    });
    expect(await failure(client.request("resources/read", { uri: "other://x" }))).toMatchObject({ code: -32602 });
    expect(await failure(client.call("incapable"))).toMatchObject({
      code: -32600,
      message: expect.stringContaining("the client does not support"),
    });
    expect(await failure(client.call("odd"))).toMatchObject({ message: expect.stringContaining("vendor/odd") });
  });

  test("progress comes under the client's own token", async () => {
    const steps: unknown[] = [];
    await client.call("progress", {}, { onprogress: ({ progress }) => steps.push(progress) });
    for (const progress of [1, 2, 3])
      await client.notifications.take(
        ({ method, params }) => method.endsWith("progress") && params.progress === progress,
      );
  });

  test("a cancelled call is cancelled at the server", async () => {
    const cancel = new AbortController();
    const hanging = client.call(
      "hang",
      { label: sdk },
      { signal: cancel.signal, onprogress: () => cancel.abort("enough") },
    );
    await expect(hanging).rejects.toThrow();
    expect(await said("cancelled", { label: sdk })).toBe(sdk);
  });

  test("log messages come from the level on that the client has set", async () => {
    const levels = async () => {
      await client.call("log");
      const taken: unknown[] = [];
      const message = () => client.notifications.take(({ method }) => method === "notifications/message");
      for (;;) {
        const { params } = await message();
        taken.push(params.level);
        if (params.level === "emergency") return taken;
      }
    };
    await client.request("logging/setLevel", { level: "critical" });
    expect(await levels()).toEqual(["critical", "alert", "emergency"]);
    await client.request("logging/setLevel", { level: "debug" });
    expect(await levels()).toHaveLength(8);
  });

  test("what the server wants to know, the client is asked", async () => {
    expect(await asked("sample")).toMatchObject({ it: { model: "m" } });
    expect(await asked("elicit")).toEqual({ it: { action: "accept", content: { name: "Ada" } } });
    expect(await asked("elicit-url")).toEqual({ it: { action: "accept" } });
    expect(await asked("roots")).toEqual({ it: { roots: [{ uri: "file:///home" }] } });
    const several = await asked("several");
    expect(Object.keys(several).sort()).toEqual(["folders", "model", "user"]);
    const { messages } = await client.request("prompts/get", { name: "asking" });
    expect(JSON.stringify(messages)).toContain("Ada");
  });

  test("several rounds are made, each with the exact state", async () => {
    expect(await asked("rounds", { rounds: 3 })).toMatchObject({
      round: 3,
      answers: { "round-3": { action: "accept" } },
    });
    expect(await said("state-only")).toBe("true");
    expect(await failure(client.call("endless"))).toMatchObject({
      message: expect.stringContaining("ever more input"),
    });
  });

  test("what the client refuses to answer ends the call with its words", async () => {
    client.answers.set("elicitation/create", () => {
      throw new Error("not now");
    });
    const refused = await failure(client.call("several"));
    client.answers.set("elicitation/create", answers["elicitation/create"]);
    expect(refused).toMatchObject({ code: -32600, message: expect.stringContaining("not now") });
  });

  test("reads, completions and prompts", async () => {
    const { contents } = await client.request("resources/read", { uri: "modern://fleeting" });
    expect(contents).toMatchObject([{ uri: "modern://fleeting" }]);
    expect(await client.request("resources/read", { uri: "modern://item/7" })).toMatchObject({
      contents: [{ uri: "modern://item/7" }],
    });
    const ref = { type: "ref/prompt", name: "greet" };
    const completed = await client.request("completion/complete", { ref, argument: { name: "x", value: "a" } });
    expect(completed).toMatchObject({ completion: { values: ["a", "more"] } });
    expect(await client.request("prompts/get", { name: "greet", arguments: { a: "b" } })).toHaveProperty("messages");
  });

  test("a resource is followed until nobody wants it any more", async () => {
    const uri = "modern://fleeting";
    expect(await client.request("resources/subscribe", { uri })).toEqual({});
    await client.call("touch", { uri });
    const { params } = await client.notifications.take(({ method }) => method === "notifications/resources/updated");
    expect(params).toEqual({ uri });
    expect(await client.request("resources/unsubscribe", { uri })).toEqual({});
    await client.call("touch", { uri });
    await client.call("add", { name: `after-${sdk}` });
    await client.notifications.take(({ method }) => method === "notifications/tools/list_changed");
    expect(client.notifications.items().map(({ method }) => method)).not.toContain("notifications/resources/updated");
  });

  test("a changed list is told, and is there", async () => {
    await client.call("add", { name: "late" });
    await client.notifications.take(({ method }) => method === "notifications/tools/list_changed");
    await until("the new tool answers", () => client.call("late").then(textOf, () => undefined));
  });

  test("shapes that are only for the modern era are wrapped, and their schema with them", async () => {
    const { tools } = (await client.sdk.listTools()) as unknown as { tools: Json[] };
    const { outputSchema } = tools.find(({ name }) => name === "numbers") ?? {};
    expect(outputSchema).toEqual({
      type: "object",
      properties: { result: { type: "array", items: { type: "number" } } },
      required: ["result"],
    });
    expect((await client.call("numbers")).structuredContent).toEqual({ result: [1, 2] });
  });
});
