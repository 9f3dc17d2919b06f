// Asks a backend for everything it offers: all pages of all lists, without what no client could use.
import { GatewayError } from "../errors.ts";
import type { CapabilityKind, Freshness, Item, JsonObject, Message, Offer } from "../model.ts";
import { excerpt } from "../observe/excerpt.ts";
import { elements } from "../protocol/json.ts";
import { isObject, request } from "../protocol/message.ts";
import { isLifetime } from "../protocol/modern-result.ts";
import { textOf } from "../protocol/names.ts";
import type { Connection } from "./connection.ts";
import { isTooDeep, TOO_DEEP, withoutDepths } from "./depth.ts";

/** So much of a name is told whose capability is left out, in characters. */
const LONGEST = 400;

interface Listing {
  method: string;
  /** The server capability that declares it. */
  capability: string;
  /** The key of its items in a result. */
  key: string;
}

const LISTINGS: Record<CapabilityKind, Listing> = {
  tools: { method: "tools/list", capability: "tools", key: "tools" },
  resources: { method: "resources/list", capability: "resources", key: "resources" },
  resourceTemplates: { method: "resources/templates/list", capability: "resources", key: "resourceTemplates" },
  prompts: { method: "prompts/list", capability: "prompts", key: "prompts" },
};

export const KINDS = Object.keys(LISTINGS) as CapabilityKind[];

const METHOD_NOT_FOUND = -32601;
/** The longest name that the specification allows (2025-11-25, Tool Names). */
const NAME_LIMIT = 128;
const PAGE_LIMIT = 1_000;

/** A list, and how long it may be kept where the backend says so. */
interface List {
  readonly items: readonly Item[];
  readonly freshness?: Freshness | undefined;
}

const NONE: readonly Item[] = [];

interface ListOptions {
  /** Seconds for each page. */
  timeout: number;
  /** Receives a sentence about each item that is left out, and each list that cannot be had. */
  warn(message: string): void;
  /** This list could not be had and should be asked for again. */
  failed(kind: CapabilityKind): void;
}

/** Lists the given kinds; the others stay as they were in `before`. A list that cannot be had keeps its last state. */
export async function fetchOffer(
  connection: Connection,
  kinds: readonly CapabilityKind[],
  options: ListOptions & { before?: Offer | undefined },
): Promise<Offer> {
  const missing = new Set(options.before?.missing?.filter((kind) => !kinds.includes(kind)));
  const failed = (kind: CapabilityKind) => {
    missing.add(kind);
    options.failed(kind);
  };
  const lists = await Promise.all(
    KINDS.map((kind) => listOrKeep(connection, kind, { ...options, failed, wanted: kinds })),
  );
  const [tools = NONE, resources = NONE, resourceTemplates = NONE, prompts = NONE] = lists.map(({ items }) => items);
  const freshness = Object.fromEntries(
    lists.flatMap((list, index) => (list.freshness ? [[KINDS[index], list.freshness]] : [])),
  );
  const hello = withoutDepths(connection.hello, (path) =>
    options.warn(`left out of what it says of itself: ${path}: ${TOO_DEEP}`),
  );
  return { hello, missing: [...missing], freshness, tools, resources, resourceTemplates, prompts };
}

interface KeepOptions extends ListOptions {
  before?: Offer | undefined;
  wanted: readonly CapabilityKind[];
}

async function listOrKeep(connection: Connection, kind: CapabilityKind, options: KeepOptions): Promise<List> {
  const kept = { items: options.before?.[kind] ?? [], freshness: options.before?.freshness?.[kind] };
  if (!options.wanted.includes(kind)) return kept;
  if (!isObject(connection.capabilities[LISTINGS[kind].capability])) return { items: [] };
  try {
    const { items, freshness } = await listAll(connection, LISTINGS[kind], options);
    const judge = { warn: options.warn, problem: connection.unusable?.bind(connection) };
    return { items: await usable(kind, items, judge), freshness };
  } catch (error) {
    if (connection.ended || (error as GatewayError).code === "undelivered") throw error;
    options.warn(`cannot list ${kind}: ${(error as Error).message}`);
    options.failed(kind);
    return kept;
  }
}

