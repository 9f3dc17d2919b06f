// Where a URI leads: to the backend that lists it, to that whose template it is an expansion of, or to any that may serve it unlisted.
import type { Item, Route, Upstream } from "../model.ts";
import { textOf } from "../protocol/names.ts";
import { matcherOf } from "../protocol/uri-template.ts";
import type { Catalog, Source } from "./catalog.ts";
import { namesOf } from "./filters.ts";
import { readings } from "./readings.ts";

/** The routes that a URI may take, best first: its own, its template's, or any backend that has resources it does not list. */
export function resourceRoutes(catalog: Catalog, uri: string): Route[] {
  const { access } = catalog;
  if (access) return admitted(catalog, uri, resourceRoutes(access.whole, uri));
  const offered = offeredRoutes(catalog, uri);
  if (offered.length > 0) return offered;
  return catalog.sources
    .filter((source) => hasResources(source.upstream) && servesUnlisted(source, uri))
    .map(({ upstream }) => ({ upstream, original: uri }));
}

/** The one route of a URI that is listed, or that a template admits. */
export function offeredRoutes(catalog: Catalog, uri: string): Route[] {
  const { access } = catalog;
  if (access) return admitted(catalog, uri, offeredRoutes(access.whole, uri));
  const listed = catalog.resources.get(uri);
  if (listed) return [listed];
  for (const { upstream, matches } of catalog.templates.values()) {
    const source = catalog.sources.find((candidate) => candidate.upstream === upstream);
    if (matches(uri) && source && !hides(source, uri)) return [{ upstream, original: uri }];
  }
  return [];
}

function admitted({ access }: Catalog, uri: string, routes: Route[]): Route[] {
  return routes.filter(({ upstream }) => !access || access.decideUri(upstream, uri).allowed);
}

/** Whether a filter lets a backend serve this URI that it does not list. */
function servesUnlisted(source: Source, uri: string): boolean {
  const { upstream, filters } = source;
  if (filters.resources.open) return true;
  const all = readings(uri) ?? [];
  return (
    all.every((reading) => filters.resources.admits(reading)) &&
    !hides(source, uri) &&
    !hiddenAmong(source, upstream.offer?.resourceTemplates, (text) => all.some(matcherOf(text)))
  );
}

/** Whether a filter keeps this URI from clients, by anything that the backend may take it for or by the name under which it lists that. */
function hides(source: Source, uri: string): boolean {
  const { upstream, filters } = source;
  if (filters.resources.open) return false;
  const all = readings(uri);
  return (
    !all ||
    filters.resources.denies(...all) ||
    hiddenAmong(source, upstream.offer?.resources, (listed) => all.includes(listed))
  );
}

/** Whether a filter hides one of these resources or templates that the URI concerns. */
function hiddenAmong({ filters }: Source, items: readonly Item[] = [], concerns: (text: string) => boolean): boolean {
  return items.some(({ body }) => {
    const text = textOf(body.uri) || textOf(body.uriTemplate);
    return !filters.resources.admits(text, ...namesOf(body)) && concerns(text);
  });
}

function hasResources({ offer }: Upstream): boolean {
  const capabilities = offer?.hello.body.capabilities as { resources?: unknown } | undefined;
  return capabilities?.resources !== undefined;
}
