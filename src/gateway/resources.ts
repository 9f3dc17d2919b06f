// Where a URI leads: to the backend that lists it, to that whose template it is an expansion of, or to any that may serve it unlisted.
import type { Route, Upstream } from "../model.ts";
import { matcherOf } from "../protocol/uri-template.ts";
import type { Catalog, Source } from "./catalog.ts";

/** The routes that a URI may take, best first: its own, its template's, or any backend that has resources it does not list. */
export function resourceRoutes(catalog: Catalog, uri: string): Route[] {
  const { access } = catalog;
  if (access) return admitted(catalog, uri, resourceRoutes(access.whole, uri));
  const offered = offeredRoutes(catalog, uri);
  if (offered.length > 0) return offered;
  return catalog.sources
    .filter((source) => hasResources(source.upstream) && source.filters.resources.admits(uri))
    .filter((source) => !hides(source, uri) && !hidesTemplate(source, uri))
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

/** Whether a filter keeps this URI from clients, by itself or by the name under which the backend lists it. */
function hides({ upstream, filters }: Source, uri: string): boolean {
  if (filters.resources.denies(uri)) return true;
  const listed = upstream.offer?.resources.find(({ body }) => body.uri === uri);
  return listed !== undefined && !filters.resources.admits(uri, String(listed.body.name ?? uri));
}

/** Whether a template that a filter hides could expand to this URI. */
function hidesTemplate({ upstream, filters }: Source, uri: string): boolean {
  return (upstream.offer?.resourceTemplates ?? []).some(({ body }) => {
    const text = String(body.uriTemplate);
    return !filters.resources.admits(text, String(body.name ?? text)) && matcherOf(text)(uri);
  });
}

function hasResources({ offer }: Upstream): boolean {
  const capabilities = offer?.hello.body.capabilities as { resources?: unknown } | undefined;
  return capabilities?.resources !== undefined;
}
