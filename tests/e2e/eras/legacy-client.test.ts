// Legacy clients of both SDK versions in front of modern servers: what is not for other pairs as well, which the matrix has.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectClient, failure, type Json, type Sdk, type TestClient } from "../../fixtures/clients.ts";
import { textOf, told } from "../../fixtures/conversation.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { type Kind, kinds, type ModernFixture, startModern } from "../../fixtures/modern/start.ts";

setDefaultTimeout(30_000);

const sdks: Sdk[] = ["v1", "v2"];
const pairs = kinds.flatMap((kind) => sdks.map((sdk) => ({ kind, sdk })));

const answers = {
  "sampling/createMessage": () => ({ role: "assistant", content: { type: "text", text: "red" }, model: "m" }),
  "elicitation/create": () => ({ action: "accept", content: { name: "Ada" } }),
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

  test("the version of the backend tells its era", async () => {
    const { backends } = (await (await gateway.manage("/backends")).json()) as { backends: Json[] };
    expect(backends[0]).toMatchObject({ protocol_version: "2026-07-28", server_info: { name: "modern" } });
    expect(client.initialization.instructions).toBe("Use the modern fixture.");
    expect(client.initialization.capabilities).toMatchObject({ extensions: { "vendor/extension": { level: 1 } } });
  });

  test("a call says who calls, and its result keeps what nobody knows", async () => {
    const result = await client.call("echo", { n: 1, deep: { x: [null] } });
    expect(told(result)).toEqual({ n: 1, deep: { x: [null] } });
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

  test("errors about a hop come in words", async () => {
    expect(await failure(client.call("incapable"))).toMatchObject({
      code: -32600,
      message: expect.stringContaining("the client does not support"),
    });
    expect(await failure(client.call("odd"))).toMatchObject({ message: expect.stringContaining("vendor/odd") });
  });

  test("what the server wants to know all at once, or for a prompt, the client is asked", async () => {
    expect(told(await client.call("several"))).toMatchObject({
      model: { model: "m" },
      user: { content: { name: "Ada" } },
      folders: { roots: [{ uri: "file:///home" }] },
    });
    const { messages } = await client.request("prompts/get", { name: "asking" });
    expect(JSON.stringify(messages)).toContain("Ada");
  });

  test("several rounds are made, each with the exact state", async () => {
    expect(told(await client.call("rounds", { rounds: 3 }))).toMatchObject({
      round: 3,
      answers: { "round-3": { action: "accept" } },
    });
    expect(textOf(await client.call("state-only"))).toBe("true");
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
