// Decides by globs which of a backend's capabilities clients may see and use.
import type { JsonObject } from "../model.ts";
import { globMatcher } from "../policy/glob.ts";

export interface FilterRules {
  allow: readonly string[];
  deny: readonly string[];
}

export interface Filter {
  /** Whether it has no rules, and so admits everything. */
  readonly open: boolean;
  /** Whether a capability known under these names (a resource has a URI and a name) passes. Deny wins. */
  admits(...names: string[]): boolean;
  /** Whether a deny glob matches; for URIs that a template admits. */
  denies(...names: string[]): boolean;
}

export function filterOf({ allow, deny }: FilterRules): Filter {
  const allowed = anyOf(allow);
  const denied = anyOf(deny);
  return {
    open: allow.length === 0 && deny.length === 0,
    admits: (...names) => !names.some(denied) && (allow.length === 0 || names.some(allowed)),
    denies: (...names) => names.some(denied),
  };
}

/** The name that a resource or a template has besides its URI; what is no text is none. */
export function namesOf({ name }: JsonObject): string[] {
  return typeof name === "string" ? [name] : [];
}

function anyOf(globs: readonly string[]): (name: string) => boolean {
  const matchers = globs.filter((glob) => glob !== "").map(globMatcher);
  return (name) => matchers.some((matches) => matches(name));
}
