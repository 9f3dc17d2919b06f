// Finds policies that could never match what they are meant for: a deny with a mistake in spelling would deny nothing.
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";

const KINDS = ["tool:", "prompt:", "resource:", "server:", "group:"];

/** Where a glob begins to match more than one text. */
const WILDCARD = /[*?[]/;

/** Adds a problem for each resource of a policy that is of no known kind, or names a backend or group that there is not. */
export function checkAuthorization({ authorization, backends }: Config, problems: Problem[]): void {
  const known = new Set(Object.entries(backends).flatMap(([name, { group }]) => [`server:${name}`, `group:${group}`]));
  authorization.policies.forEach(({ resources }, policy) => {
    resources.forEach((resource, index) => {
      const message = problemOf(resource, known);
      if (message) problems.push({ path: ["authorization", "policies", policy, "resources", index], message });
    });
  });
}

function problemOf(resource: string, known: ReadonlySet<string>): string | undefined {
  const [start = ""] = resource.split(WILDCARD, 1);
  const fits = (kind: string) => start.startsWith(kind) || (start !== resource && kind.startsWith(start));
  if (!KINDS.some(fits))
    return `${JSON.stringify(resource)} matches nothing; resources are globs over ${KINDS.join(", ")}, each with a name`;
  const [, kind] = /^(server|group):/.exec(start) ?? [];
  if (kind && start === resource && !known.has(resource))
    return `there is no ${kind === "server" ? "backend" : "group"} ${JSON.stringify(resource.slice(kind.length + 1))}`;
  return undefined;
}
