// Tools that no client could use are dropped with a warning; all others stay.
import { expect, test } from "bun:test";
import { chaos, tiny } from "../../fixtures/backends.ts";
import { lists } from "../../fixtures/chaos-content.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { managementOf } from "../../fixtures/management.ts";
import { rawBackend } from "../../fixtures/raw-backend.ts";

const named = (tool: unknown) => (tool as { name: string }).name;
const sound = lists({ suffix: "", broken: false }).tools.map(named);

test("tools without a valid schema or name are dropped, each with a warning, and nothing else is", async () => {
  const backends = { careless: chaos("--broken"), good: tiny("good") };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  expect(await client.toolNames()).toEqual([...sound, "good"]);
  expect(await client.text("echo", { text: "hello" })).toBe("hello");
  for (const name of ["bad-type", "bad-keyword", "bad-text", "bad-absent", "nnnnnnnn"]) {
    await gateway.printed(new RegExp(`careless.*${name}|${name}.*careless`));
  }
}, 20_000);

test("a dropped tool cannot be called", async () => {
  await using gateway = await startGateway({ version: "1", backends: { careless: chaos("--broken") } });
  await using client = await connect(gateway.url);
  for (const name of ["bad-type", "bad-absent", "n".repeat(300)]) {
    await expect(client.text(name)).rejects.toMatchObject({ code: -32602 });
  }
}, 20_000);

test("names and descriptions that are no text harm nobody", async () => {
  const odd = { toString: 1 };
  const inputSchema = { type: "object" };
  const careless = rawBackend({
    tools: [{ name: "tool", description: odd, inputSchema }],
    prompts: [{ name: "prompt", description: odd }],
    resources: [{ uri: "odd://one", name: odd, description: odd }],
    resourceTemplates: [{ uriTemplate: "odd://{id}", name: odd, description: odd }],
  });
  const filters = { resources: { deny: ["hidden"] } };
  const backends = { careless: { ...careless, filters }, good: tiny("good") };
  await using gateway = await startGateway({ version: "1", backends });
  const { data } = await managementOf(gateway.url).capabilities.get({ query: { details: true } });
  expect(data).toMatchObject({
    tools: [{ name: "tool", description: null }, { name: "good" }],
    prompts: [{ name: "prompt", description: null }],
    resources: [{ uri: "odd://one", name: null, description: null }],
    resource_templates: [{ uri_template: "odd://{id}", name: null, description: null }],
  });
}, 20_000);
