// Decides by roles what may be seen and used: the first policy that matches a role and a resource, else the default effect.
import type { Config } from "../config/schema.ts";
import { globMatcher } from "./glob.ts";

export interface Decision {
  readonly allowed: boolean;
  /** What decided, as it is found in the configuration. */
  readonly by: string;
}

/** The policies that concern one set of roles. */
export interface Verdicts {
  /** They may use everything there is. */
  readonly unrestricted: boolean;
  /** Decides about one thing by all the names that policies may know it under: `tool:…`, `server:…`, `group:…`. */
  decide(resources: readonly string[]): Decision;
}

export interface Policy {
  /** Those of the roles that policies name, in the policies' order: whoever has the same of them has the same verdicts. */
  named(roles: readonly string[]): string[];
  verdicts(roles: readonly string[]): Verdicts;
}

type Rule = Config["authorization"]["policies"][number];

/** What a role of this name in a policy stands for: everybody, also who has no role. */
const EVERYBODY = "*";

/** Compiles the policies; without authorization there is none. */
export function policyOf({ enabled, default_effect, policies }: Config["authorization"]): Policy | undefined {
  if (!enabled) return undefined;
  const rules = policies.map(compile);
  const known = new Set(policies.flatMap((rule) => rule.roles));
  const otherwise = { allowed: default_effect === "allow", by: "authorization.default_effect" };
  return {
    named(roles) {
      const had = new Set(roles);
      return [...known].filter((role) => had.has(role));
    },
    verdicts(roles) {
      const relevant = upToLast(rules.filter((rule) => rule.concerns(roles)));
      const last = relevant.at(-1)?.everything ? [] : [otherwise];
      return {
        unrestricted: [...relevant.map(({ decision }) => decision), ...last].every(({ allowed }) => allowed),
        decide: (resources) => relevant.find((rule) => resources.some(rule.matches))?.decision ?? otherwise,
      };
    },
  };
}

/** Nothing comes after a policy that decides everything. */
function upToLast<Of extends { everything: boolean }>(rules: Of[]): Of[] {
  const last = rules.findIndex(({ everything }) => everything);
  return last < 0 ? rules : rules.slice(0, last + 1);
}

function compile({ effect, roles, resources, description }: Rule, index: number) {
  const matchers = resources.map(globMatcher);
  const by = `authorization.policies.${index}${description ? ` (${description})` : ""}`;
  return {
    decision: { allowed: effect === "allow", by },
    everything: resources.includes("*"),
    concerns: (held: readonly string[]) => roles.includes(EVERYBODY) || roles.some((role) => held.includes(role)),
    matches: (resource: string) => matchers.some((matches) => matches(resource)),
  };
}
