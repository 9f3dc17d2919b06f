// What a set of roles may see and use of a catalog. Where a name leads never depends on roles: policies decide about the route that it has.
import type { CapabilityKind, Route, Upstream } from "../model.ts";
import type { Decision, Verdicts } from "../policy/rbac.ts";
import { elements } from "../protocol/json.ts";
import { type Catalog, listText } from "./catalog.ts";
import { readings } from "./readings.ts";

export interface Access {
  /** The catalog before anything was taken out. */
  readonly whole: Catalog;
  /** Decides about a capability under its exposed name; of a resource or a template that is what is listed. */
  decide(kind: CapabilityKind, name: string, upstream: Upstream): Decision;
  /** Decides about a URI that a client or a backend names. */
  decideUri(upstream: Upstream, uri: string): Decision;
}

/** How policies call the kinds. */
const NAMES: Readonly<Record<CapabilityKind, string>> = {
  tools: "tool",
  prompts: "prompt",
  resources: "resource",
  resourceTemplates: "resource",
};

/** Leaves of a catalog what the policies allow; all of it where they allow everything. */
export function narrow(whole: Catalog, verdicts: Verdicts): Catalog {
  if (verdicts.unrestricted) return whole;
  const access = accessTo(whole, verdicts);
  const keep = <Held extends Route>(kind: CapabilityKind, routes: ReadonlyMap<string, Held>) => {
    const texts = elements(whole.lists[kind], [kind]);
    const kept = [...routes]
      .map(([name, route], index) => ({ name, route, text: texts[index] ?? "" }))
      .filter(({ name, route }) => access.decide(kind, name, route.upstream).allowed);
    const list = listText(
      kind,
      kept.map(({ text }) => text),
    );
    return { routes: new Map(kept.map(({ name, route }) => [name, route])), list };
  };
  const tools = keep("tools", whole.tools);
  const prompts = keep("prompts", whole.prompts);
  const resources = keep("resources", whole.resources);
  const templates = keep("resourceTemplates", whole.templates);
  const kept = [tools, prompts, resources, templates].flatMap(({ routes }) => [...routes.values()]);
  const seen = new Set(kept.map(({ upstream }) => upstream));
  return {
    access,
    sources: whole.sources.filter(({ upstream }) => seen.has(upstream) || decideBackend(verdicts, upstream).allowed),
    tools: tools.routes,
    prompts: prompts.routes,
    resources: resources.routes,
    templates: templates.routes,
    lists: {
      tools: tools.list,
      prompts: prompts.list,
      resources: resources.list,
      resourceTemplates: templates.list,
    },
    conflicts: [],
    withheld: whole.withheld,
  };
}

/** What the policies decide about each backend as such, and about everything that it offers. */
export function* decisions(
  whole: Catalog,
  verdicts: Verdicts,
): Generator<Decision & { resource: string; backend: string }> {
  const { decide } = accessTo(whole, verdicts);
  for (const { upstream } of whole.sources)
    yield { resource: `server:${upstream.name}`, backend: upstream.name, ...decideBackend(verdicts, upstream) };
  for (const kind of Object.keys(NAMES) as CapabilityKind[]) {
    for (const [name, { upstream }] of kind === "resourceTemplates" ? whole.templates : whole[kind])
      yield { resource: `${NAMES[kind]}:${name}`, backend: upstream.name, ...decide(kind, name, upstream) };
  }
}

function accessTo(whole: Catalog, verdicts: Verdicts): Access {
  const decide: Access["decide"] = (kind, name, upstream) =>
    verdicts.decide([`${NAMES[kind]}:${name}`, ...namesOf(upstream)]);
  return {
    whole,
    decide,
    decideUri(upstream, uri) {
      if (whole.resources.has(uri)) return decide("resources", uri, upstream);
      const all = readings(uri)?.map((reading) => decide("resources", reading, upstream)) ?? [UNREADABLE];
      return all.find(({ allowed }) => !allowed) ?? all[0] ?? UNREADABLE;
    },
  };
}

function decideBackend(verdicts: Verdicts, upstream: Upstream): Decision {
  return verdicts.decide(namesOf(upstream));
}

function namesOf({ name, group }: Upstream): string[] {
  return [`server:${name}`, `group:${group}`];
}

const UNREADABLE: Decision = { allowed: false, by: "a URI that is too long or cannot be decoded" };
