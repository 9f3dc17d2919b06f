// Scenarios of the base protocol: initialize, ping, messages that nobody knows, and the SDK's own verbs.
import { expect } from "bun:test";
import { failure } from "../../fixtures/clients.ts";
import { told, unique } from "../../fixtures/conversation.ts";
import { capabilities, instructions } from "../../fixtures/full/server.ts";
import { ownSession, type Scenario } from "./scenario.ts";

export const baseScenarios: Scenario[] = [
  {
    title: "initialize tells what the backend offers",
    async run({ client }) {
      expect(client.initialization.capabilities).toMatchObject(capabilities as object);
      expect(client.initialization.instructions).toContain(instructions);
    },
  },
  {
    title: "the backend sees the capabilities of its client",
    where: ownSession,
    async run({ connect }) {
      const declared = { roots: { listChanged: true }, sampling: {}, elicitation: { url: {} } };
      await using client = await connect({ capabilities: declared });
      expect(told(await client.call("session")).capabilities).toEqual(declared);
    },
  },
  {
    title: "a shared backend sees sampling and elicitation, and no roots",
    where: ({ via }) => via === "shared",
    async run({ client }) {
      const { capabilities: seen } = told(await client.call("session"));
      expect(seen).toMatchObject({ sampling: {}, elicitation: { form: {}, url: {} } });
      expect(seen).not.toHaveProperty("roots");
    },
  },
  {
    title: "both sides answer a ping",
    async run({ client }) {
      expect(await client.request("ping")).toEqual({});
      expect(told(await client.call("ping"))).toEqual({});
    },
  },
  {
    title: "a method that nobody knows reaches the backend",
    async run({ client }) {
      const params = { deep: [{ "vendor/x": null }], _meta: { "vendor/y": 1 } };
      expect(await client.request("vendor/echo", params)).toEqual({ received: params, "vendor/extra": [1] });
    },
  },
  {
    title: "the backend's refusal of a method comes back",
    async run({ client }) {
      expect(await failure(client.request("vendor/missing", {}))).toMatchObject({ code: -32601 });
    },
  },
  {
    title: "a notification that nobody knows reaches the backend",
    async run({ client }) {
      const method = `notifications/vendor/${unique()}`;
      await client.notify(method, { deep: [1, null] });
      expect(told(await client.call("notified", { method }))).toMatchObject({ method, params: { deep: [1, null] } });
    },
  },
  {
    title: "a request that nobody knows reaches the client",
    async run({ client }) {
      const method = `vendor/${unique()}`;
      client.answers.set(method, (params) => ({ received: params, "vendor/extra": true }));
      const answer = told(await client.call("ask", { method, params: { deep: [1, null] } }));
      expect(answer).toEqual({ result: { received: { deep: [1, null] }, "vendor/extra": true } });
    },
  },
  {
    title: "a notification of the backend that nobody knows reaches the client",
    async run({ client }) {
      const method = `notifications/vendor/${unique()}`;
      await client.call("notify", { method, params: { deep: [1, null] } });
      expect(await client.notifications.take((message) => message.method === method)).toEqual({
        method,
        params: { deep: [1, null] },
      });
    },
  },
  {
    title: "the SDK's verbs accept what comes",
    async run({ client: { sdk } }) {
      await sdk.ping();
      await sdk.setLoggingLevel("debug");
      expect((await sdk.listTools()).tools).not.toBeEmpty();
      expect((await sdk.listPrompts()).prompts).not.toBeEmpty();
      expect((await sdk.listResources()).resources).not.toBeEmpty();
      expect((await sdk.listResourceTemplates()).resourceTemplates).not.toBeEmpty();
      const { structuredContent } = await sdk.callTool({ name: "rich", arguments: { city: "Bonn" } });
      expect(structuredContent).toMatchObject({ city: "Bonn", degrees: 21.5 });
      expect((await sdk.callTool({ name: "content" })).content).toHaveLength(6);
      expect((await sdk.getPrompt({ name: "greet", arguments: { language: "de" } })).messages).toHaveLength(2);
      expect((await sdk.readResource({ uri: "full://item/7" })).contents).toHaveLength(1);
      await sdk.subscribeResource({ uri: "full://blob" });
      await sdk.unsubscribeResource({ uri: "full://blob" });
      const ref = { type: "ref/resource" as const, uri: "full://item/{id}" };
      expect((await sdk.complete({ ref, argument: { name: "id", value: "1" } })).completion.values).toContain("11");
    },
  },
];
