// What the backends offer, and the filters of the query.
import { describe, expect, test } from "bun:test";
import type { InventoryItem } from "../../../src/gateway/inventory.ts";
import type { JsonObject } from "../../../src/model.ts";
import { manage, programOf } from "../../fixtures/program.ts";

function item(exposed: string, body: JsonObject, parts: Partial<InventoryItem> = {}): InventoryItem {
  const description = typeof body.description === "string" ? body.description : null;
  return {
    ...{ backend: "one", exposed, original: exposed, description, filtered: false },
    item: { text: JSON.stringify(body), body },
    ...parts,
  };
}

const inventory = {
  tools: [
    item(
      "one_Read",
      {
        ...{ inputSchema: { type: "object" }, description: "Reads a FILE.", title: "Read a file" },
        ...{ outputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
      },
      { original: "Read" },
    ),
    item("write", { inputSchema: true }, { backend: "two" }),
    item("secret", {}, { filtered: true }),
  ],
  resources: [
    item("file:///a", { name: "A", mimeType: "text/plain", description: "The first." }),
    item("file:///b", { name: 1 }, { backend: "two" }),
  ],
  resourceTemplates: [item("file:///{path}", { name: "Any" })],
  prompts: [
    item("greet", { arguments: [{ name: "who", required: true }], description: "Says hello." }),
    item("write", {}),
    item("hidden", {}, { filtered: true }),
  ],
};

const { ask, get: getJson } = manage(programOf({ inventory: () => inventory }));

interface Listed {
  tools: { name: string; filtered: boolean }[];
  resources: { uri: string }[];
  resource_templates: { uri_template: string }[];
  prompts: { name: string }[];
  route_map: Record<string, [string, string]>;
}

const get = async (query: string) => (await getJson(`/capabilities${query}`)) as Listed;

/** The exposed names in all lists. */
function names({ tools, resources, resource_templates: templates, prompts }: Listed): string[] {
  return [
    ...tools.map(({ name }) => name),
    ...resources.map(({ uri }) => uri),
    ...templates.map((template) => template.uri_template),
    ...prompts.map(({ name }) => name),
  ];
}

test("gives all that is not hidden", async () => {
  expect(await getJson("/capabilities")).toStrictEqual({
    tools: [
      {
        ...{ name: "one_Read", original_name: "Read", description: "Reads a FILE.", backend: "one" },
        ...{ input_schema: { type: "object" }, filtered: false, renamed: true },
      },
      {
        ...{ name: "write", original_name: "write", description: null, backend: "two" },
        ...{ input_schema: true, filtered: false, renamed: false },
      },
    ],
    resources: [
      { uri: "file:///a", name: "A", backend: "one", mime_type: "text/plain" },
      { uri: "file:///b", name: null, backend: "two", mime_type: null },
    ],
    resource_templates: [{ uri_template: "file:///{path}", name: "Any", backend: "one", mime_type: null }],
    prompts: [
      {
        ...{ name: "greet", original_name: "greet", description: "Says hello.", backend: "one" },
        arguments: [{ name: "who", required: true }],
      },
      { name: "write", original_name: "write", description: null, backend: "one", arguments: [] },
    ],
    route_map: {
      one_Read: ["one", "Read"],
      write: ["two", "write"],
      "file:///a": ["one", "file:///a"],
      "file:///b": ["two", "file:///b"],
      "file:///{path}": ["one", "file:///{path}"],
      greet: ["one", "greet"],
    },
  });
});

test("details tell what is hidden, titles, output schemas and annotations", async () => {
  const details = (await getJson("/capabilities?details=true&filtered=true")) as Record<keyof Listed, object[]>;
  expect(details.tools[0]).toMatchObject({
    ...{ hidden: false, title: "Read a file", output_schema: { type: "object" }, annotations: { readOnlyHint: true } },
  });
  expect(details.tools[2]).toMatchObject({ hidden: true, title: null, output_schema: null, annotations: null });
  expect(details.resources[0]).toMatchObject({ hidden: false, title: null, description: "The first." });
  expect(details.resource_templates[0]).toMatchObject({ hidden: false, description: null });
  expect(details.prompts.map((prompt) => Reflect.get(prompt, "hidden"))).toEqual([false, false, true]);
});

describe("filtered", () => {
  test("true lists what is hidden too, but it has no route", async () => {
    const all = await get("?filtered=true");
    expect(all.tools.map(({ name, filtered }) => [name, filtered])).toEqual([
      ["one_Read", false],
      ["write", false],
      ["secret", true],
    ]);
    expect(names(all)).toContain("hidden");
    expect(Object.keys(all.route_map)).not.toContain("secret");
    expect(await get("?filtered=false")).toStrictEqual(await get(""));
  });

  test.each(["1", "0", "yes", "TRUE", ""])("%p is no boolean", async (value) => {
    const response = await ask("GET", `/capabilities?filtered=${value}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { details: [{ in: "query", field: "filtered" }] } });
  });
});

test.each([
  ["?type=tools", ["one_Read", "write"]],
  ["?type=resources", ["file:///a", "file:///b"]],
  ["?type=resource_templates", ["file:///{path}"]],
  ["?type=prompts", ["greet", "write"]],
  ["?backend=two", ["write", "file:///b"]],
  ["?backend=nobody", []],
  ["?search=READ", ["one_Read"]],
  ["?search=one_", ["one_Read"]],
  ["?search=file", ["one_Read", "file:///a", "file:///b", "file:///{path}"]],
  ["?search=hello", ["greet"]],
  ["?search=1", []],
  ["?search=", ["one_Read", "write", "file:///a", "file:///b", "file:///{path}", "greet", "write"]],
  ["?search=e&type=tools&backend=two", ["write"]],
  ["?search=secret", []],
  ["?search=secret&filtered=true", ["secret"]],
])("%s narrows all lists and the routes", async (query, expected) => {
  const listed = await get(query);
  expect(names(listed)).toEqual(expected);
  const exposed = query.includes("secret") ? [] : [...new Set(expected)];
  expect(Object.keys(listed.route_map).toSorted()).toEqual(exposed.toSorted());
});

test("the route of a prompt is found by its type where a tool has the same name", async () => {
  expect((await get("?type=prompts")).route_map.write).toEqual(["one", "write"]);
});

test("an unknown type is refused with those that there are", async () => {
  const response = await ask("GET", "/capabilities?type=resourceTemplates");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { details: [{ in: "query", field: "type", message: expect.stringContaining("resource_templates") }] },
  });
});
