// The optimizer: clients see a search for tools, a way to call what it finds, and a few tools more; all others stay callable.
import type { JsonObject, Message } from "../model.ts";
import { edit, elements, pick } from "../protocol/json.ts";
import { isObject, resultMessage } from "../protocol/message.ts";
import type { Catalog } from "./catalog.ts";
import { type ToolSearch, toolSearch } from "./tool-search.ts";

/** A catalog with a short list of tools; its routes are still those of all tools. */
export interface OptimizedCatalog extends Catalog {
  /** What it was made of. */
  readonly full: Catalog;
  readonly search: ToolSearch;
}

/** Longer queries find nothing more, and cost time. */
const QUERY_LIMIT = 1_000;
const MOST_FOUND = 50;
const USUALLY_FOUND = 10;

const FIND_TOOL = {
  name: "find_tool",
  title: "Find a tool",
  description:
    "Finds tools by what they do and gives their names, descriptions and input schemas, to be called with call_tool. " +
    "Most tools are not listed: search before you conclude that there is none for a task.",
  inputSchema: {
    type: "object",
    properties: {
      query: {
        type: "string",
        description:
          'What the tool should do, in a few words, such as "create issue"; empty for the names of all tools',
      },
      limit: { type: "integer", minimum: 1, maximum: MOST_FOUND, default: USUALLY_FOUND },
    },
    required: ["query"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

const FIND_USAGE =
  'find_tool takes {"query": "…", "limit": …}: ' +
  `a string of at most ${QUERY_LIMIT} characters and, if need be, an integer from 1 to ${MOST_FOUND}.`;

const CALL_TOOL = {
  name: "call_tool",
  title: "Call a tool",
  description: "Calls a tool that find_tool has found.",
  inputSchema: {
    type: "object",
    properties: {
      name: { type: "string", description: "The name of the tool" },
      arguments: { type: "object", description: "What the tool takes, as its inputSchema says" },
    },
    required: ["name"],
    additionalProperties: false,
  },
};

const CALL_USAGE =
  'call_tool takes {"name": "…", "arguments": {…}}: the name of a tool as a string, and all that the tool takes in an object.';

/** Where the arguments of a call are. */
const GIVEN = ["params", "arguments"];

/** Leaves `find_tool`, `call_tool` and the tools with these exposed names in the list of tools. */
export function optimize(catalog: Catalog, keepTools: readonly string[]): OptimizedCatalog {
  const list = catalog.lists.tools;
  const kept = new Set(keepTools).difference(new Set([FIND_TOOL.name, CALL_TOOL.name]));
  const keptTexts = elements(list, ["tools"]).filter((text) => kept.has(JSON.parse(pick(text, ["name"]) ?? "null")));
  const own = [{ ...FIND_TOOL, description: FIND_TOOL.description + whose(catalog) }, CALL_TOOL];
  const texts = [...own.map((tool) => JSON.stringify(tool)), ...keptTexts];
  return {
    ...catalog,
    lists: { ...catalog.lists, tools: `{"tools":[${texts.join(",")}]}` },
    full: catalog,
    search: toolSearch(catalog),
  };
}

/** The backends' names tell a model what it may expect to find. */
function whose({ tools }: Catalog): string {
  const names = new Set([...tools.values()].map(({ upstream }) => upstream.name));
  return names.size > 0 ? ` There are tools of: ${[...names].join(", ")}.` : "";
}

/**
 * Turns a `call_tool` into the direct call that it stands for, made to the full catalog: there, `find_tool` and `call_tool`
 * can only be backends' own. All else stays as it is, and so does a `call_tool` that does not say what to call.
 */
export function redirect(catalog: Catalog, message: Message): { catalog: Catalog; message: Message } {
  const { text, body } = message;
  const { name, arguments: given } = body.params ?? {};
  if (!isOptimized(catalog) || body.method !== "tools/call" || name !== CALL_TOOL.name || !isCall(given))
    return { catalog, message };
  const edits = { name: JSON.stringify(given.name), arguments: pick(text, [...GIVEN, "arguments"]) ?? "{}" };
  const params = { ...body.params, name: given.name, arguments: given.arguments ?? {} };
  return { catalog: catalog.full, message: { text: edit(text, { params: edits }), body: { ...body, params } } };
}

/** Answers a `tools/call` of the optimizer's own tools, as far as `redirect` has left it; calls of other tools have no answer here. */
export function ownAnswer(catalog: Catalog, { text, body }: Message): Promise<Message> | undefined {
  if (!isOptimized(catalog)) return undefined;
  // Read anew, since the message was parsed without its long strings.
  if (body.params?.name === FIND_TOOL.name) return find(catalog, JSON.parse(pick(text, GIVEN) ?? "{}"));
  if (body.params?.name === CALL_TOOL.name) return Promise.resolve(refusal(CALL_USAGE));
  return undefined;
}

function isOptimized(catalog: Catalog): catalog is OptimizedCatalog {
  return "full" in catalog;
}

function isCall(given: unknown): given is { name: string; arguments?: JsonObject } {
  if (!fits(given, CALL_TOOL) || typeof given.name !== "string") return false;
  return given.arguments === undefined || isObject(given.arguments);
}

function isSearch(given: unknown): given is { query: string; limit?: number } {
  if (!fits(given, FIND_TOOL) || typeof given.query !== "string" || given.query.length > QUERY_LIMIT) return false;
  const { limit = USUALLY_FOUND } = given;
  return Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MOST_FOUND;
}

/** Arguments of the tool that is meant, put beside the tool's name, would else be lost without a word. */
function fits(
  given: unknown,
  { inputSchema: { properties } }: typeof FIND_TOOL | typeof CALL_TOOL,
): given is JsonObject {
  return isObject(given) && Object.keys(given).every((key) => Object.hasOwn(properties, key));
}

async function find({ tools, search }: OptimizedCatalog, given: unknown): Promise<Message> {
  if (!isSearch(given)) return refusal(FIND_USAGE);
  const { query, limit = USUALLY_FOUND } = given;
  if (query.trim() === "") return said(JSON.stringify([...tools.keys()]));
  const found = await search(query, limit);
  if (found.length > 0) return said(`[${found.join(",")}]`);
  return said(
    `No tool matches ${JSON.stringify(query)}. Try other words for what it should do or work with, ` +
      "or an empty query for the names of all tools.",
  );
}

function said(text: string): Message {
  return resultMessage({ content: [{ type: "text", text }] });
}

/** What is wrong with a call's arguments a model must see, to mend it (2025-11-25, Tools, Error Handling). */
function refusal(text: string): Message {
  return resultMessage({ content: [{ type: "text", text }], isError: true });
}