async function listAll(
  connection: Connection,
  { method, key }: Listing,
  { timeout, warn }: ListOptions,
): Promise<List> {
  let freshness: Freshness | undefined;
  const items: Item[] = [];
  const seen = new Set<unknown>();
  let cursor: unknown;
  do {
    const message = request(0, method, cursor === undefined ? {} : { cursor });
    const result = resultOf(await connection.request(message, { timeout }), method);
    if (!result) return { items: [] };
    const bodies = Array.isArray(result.body[key]) ? (result.body[key] as JsonObject[]) : [];
    const texts = elements(result.text, ["result", key]);
    items.push(...bodies.map((body, index) => ({ body, text: texts[index] ?? "" })));
    freshness = lesser(freshness, result.body);
    seen.add(cursor);
    cursor = result.body.nextCursor ?? undefined;
  } while (cursor !== undefined && !seen.has(cursor) && seen.size < PAGE_LIMIT);
  if (cursor !== undefined) warn(`${method} never ends: the cursor ${JSON.stringify(cursor)} was left alone`);
  return { items, freshness };
}

/** How long a list may be kept with one more page; one that does not say counts for nothing (2026-07-28, Caching). */
function lesser(before: Freshness | undefined, { ttlMs, cacheScope }: JsonObject): Freshness | undefined {
  if (!isLifetime(ttlMs)) return before;
  const scope = cacheScope === "public" && before?.cacheScope !== "private" ? "public" : "private";
  return { ttlMs: Math.min(ttlMs, before?.ttlMs ?? ttlMs), cacheScope: scope };
}

/** Many servers declare resources and know no templates: that is an empty list, not a fault. */
function resultOf({ text, body }: Message, method: string): Item | undefined {
  if (isObject(body.result)) return { text, body: body.result };
  const error = isObject(body.error) ? body.error : {};
  if (error.code === METHOD_NOT_FOUND) return undefined;
  throw new GatewayError("internal", `${method} failed: ${textOf(error.message) || "no result"}`);
}

interface Judge {
  warn(message: string): void;
  /** What stands against a tool on this connection. */
  problem: Connection["unusable"];
}

async function usable(kind: CapabilityKind, items: readonly Item[], { warn, problem }: Judge): Promise<Item[]> {
  const wrong = await problemFinder(kind, items);
  const find = (body: unknown) => {
    if (!isObject(body)) return "it is not an object";
    if (isTooDeep(body)) return TOO_DEEP;
    return wrong(body) ?? (kind === "tools" ? problem?.(body) : undefined);
  };
  return items.filter(({ body }) => {
    const found = find(body);
    if (found) warn(`left out of ${kind}: ${excerpt(JSON.stringify(calledIn(body)), LONGEST)}: ${found}`);
    return !found;
  });
}

/** How an item can be told from others, by its name if it has one. */
function calledIn(body: unknown): string | null {
  const { name, uri, uriTemplate }: JsonObject = isObject(body) ? body : {};
  return textOf(name) || textOf(uri) || textOf(uriTemplate) || null;
}

/** The schema library is loaded when the first tool arrives, not when the program starts. */
async function problemFinder(
  kind: CapabilityKind,
  items: readonly Item[],
): Promise<(body: JsonObject) => string | undefined> {
  if (kind === "prompts") return ({ name }) => nameProblem(name);
  if (kind === "resources") return ({ uri }) => (typeof uri === "string" && uri ? undefined : "it has no uri");
  if (kind === "resourceTemplates") {
    return ({ uriTemplate }) => (typeof uriTemplate === "string" && uriTemplate ? undefined : "it has no uriTemplate");
  }
  if (items.length === 0) return () => undefined;
  const { schemaProblem } = await import("./tool-schema.ts");
  return (tool) => nameProblem(tool.name) ?? schemaProblem(tool);
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== "string" || name === "") return "it has no name";
  return name.length > NAME_LIMIT ? `its name has ${name.length} characters, over ${NAME_LIMIT}` : undefined;
}
