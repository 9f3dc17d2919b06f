// All capabilities on offer, by exposed name, with their routes and the lists as clients get them; immutable once built.
import type { CapabilityKind, Item, Route, Upstream } from "../model.ts";
import { type Edits, edit, prepend } from "../protocol/json.ts";
import { textOf } from "../protocol/names.ts";
import { matcherOf } from "../protocol/uri-template.ts";
import type { Access } from "./access.ts";
import { type Filter, namesOf } from "./filters.ts";
import { byPrecedence, exposedName, type NamingRules } from "./naming.ts";

export interface Override {
  name?: string | undefined;
  description?: string | undefined;
}

/** A backend with the rules for what it offers. */
export interface Source {
  upstream: Upstream;
  filters: Readonly<Record<"tools" | "resources" | "prompts", Filter>>;
  overrides: Readonly<Record<string, Override>>;
  /** The tools that are hidden as long as nobody has approved them, by original name. */
  withheld?: ReadonlyMap<string, Hidden>;
}

export interface Hidden {
  /** The reason. */
  readonly by: string;
  /** Whether its name stays its own: clients know it, and would call another backend's tool in its place. */
  readonly keepsName: boolean;
}

/** Why nobody gets what is there, for those who watch. */
export interface Withheld {
  readonly route: Route;
  readonly by: string;
}

export interface Conflict {
  kind: CapabilityKind;
  name: string;
  kept: string;
  dropped: string;
}

export interface Catalog {
  readonly sources: readonly Source[];
  readonly tools: ReadonlyMap<string, Route>;
  readonly prompts: ReadonlyMap<string, Route>;
  readonly resources: ReadonlyMap<string, Route>;
  /** By URI template. */
  readonly templates: ReadonlyMap<string, TemplateRoute>;
  /** The results of the four list methods, as JSON text. */
  readonly lists: Readonly<Record<CapabilityKind, string>>;
  /** The list of tools for legacy clients, where that is another. */
  readonly legacyTools?: string;
  readonly conflicts: readonly Conflict[];
  /** Tools that are hidden as long as nobody has approved them, by exposed name. */
  readonly withheld: ReadonlyMap<string, Withheld>;
  /** Present where policies may have taken something out. */
  readonly access?: Access;
}

export interface TemplateRoute extends Route {
  readonly matches: (uri: string) => boolean;
}

/** Builds the catalog. The result depends only on the rules and on what backends offer, never on which answered first. */
export function buildCatalog(sources: readonly Source[], rules: NamingRules): Catalog {
  const ranked = byPrecedence(sources, rules);
  const tools = collect(ranked, "tools", rules);
  const prompts = collect(ranked, "prompts", rules);
  const resources = collect(ranked, "resources", rules);
  const templates = collect(ranked, "resourceTemplates", rules);
  return {
    sources,
    tools: tools.routes,
    prompts: prompts.routes,
    resources: resources.routes,
    templates: new Map([...templates.routes].map(([text, route]) => [text, { ...route, matches: matcherOf(text) }])),
    lists: {
      tools: tools.list,
      prompts: prompts.list,
      resources: resources.list,
      resourceTemplates: templates.list,
    },
    conflicts: [tools, prompts, resources, templates].flatMap(({ conflicts }) => conflicts),
    withheld: new Map(ranked.flatMap((source) => withheldOf(source, rules))),
  };
}

/** What a filter hides is not in question. */
function withheldOf(source: Source, rules: NamingRules): [string, Withheld][] {
  const { upstream, filters, withheld } = source;
  if (!withheld?.size) return [];
  return (upstream.offer?.tools ?? []).flatMap((item) => {
    const { by } = withheld.get(textOf(item.body.name)) ?? {};
    if (by === undefined || !filters.tools.admits(textOf(item.body.name))) return [];
    const { exposed, original } = tool(source, item, rules);
    return [[exposed, { route: { upstream, original }, by }]];
  });
}

