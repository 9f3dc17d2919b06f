// The section "authorization" of a configuration, as short as a test can say it.
import type { Config } from "../../../src/config/schema.ts";

type Section = Config["authorization"];
export type Rule = Section["policies"][number];
export type GivenRule = Omit<Rule, "roles" | "resources"> & { roles?: readonly string[]; resources: readonly string[] };

/** Authorization is on, and a policy without roles is for everybody. */
export function authorization(policies: readonly GivenRule[], effect: Section["default_effect"] = "deny"): Section {
  const complete = policies.map(({ roles = ["*"], resources, ...rule }) => {
    return { ...rule, roles: [...roles], resources: [...resources] };
  });
  return { enabled: true, default_effect: effect, policies: complete };
}
