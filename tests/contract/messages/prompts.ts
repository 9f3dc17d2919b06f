// Scenarios of prompts and of completion.
import { expect } from "bun:test";
import { failure } from "../../fixtures/clients.ts";
import { listAll } from "../../fixtures/conversation.ts";
import { prompts } from "../../fixtures/full/prompts.ts";
import type { Scenario } from "./scenario.ts";

export const promptScenarios: Scenario[] = [
  {
    title: "prompts/list gives all pages, each prompt as the backend wrote it",
    async run({ client }) {
      expect(await listAll(client, "prompts/list", "prompts")).toEqual(expect.arrayContaining(prompts()));
    },
  },
  {
    title: "prompts/get carries arguments and _meta, and what comes back is whole",
    async run({ client }) {
      const params = { name: "greet", arguments: { language: "de", name: "ä" }, _meta: { "vendor/m": 1 } };
      expect(await client.request("prompts/get", params)).toEqual({
        description: "The prompt greet",
        messages: [
          {
            role: "user",
            content: { type: "text", text: 'greet {"language":"de","name":"ä"}', _meta: { "vendor/m": 1 } },
          },
          { role: "assistant", content: { type: "image", data: "AAAA", mimeType: "image/png" } },
        ],
        _meta: { "vendor/received": { "vendor/m": 1 } },
      });
    },
  },
  {
    title: "a prompt may have the name of a tool",
    async run({ client }) {
      expect(await client.request("prompts/get", { name: "echo" })).toMatchObject({ description: "The prompt echo" });
    },
  },
  {
    title: "an unknown prompt is an error in the parameters",
    async run({ client }) {
      expect(await failure(client.request("prompts/get", { name: "no-such-prompt" }))).toMatchObject({ code: -32602 });
    },
  },
  {
    title: "completion for a prompt's argument sees the other arguments",
    async run({ client }) {
      const ref = { type: "ref/prompt", name: "greet", title: "Greeting" };
      const context = { arguments: { language: "de" } };
      const argument = { name: "name", value: "An" };
      const { completion } = await client.request("completion/complete", { ref, argument, context });
      expect(completion).toEqual({ values: ["Anna", "Anton"], total: 2, hasMore: false, "vendor/ref": ref });
    },
  },
  {
    title: "completion for a template's variable",
    async run({ client }) {
      const ref = { type: "ref/resource", uri: "full://item/{id}" };
      const { completion } = await client.request("completion/complete", { ref, argument: { name: "id", value: "1" } });
      expect(completion).toEqual({ values: ["1", "10", "11"], total: 3, hasMore: false, "vendor/ref": ref });
    },
  },
];
