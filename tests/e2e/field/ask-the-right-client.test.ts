// What a backend asks in the middle of a call reaches the client that made this call, and never another.
import { describe, expect, test } from "bun:test";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { chaos } from "../../fixtures/backends.ts";
import { type ConnectOptions, connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

const sampling = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } };
const elicitation = {
  method: "elicitation/create",
  params: { message: "Who are you?", requestedSchema: { type: "object", properties: { name: { type: "string" } } } },
};
const roots = { method: "roots/list", params: {} };

/** A client that answers every question with its own name, and remembers what it was asked. */
async function named(name: string, url: string, options: ConnectOptions = {}) {
  const client = await connect(url, { capabilities: { sampling: {}, elicitation: {}, roots: {} }, ...options });
  const asked: string[] = [];
  client.setRequestHandler(CreateMessageRequestSchema, ({ method }) => {
    asked.push(method);
    return { model: name, role: "assistant", content: { type: "text", text: name } };
  });
  client.setRequestHandler(ElicitRequestSchema, ({ method }) => {
    asked.push(method);
    return { action: "accept", content: { name } };
  });
  client.setRequestHandler(ListRootsRequestSchema, ({ method }) => {
    asked.push(method);
    return { roots: [{ uri: `file:///${name}` }] };
  });
  return { client, asked, name, [Symbol.asyncDispose]: () => client.close() };
}

const start = (sharing: "shared" | "session") =>
  startGateway({ version: "1", backends: { chaos: { ...chaos(), sharing } } });

describe("a shared connection", () => {
  test("asks the one caller there is", async () => {
    await using gateway = await start("shared");
    await using ada = await named("ada", gateway.url);
    await using bob = await named("bob", gateway.url, { transport: "sse" });
    for (const question of [sampling, elicitation]) {
      for (const { client, name } of [ada, bob, ada]) expect(await client.text("ask", question)).toContain(name);
    }
    expect(ada.asked).toHaveLength(4);
    expect(bob.asked).toHaveLength(2);
  }, 20_000);

  test("asks nobody while two callers wait, and says what to set", async () => {
    await using gateway = await start("shared");
    await using ada = await named("ada", gateway.url);
    await using bob = await named("bob", gateway.url);
    const cancel = new AbortController();
    const hanging = bob.client.text("hang", {}, { signal: cancel.signal }).catch(() => "cancelled");
    await bob.client.text("echo");
    expect(await ada.client.text("ask", sampling)).toContain("sharing: session");
    expect([...ada.asked, ...bob.asked]).toEqual([]);
    cancel.abort();
    expect(await hanging).toBe("cancelled");
  }, 20_000);

  test("asks nobody else when the caller cannot be asked", async () => {
    await using gateway = await start("shared");
    await using ada = await named("ada", gateway.url);
    await using mute = await connect(gateway.url);
    expect(JSON.parse(await mute.text("ask", sampling))).toHaveProperty("error.message");
    expect(ada.asked).toEqual([]);
  }, 20_000);
});

describe("a connection for each session", () => {
  test("asks its own client, whatever others do at the same time", async () => {
    await using gateway = await start("session");
    await using ada = await named("ada", gateway.url);
    await using bob = await named("bob", gateway.url);
    await using eve = await named("eve", gateway.url, { transport: "sse" });
    const questions = [sampling, elicitation, roots, sampling, elicitation, roots];
    const talks = [ada, bob, eve].flatMap(({ client, name }) =>
      questions.map(async (question) => expect(await client.text("ask", question)).toContain(name)),
    );
    await Promise.all(talks);
    for (const { asked } of [ada, bob, eve]) expect(asked).toHaveLength(questions.length);
  }, 20_000);
});
