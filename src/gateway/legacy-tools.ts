// The list of tools as legacy clients can take it, where modern backends have tools whose results are no objects.
import type { Upstream } from "../model.ts";
import { elements, pick } from "../protocol/json.ts";
import { isWrapped, legacyTool } from "../protocol/translate.ts";
import { type Catalog, listText } from "./catalog.ts";
import { speaksModern } from "./era.ts";

/** Adds that list to a catalog that needs one: one such tool would make the official clients refuse the whole list. */
export function withLegacyTools(catalog: Catalog): Catalog {
  const wrapped = new Map(catalog.sources.map(({ upstream }) => [upstream, wrappedOf(upstream)]));
  if ([...wrapped.values()].every((names) => names.size === 0)) return catalog;
  const texts = elements(catalog.lists.tools, ["tools"]).map((text) => {
    const route = catalog.tools.get(JSON.parse(pick(text, ["name"]) ?? "null"));
    return route && wrapped.get(route.upstream)?.has(route.original) ? legacyTool(text) : text;
  });
  return { ...catalog, legacyTools: listText("tools", texts) };
}

function wrappedOf(upstream: Upstream): Set<unknown> {
  const tools = speaksModern(upstream) ? (upstream.offer?.tools ?? []) : [];
  return new Set(tools.filter(({ body }) => isWrapped(body)).map(({ body }) => body.name));
}
