// The matrix: what servers offer, and what comes of using it.
import { expect } from "bun:test";
import { failure, type Json, type TestClient } from "../../../fixtures/clients.ts";
import { listAll, told, unique } from "../../../fixtures/conversation.ts";
import { plainTools } from "../../../fixtures/full/plain-tools.ts";
import { prompts } from "../../../fixtures/full/prompts.ts";
import { resources, templates } from "../../../fixtures/full/resources.ts";
import { createFullWorld } from "../../../fixtures/full/server.ts";
import { PAGE } from "../../../fixtures/full/world.ts";
import { toolsOf } from "../../../fixtures/modern/tools.ts";
import { createWorld } from "../../../fixtures/modern/world.ts";
import type { Backend } from "./cells.ts";
import type { Run } from "./era.ts";

export const offers = {
  async list({ client: { sdk } }) {
    const { tools } = await sdk.listTools();
    const { title, description, inputSchema, outputSchema, icons, _meta } = plainTools.rich?.definition ?? {};
    const rich = tools.find(({ name }) => name === "rich");
    expect(rich).toMatchObject({ title, description, inputSchema, outputSchema, icons, _meta });
    const { prompts: listed } = await sdk.listPrompts();
    const greet = {
      name: "greet",
      title: "Greeting",
      arguments: [{ name: "language", required: true }, { name: "name" }],
    };
    expect(listed.find(({ name }) => name === greet.name)).toMatchObject(greet);
    const fourth = {
      uri: "full://static/4",
      name: "static-4",
      title: "Static 4",
      size: 12,
      annotations: { priority: 0.4 },
    };
    expect((await sdk.listResources()).resources.find(({ uri }) => uri === fourth.uri)).toMatchObject(fourth);
  },

  /** The gateway gives lists whole, however many pages there are at the backend. */
  async pagination({ client, backend }) {
    await everyPage(client, ["tools/list", "tools", "name"], toolNames(backend));
    await everyPage(client, ["prompts/list", "prompts", "name"], prompts());
    await everyPage(client, ["resources/list", "resources", "uri"], resources());
    await everyPage(client, ["resources/templates/list", "resourceTemplates", "uriTemplate"], templates);
  },

  async call({ client: { sdk } }) {
    const args = { text: "ä€😀", deep: [{ one: 1.5 }, null], id: unique() };
    expect(told(await sdk.callTool({ name: "echo", arguments: args }))).toEqual(args);
    const { structuredContent } = await sdk.callTool({ name: "rich", arguments: { city: "Bonn" } });
    expect(structuredContent).toEqual({ city: "Bonn", degrees: 21.5, "vendor/extra": [1, { two: null }] });
    const { content } = await sdk.callTool({ name: "content" });
    expect((content as { type: string }[]).map(({ type }) => type)).toEqual([
      ...["text", "image", "audio", "resource_link", "resource", "resource"],
    ]);
  },

  async error({ client, era, backend }) {
    const { sdk } = client;
    const text = "The disk is full.";
    expect(await sdk.callTool({ name: "fail" })).toMatchObject({ isError: true, content: [{ text }] });
    expect(await failure(sdk.callTool({ name: "throw" }))).toEqual({
      code: -31999,
      message: "The backend refused.",
      data: { reason: "test", nested: { keys: [1, 2] } },
    });
    expect(await failure(sdk.callTool({ name: "nothing" }))).toMatchObject({ code: -32602 });
    const uri = "full://missing";
    expect(await failure(sdk.readResource({ uri }))).toMatchObject({ data: { uri } });
    // SDK version 2 makes the other code of that of legacy servers.
    const code = era.name === "legacy" && backend.startsWith("legacy") ? -32002 : -32602;
    expect(client.received.at(-1)).toMatchObject({ error: { code } });
  },

  async read({ client: { sdk } }) {
    const { contents } = await sdk.readResource({ uri: "full://static/3" });
    expect(contents).toMatchObject([
      { uri: "full://static/3", mimeType: "text/plain", text: "text of full://static/3" },
    ]);
    const blob = { uri: "full://blob", mimeType: "image/png", blob: "AAAA" };
    expect((await sdk.readResource({ uri: blob.uri })).contents).toEqual([blob]);
  },

  async template({ client: { sdk } }) {
    const { resourceTemplates } = await sdk.listResourceTemplates();
    expect(resourceTemplates).toContainEqual(
      expect.objectContaining({ uriTemplate: "full://item/{id}", title: "Item" }),
    );
    const uri = "full://item/a%20b";
    expect((await sdk.readResource({ uri })).contents).toMatchObject([{ uri, text: `text of ${uri}` }]);
  },

  async prompt({ client: { sdk } }) {
    const { description, messages } = await sdk.getPrompt({ name: "greet", arguments: { language: "de", name: "ä" } });
    expect(description).toBe("The prompt greet");
    expect(messages).toMatchObject([
      { role: "user", content: { type: "text", text: 'greet {"language":"de","name":"ä"}' } },
      { role: "assistant", content: { type: "image", data: "AAAA" } },
    ]);
  },

  async completion({ client: { sdk } }) {
    const prompt = await sdk.complete({
      ref: { type: "ref/prompt", name: "greet" },
      argument: { name: "name", value: "An" },
      context: { arguments: { language: "de" } },
    });
    expect(prompt.completion).toMatchObject({ values: ["Anna", "Anton"], total: 2, hasMore: false });
    const template = await sdk.complete({
      ref: { type: "ref/resource", uri: "full://item/{id}" },
      argument: { name: "id", value: "1" },
    });
    expect(template.completion.values).toEqual(["1", "10", "11"]);
  },
} satisfies Record<string, Run>;

async function everyPage(
  client: TestClient,
  [method, items, key]: [string, string, string],
  offered: Json[],
): Promise<void> {
  const identify = (item: Json) => item[key];
  expect(offered.length).toBeGreaterThan(PAGE);
  const listed = (await listAll(client, method, items)).map(identify);
  expect(listed).toEqual(expect.arrayContaining(offered.map(identify)));
  expect(new Set(listed).size).toBe(listed.length);
}

/** Over HTTP, tools with annotations for headers that are wrong are left out by whoever speaks to such a server. */
function toolNames(backend: Backend): Json[] {
  const all = backend.startsWith("legacy") ? createFullWorld().tools : toolsOf(createWorld());
  const names = [...all.keys()].filter((name) => backend !== "modern-http" || name !== "bad-header");
  return names.map((name) => ({ name }));
}
