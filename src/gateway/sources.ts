// Joins the backends that run with the rules that the configuration has for what they offer.
import type { Config } from "../config/schema.ts";
import type { Upstream } from "../model.ts";
import type { Source } from "./catalog.ts";
import { filterOf } from "./filters.ts";

/** The sources of the catalog, in the order of `upstreams`. */
export function sourcesOf({ backends }: Config, upstreams: readonly Upstream[]): Source[] {
  return upstreams.flatMap((upstream) => {
    const backend = backends[upstream.name];
    if (!backend) return [];
    const { tools, resources, prompts } = backend.filters;
    return {
      upstream,
      filters: { tools: filterOf(tools), resources: filterOf(resources), prompts: filterOf(prompts) },
      overrides: backend.tool_overrides,
    };
  });
}
