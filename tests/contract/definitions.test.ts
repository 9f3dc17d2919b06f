// Definitions of tools, prompts, resources and templates keep every key, at every level, also those nobody knows, whatever eras meet.
import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { Json } from "../fixtures/clients.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { rawBackend, rawTools } from "../fixtures/raw-backend.ts";
import { connectRaw, type RawClient } from "../fixtures/raw-client.ts";
import { rawModernClient } from "../fixtures/raw-modern-client.ts";

setDefaultTimeout(120_000);

/** Any value that JSON text can carry without loss. */
const anything = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));

/** An object with unknown keys beside these. */
const withUnknown = (known: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(fc.record(known), fc.dictionary(fc.constantFrom("x-vendor", "x-1", "x-ключ"), anything, { minKeys: 1 }))
    .map(([own, unknown]) => ({ ...own, ...unknown }));

const text = fc.string({ unit: "grapheme" });
const icons = fc.array(withUnknown({ src: fc.constant("https://example.com/a.png"), sizes: fc.constant(["48x48"]) }));
const common = { title: text, description: text, icons, _meta: withUnknown({}) };
const property = withUnknown({ type: fc.constant("string"), description: text });
const schema = withUnknown({ type: fc.constant("object"), properties: fc.record({ a: property, b: property }) });

const tool = withUnknown({
  ...common,
  inputSchema: schema,
  outputSchema: schema,
  annotations: withUnknown({ title: text, readOnlyHint: fc.boolean() }),
  execution: withUnknown({ taskSupport: fc.constant("optional") }),
});
const prompt = withUnknown({ ...common, arguments: fc.array(withUnknown({ name: fc.constant("a"), title: text })) });
const resource = withUnknown({ ...common, size: fc.nat(), annotations: withUnknown({ priority: fc.constant(0.5) }) });

const lists = fc.record({ tool, prompt, resource, resourceTemplate: resource });

const eras = ["legacy", "modern"].flatMap((client) => ["legacy", "modern"].map((backend) => [client, backend]));

test.each(eras)(
  "generated definitions come out as they went in, for a %s client of a %s backend",
  async (era, backend) => {
    const raw = rawBackend({ tools: rawTools, modern: backend === "modern" });
    await using gateway = await startGateway({ version: "1", backends: { raw } });
    using client = await connect(era, `${gateway.url}/mcp`);
    let run = 0;
    const check = async (generated: Record<"tool" | "prompt" | "resource" | "resourceTemplate", Json>) => {
      const name = `item-${++run}`;
      const offer = {
        tools: [...rawTools, { ...generated.tool, name }],
        prompts: [{ ...generated.prompt, name }],
        resources: [{ ...generated.resource, name, uri: `raw://${name}` }],
        resourceTemplates: [{ ...generated.resourceTemplate, name, uriTemplate: `raw://${name}/{id}` }],
      };
      await client.request("tools/call", JSON.stringify({ name: "call", _meta: { "test/offer": offer } }));
      for (const [key, method] of Object.entries(methods)) {
        const wanted = offer[key as keyof typeof offer].at(-1);
        // Tasks were another thing in the legacy era.
        const { execution: _, ...modern } = wanted as Json;
        const expected = era === "modern" ? modern : (wanted as Json);
        expect(await listed(client, method, key, name)).toEqual(expected);
      }
    };
    await fc.assert(fc.asyncProperty(lists, check), { numRuns: 30 });
  },
);

/** A client that hears of changes. */
async function connect(era: string, url: string): Promise<RawClient> {
  if (era === "legacy") return await connectRaw("streamable-http", url);
  const client = rawModernClient(url);
  const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
  void client.request("subscriptions/listen", JSON.stringify({ notifications })).catch(() => undefined);
  await client.incoming.take();
  return client;
}

const methods: Record<string, string> = {
  tools: "tools/list",
  prompts: "prompts/list",
  resources: "resources/list",
  resourceTemplates: "resources/templates/list",
};

/** The item of this name, as soon as the gateway tells of a change after which it is there. */
async function listed(client: RawClient, method: string, key: string, name: string): Promise<Json> {
  for (;;) {
    const { result } = JSON.parse(await client.request(method, "{}"));
    const item = result[key].find((each: Json) => each.name === name);
    if (item) return item;
    await client.incoming.take((message) => /list_changed$/.test(JSON.parse(message).method));
  }
}
