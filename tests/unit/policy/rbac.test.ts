// Policies: the first one that matches a role and a resource decides, else the default effect.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";
import { policyOf } from "../../../src/policy/rbac.ts";
import { authorization } from "./policies.ts";

const decide = (roles: string[], resources: string[], ...section: Parameters<typeof authorization>) =>
  policyOf(authorization(...section))
    ?.verdicts(roles)
    .decide(resources);

describe("a decision", () => {
  const policies = [
    { effect: "deny", roles: ["intern", "guest"], resources: ["tool:delete_*"], description: "nothing is lost" },
    { effect: "allow", roles: ["intern"], resources: ["tool:*", "server:docs"] },
    { effect: "deny", resources: ["group:secret"] },
    { effect: "allow", roles: ["boss"], resources: ["*"] },
  ] as const;

  test.each<[string[], string[], boolean, string]>([
    [["intern"], ["tool:delete_all", "server:a", "group:x"], false, "authorization.policies.0 (nothing is lost)"],
    [["intern"], ["tool:read", "server:a", "group:x"], true, "authorization.policies.1"],
    [["intern"], ["tool:read", "server:a", "group:secret"], true, "authorization.policies.1"],
    [["intern"], ["prompt:ask", "server:docs", "group:secret"], true, "authorization.policies.1"],
    [["intern"], ["prompt:ask", "server:a", "group:x"], false, "authorization.default_effect"],
    [["boss"], ["tool:delete_all", "server:a", "group:x"], true, "authorization.policies.3"],
    [["boss"], ["tool:read", "server:a", "group:secret"], false, "authorization.policies.2"],
    [["boss", "guest"], ["tool:delete_all"], false, "authorization.policies.0 (nothing is lost)"],
    [["Intern"], ["tool:read"], false, "authorization.default_effect"],
    [[], ["tool:read"], false, "authorization.default_effect"],
    [[], ["tool:read", "group:secret"], false, "authorization.policies.2"],
  ])("for %p on %p is %p by %s", (roles, resources, allowed, by) => {
    expect(decide(roles, resources, [...policies])).toEqual({ allowed, by });
  });

  test("is the default effect where nothing matches", () => {
    expect(decide([], ["tool:x"], [], "allow")?.allowed).toBe(true);
    expect(decide([], ["tool:x"], [], "deny")?.allowed).toBe(false);
  });

  test("matches by the globs of filters: a star is any text, case counts", () => {
    const allowing = (glob: string) => [{ effect: "allow", resources: [glob] } as const];
    expect(decide([], ["resource:file:///a/b"], allowing("resource:file:*"))?.allowed).toBe(true);
    expect(decide([], ["tool:readx"], allowing("tool:read?"))?.allowed).toBe(true);
    expect(decide([], ["tool:Read"], allowing("tool:read"))?.allowed).toBe(false);
    expect(decide([], ["xtool:read"], allowing("tool:read"))?.allowed).toBe(false);
  });
});

describe("who may use everything is known at once", () => {
  const everything = { effect: "allow", roles: ["boss"], resources: ["*"] } as const;
  const some = { effect: "allow", roles: ["boss"], resources: ["tool:a"] } as const;
  const none = { effect: "deny", roles: ["boss"], resources: ["tool:b"] } as const;
  test.each([
    ["by a policy", [everything], "deny", true],
    ["by a policy after others that allow", [some, everything], "deny", true],
    ["whatever comes after it", [everything, none], "deny", true],
    ["unless something was denied before", [none, everything], "deny", false],
    ["by default", [some], "allow", true],
    ["unless something is denied", [some, none], "allow", false],
    ["unless the default denies", [some], "deny", false],
  ] as const)("%s", (_, policies, effect, expected) => {
    const policy = policyOf(authorization([...policies], effect));
    expect(policy?.verdicts(["boss"]).unrestricted).toBe(expected);
    expect(policy?.verdicts([]).unrestricted).toBe(effect === "allow");
  });
});

test("roles that no policy names make no difference, nor does their order", () => {
  const policy = policyOf(authorization([{ effect: "allow", roles: ["b", "a"], resources: ["*"] }]));
  expect(policy?.named(["x", "a", "y", "b"])).toEqual(["b", "a"]);
  expect(policy?.named(["b", "a", "b"])).toEqual(["b", "a"]);
  expect(policy?.named(["x"])).toEqual([]);
});

test("without authorization there is no policy", () => {
  const { authorization: section } = parseConfig('version: "1"', "config.yaml", {});
  expect(policyOf(section)).toBeUndefined();
});
