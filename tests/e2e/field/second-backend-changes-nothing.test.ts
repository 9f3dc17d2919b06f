// Everything that works with one backend works the same when there is a second one.
import { describe, expect, test } from "bun:test";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { chaos } from "../../fixtures/backends.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

type Item = Record<string, unknown>;

const main = chaos();
const other = chaos("--suffix=-other");

const lists = [
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
] as const;

/** All that a client gets to see of the main backend, given what its names begin with. */
async function everything(client: Connected, prefix = ""): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const [method, key] of lists) {
    const items = (await client.raw(method))[key] as Item[];
    seen.push(items.filter(({ name }) => !String(name).endsWith("-other")));
  }
  const requests: [string, Item][] = [
    ["tools/call", { name: `${prefix}echo`, arguments: { text: "hello" } }],
    ["tools/call", { name: `${prefix}rich`, arguments: {} }],
    ["prompts/get", { name: `${prefix}echo`, arguments: { text: "hello" } }],
    ["resources/read", { uri: "chaos://fixed" }],
    ["resources/read", { uri: "chaos://items/42" }],
    [
      "completion/complete",
      { ref: { type: "ref/prompt", name: `${prefix}echo` }, argument: { name: "text", value: "a" } },
    ],
    [
      "completion/complete",
      { ref: { type: "ref/resource", uri: "chaos://items/{id}" }, argument: { name: "id", value: "b" } },
    ],
    ["resources/subscribe", { uri: "chaos://fixed" }],
  ];
  for (const [method, params] of requests) seen.push(await client.raw(method, params));
  const updated = Promise.withResolvers<string>();
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => updated.resolve(params.uri));
  await client.text(`${prefix}touch`, { uri: "chaos://fixed" });
  return [...seen, await updated.promise];
}

async function seenThrough(config: object, prefix?: string): Promise<unknown[]> {
  await using gateway = await startGateway({ version: "1", ...config });
  await using client = await connect(gateway.url);
  return await everything(client, prefix);
}

describe.each([
  ["first-wins", ""],
  ["priority", ""],
  ["error", ""],
  ["prefix", "main_"],
])("with the strategy %s", (strategy, prefix) => {
  test("one backend looks the same alone, before and after another", async () => {
    const conflict_resolution = { strategy };
    const alone = await seenThrough({ backends: { main }, conflict_resolution }, prefix);
    expect(await seenThrough({ backends: { main, other }, conflict_resolution }, prefix)).toEqual(alone);
    expect(await seenThrough({ backends: { other, main }, conflict_resolution }, prefix)).toEqual(alone);
  }, 30_000);
});