/** One capability as clients get it. */
export interface Entry {
  exposed: string;
  original: string;
  text: string;
}

/** How the capabilities of one kind are filtered and exposed. */
interface Handling {
  admits(source: Source, item: Item): boolean;
  entry(source: Source, item: Item, rules: NamingRules): Entry;
}

export const HANDLING: Readonly<Record<CapabilityKind, Handling>> = {
  tools: {
    admits: ({ filters, withheld }, { body }) =>
      filters.tools.admits(textOf(body.name)) && !withheld?.has(textOf(body.name)),
    entry: tool,
  },
  prompts: { admits: ({ filters }, { body }) => filters.prompts.admits(textOf(body.name)), entry: prompt },
  resources: {
    admits: ({ filters }, { body }) => filters.resources.admits(textOf(body.uri), ...namesOf(body)),
    entry: (_, { text, body }) => ({ exposed: textOf(body.uri), original: textOf(body.uri), text }),
  },
  resourceTemplates: {
    admits: ({ filters }, { body }) => filters.resources.admits(textOf(body.uriTemplate), ...namesOf(body)),
    entry: (_, { text, body }) => ({ exposed: textOf(body.uriTemplate), original: textOf(body.uriTemplate), text }),
  },
};

/** Takes each item's entry, first come first kept, without what a filter or the lock of tools hides. */
function collect(sources: readonly Source[], kind: CapabilityKind, rules: NamingRules) {
  const { admits, entry } = HANDLING[kind];
  const routes = new Map<string, Route>();
  const texts: string[] = [];
  const conflicts: Conflict[] = [];
  const holders = new Map<string, string>();
  for (const source of sources) {
    for (const item of source.upstream.offer?.[kind] ?? []) {
      const admitted = admits(source, item);
      if (!admitted && !(kind === "tools" && keepsName(source, item))) continue;
      const { exposed, original, text } = entry(source, item, rules);
      const holder = holders.get(exposed);
      if (holder !== undefined) {
        conflicts.push({ kind, name: exposed, kept: holder, dropped: source.upstream.name });
        continue;
      }
      holders.set(exposed, source.upstream.name);
      if (!admitted) continue;
      routes.set(exposed, { upstream: source.upstream, original });
      texts.push(text);
    }
  }
  return { routes, conflicts, list: listText(kind, texts) };
}

function keepsName({ filters, withheld }: Source, { body }: Item): boolean {
  const name = textOf(body.name);
  return filters.tools.admits(name) && withheld?.get(name)?.keepsName === true;
}

/** The result of a list method. */
export function listText(kind: CapabilityKind, texts: readonly string[]): string {
  return `{${JSON.stringify(kind)}:[${texts.join(",")}]}`;
}

function tool(source: Source, { text, body }: Item, rules: NamingRules): Entry {
  const original = textOf(body.name);
  const override = overrideOf(source, original);
  const exposed = exposedName(source.upstream.name, override?.name ?? original, rules);
  return {
    exposed,
    original,
    text: described(renamed(text, original, exposed), body.description, override?.description),
  };
}

export function overrideOf({ overrides }: Source, original: string): Override | undefined {
  return Object.hasOwn(overrides, original) ? overrides[original] : undefined;
}

function prompt({ upstream }: Source, { text, body }: Item, rules: NamingRules): Entry {
  const original = textOf(body.name);
  const exposed = exposedName(upstream.name, original, rules);
  return { exposed, original, text: renamed(text, original, exposed) };
}

function renamed(text: string, original: string, exposed: string): string {
  return exposed === original ? text : edit(text, { name: JSON.stringify(exposed) } satisfies Edits);
}

function described(text: string, before: unknown, after: string | undefined): string {
  if (after === undefined) return text;
  const value = JSON.stringify(after);
  return before === undefined ? prepend(text, `"description":${value}`) : edit(text, { description: value });
}
