// What passes through the gateway arrives whole: every field of the specification, and keys that none knows.
import { describe, expect, test } from "bun:test";
import { chaos } from "../../fixtures/backends.ts";
import { fetchPrompt, lists, readResource } from "../../fixtures/chaos-content.ts";
import { richResult } from "../../fixtures/chaos-tools.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

const offer = lists({ suffix: "", broken: false });

const unknown = { "x-unknown": { list: [1, null, { deep: [] }], text: "äöü \u2028 😀", number: 1.5e-7 } };

describe.each([["streamable-http"], ["sse"]] as const)("over %s", (transport) => {
  const begin = async () => {
    const gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
    const client = await connect(gateway.url, { transport, capabilities: { sampling: {} } });
    return {
      client,
      async [Symbol.asyncDispose]() {
        await client.close();
        await gateway.stop();
      },
    };
  };

  test("definitions come as the backend wrote them", async () => {
    await using world = await begin();
    expect((await world.client.raw("tools/list")).tools).toEqual(offer.tools);
    expect((await world.client.raw("prompts/list")).prompts).toEqual(offer.prompts);
    expect((await world.client.raw("resources/list")).resources).toEqual(offer.resources);
    expect((await world.client.raw("resources/templates/list")).resourceTemplates).toEqual(offer.templates);
  }, 20_000);

  test("results come as the backend wrote them", async () => {
    await using world = await begin();
    expect(await world.client.raw("tools/call", { name: "rich" })).toEqual(richResult);
    const prompt = { name: "echo", arguments: { text: "hello" } };
    expect(await world.client.raw("prompts/get", prompt)).toEqual(fetchPrompt(prompt));
    const resource = { uri: "chaos://items/a%20b" };
    expect(await world.client.raw("resources/read", resource)).toEqual(readResource(resource, offer));
  }, 20_000);

  test("parameters reach the backend as the client wrote them", async () => {
    await using world = await begin();
    const params = {
      name: "mirror",
      arguments: { ...unknown, nothing: null },
      _meta: { "example.org/a": unknown },
      ...unknown,
    };
    expect((await world.client.raw("tools/call", params)).structuredContent).toEqual(params);
  }, 20_000);

  test("questions and their answers come whole on the way back", async () => {
    await using world = await begin();
    const params = {
      messages: [{ role: "user", content: { type: "text", text: "?", ...unknown } }],
      maxTokens: 1,
      ...unknown,
    };
    const answer = { role: "assistant", content: { type: "text", text: "!" }, model: "none", ...unknown };
    const asked: unknown[] = [];
    world.client.fallbackRequestHandler = async (request) => {
      asked.push(request.params);
      return answer;
    };
    const heard = JSON.parse(await world.client.text("ask", { method: "sampling/createMessage", params }));
    expect(asked).toEqual([params]);
    expect(heard.result).toEqual(answer);
  }, 20_000);
});
