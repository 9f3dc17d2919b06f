// Scenarios of tools: definitions, arguments and every kind of result.
import { expect } from "bun:test";
import { failure, type Json } from "../../fixtures/clients.ts";
import { listAll, told } from "../../fixtures/conversation.ts";
import { plainTools } from "../../fixtures/full/plain-tools.ts";
import type { Scenario } from "./scenario.ts";

export const toolScenarios: Scenario[] = [
  {
    title: "tools/list gives all pages, each definition as the backend wrote it",
    async run({ client }) {
      const listed = new Map((await listAll(client, "tools/list", "tools")).map((tool) => [tool.name, tool]));
      expect([...listed.keys()]).toEqual(expect.arrayContaining(["echo", "hang", "sample", "finish"]));
      for (const [name, { definition }] of Object.entries(plainTools)) {
        expect(listed.get(name)).toEqual({ name, ...definition });
      }
    },
  },
  {
    title: "tools/call carries arguments, _meta and unknown keys",
    async run({ client }) {
      const params = {
        name: "echo",
        arguments: { text: "ä€😀\u0000", deep: [{ "": null }, [[]]], one: 1.5 },
        _meta: { "vendor/trace": { id: 1 }, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
        "vendor/unknown": ["kept"],
      };
      const result = await client.request("tools/call", params);
      expect(result._meta).toEqual({ "vendor/received": params });
      expect(told(result)).toEqual(params.arguments);
    },
  },
  {
    title: "every kind of content comes back",
    async run({ client }) {
      expect(await client.call("content")).toEqual(await answerOf("content"));
    },
  },
  {
    title: "structured content, _meta and unknown keys come back",
    async run({ client }) {
      const result = await client.call("rich", { city: "Bonn" });
      const forecast = { city: "Bonn", degrees: 21.5, "vendor/extra": [1, { two: null }] };
      expect(result).toMatchObject({
        structuredContent: forecast,
        _meta: { "vendor/trace": "abc" },
        "vendor/top": true,
      });
    },
  },
  {
    title: "a tool's own failure is a result",
    async run({ client }) {
      expect(await client.call("fail")).toEqual(await answerOf("fail"));
    },
  },
  {
    title: "a JSON-RPC error keeps its code, message and data",
    async run({ client }) {
      const data = { reason: "test", nested: { keys: [1, 2] } };
      expect(await failure(client.call("throw"))).toEqual({ code: -31999, message: "The backend refused.", data });
    },
  },
  {
    title: "an unknown tool is an error in the parameters",
    async run({ client }) {
      expect(await failure(client.call("no-such-tool"))).toMatchObject({ code: -32602 });
    },
  },
  {
    title: "a megabyte passes in both directions",
    async run({ client }) {
      const letters = "x".repeat(1 << 20);
      expect(told(await client.call("echo", { letters }))).toEqual({ letters });
    },
  },
  {
    title: "calls at the same time get their own answers",
    async run({ client }) {
      const numbers = Array.from({ length: 50 }, (_, number) => ({ number }));
      expect((await Promise.all(numbers.map((number) => client.call("echo", number)))).map(told)).toEqual(numbers);
    },
  },
];

/** What a tool that looks at nothing answers. */
async function answerOf(tool: keyof typeof plainTools): Promise<Json> {
  return (await plainTools[tool]?.run({ params: {} })) ?? {};
}
