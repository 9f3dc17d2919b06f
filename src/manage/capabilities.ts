// What the backends offer, under which names clients find it, and what is hidden from them.
import { Elysia, t } from "elysia";
import type { Inventory, InventoryItem } from "../gateway/inventory.ts";
import { errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { Name, nullable, object, oneOf } from "./schemas.ts";

const Exposed = t.String({ description: "The name that clients use." });
const Original = t.String({ description: "The name that the backend uses." });
const Description = nullable(t.String({ description: "As clients see it." }));

const Detail = {
  hidden: t.Optional(
    t.Boolean({ description: "Clients neither see nor use it. Only with `details`, as all optional members." }),
  ),
  title: t.Optional(nullable(t.String({ description: "A name for people." }))),
};

const Tool = object({
  name: Exposed,
  original_name: Original,
  description: Description,
  backend: Name,
  input_schema: t.Unknown({ description: "JSON Schema." }),
  filtered: t.Boolean({ description: "A filter hides it, or nobody has approved it (server.tool_lock)." }),
  renamed: t.Boolean(),
  ...Detail,
  output_schema: t.Optional(t.Unknown({ description: "JSON Schema of what comes of it as structured content." })),
  annotations: t.Optional(
    t.Unknown({ description: "What the backend says of its effects, such as `destructiveHint`." }),
  ),
});

const Resource = object({
  uri: t.String(),
  name: nullable(t.String()),
  backend: Name,
  mime_type: nullable(t.String()),
  ...Detail,
  description: t.Optional(Description),
});

const ResourceTemplate = object({
  uri_template: t.String(),
  name: nullable(t.String()),
  backend: Name,
  mime_type: nullable(t.String()),
  ...Detail,
  description: t.Optional(Description),
});

const Prompt = object({
  name: Exposed,
  original_name: Original,
  description: Description,
  backend: Name,
  arguments: t.Array(t.Unknown()),
  ...Detail,
});

// TypeBox writes a tuple in a way that JSON Schema no longer knows.
const Route = t.Array(t.String(), { minItems: 2, maxItems: 2, description: "The backend, and its name for it." });

export const Capabilities = object(
  {
    tools: t.Array(Tool),
    resources: t.Array(Resource),
    resource_templates: t.Array(ResourceTemplate),
    prompts: t.Array(Prompt),
    route_map: t.Record(t.String(), Route, {
      description: "What is listed and not hidden, by exposed name or URI; a tool comes before a prompt of its name.",
    }),
  },
  { description: "What the backends offer." },
);

const Query = t.Object(
  {
    type: t.Optional(oneOf(["tools", "resources", "resource_templates", "prompts"], "Only this list.")),
    backend: t.Optional(t.String({ description: "Only this backend's." })),
    search: t.Optional(
      t.String({ description: "Only what has this text in a name, URI or description; case does not matter." }),
    ),
    filtered: t.Optional(t.Boolean({ default: false, description: "Also what is hidden from clients." })),
    details: t.Optional(
      t.Boolean({ default: false, description: "Also titles, output schemas, annotations, and what is hidden." }),
    ),
  },
  { additionalProperties: true },
);

/** `GET /capabilities`. */
export function capabilities(program: Program) {
  return new Elysia().get("/capabilities", ({ query }) => capabilitiesOf(program.inventory(), query), {
    query: Query,
    response: { 200: Capabilities, ...errors(400) },
    detail: { tags: ["Capabilities"], operationId: "listCapabilities", summary: "What the backends offer" },
  });
}

function capabilitiesOf(inventory: Inventory, query: typeof Query.static) {
  const { details = false } = query;
  const pick = (type: typeof query.type, items: readonly InventoryItem[]) =>
    query.type === undefined || query.type === type ? items.filter((item) => matches(item, query)) : [];
  const list = <Short, Long>(
    items: readonly InventoryItem[],
    short: (item: InventoryItem) => Short,
    long: (item: InventoryItem) => Long,
  ) => items.map((item) => ({ ...short(item), ...(details && { ...detailOf(item), ...long(item) }) }));
  const tools = pick("tools", inventory.tools);
  const resources = pick("resources", inventory.resources);
  const templates = pick("resource_templates", inventory.resourceTemplates);
  const prompts = pick("prompts", inventory.prompts);
  return {
    tools: list(tools, toolOf, toolDetailOf),
    resources: list(resources, (item) => ({ uri: item.exposed, ...contentOf(item) }), describedOf),
    resource_templates: list(templates, (item) => ({ uri_template: item.exposed, ...contentOf(item) }), describedOf),
    prompts: list(prompts, promptOf, () => ({})),
    route_map: routesOf([...prompts, ...templates, ...resources, ...tools]),
  };
}

function detailOf({ filtered, item }: InventoryItem) {
  return { hidden: filtered, title: text(item.body.title) };
}

function toolDetailOf({ item: { body } }: InventoryItem) {
  return { output_schema: body.outputSchema ?? null, annotations: body.annotations ?? null };
}

function describedOf({ description }: InventoryItem) {
  return { description };
}

function matches(item: InventoryItem, { backend, search = "", filtered = false }: typeof Query.static): boolean {
  const wanted = search.toLowerCase();
  return (
    (filtered || !item.filtered) &&
    (backend === undefined || item.backend === backend) &&
    [item.exposed, item.original, item.description ?? ""].some((text) => text.toLowerCase().includes(wanted))
  );
}

function toolOf({ exposed, original, description, backend, item, filtered }: InventoryItem) {
  return {
    name: exposed,
    original_name: original,
    ...{ description, backend },
    input_schema: item.body.inputSchema ?? null,
    filtered,
    renamed: exposed !== original,
  };
}

function promptOf({ exposed, original, description, backend, item }: InventoryItem) {
  const declared = item.body.arguments;
  return {
    name: exposed,
    original_name: original,
    ...{ description, backend },
    arguments: Array.isArray(declared) ? declared : [],
  };
}

function contentOf({ backend, item }: InventoryItem) {
  return { name: text(item.body.name), backend, mime_type: text(item.body.mimeType) };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function routesOf(items: readonly InventoryItem[]) {
  const exposed = items.filter(({ filtered }) => !filtered);
  return Object.fromEntries(exposed.map(({ exposed: name, backend, original }) => [name, [backend, original]]));
}
