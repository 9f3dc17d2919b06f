// Policies that could never match what they are meant for are mistakes.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";

const backend = { type: "stdio", command: "true", group: "docs" };

function check(policy: object): () => unknown {
  const config = { version: "1", backends: { files: backend }, authorization: { policies: [policy] } };
  return () => parseConfig(JSON.stringify(config), "config.yaml", {}).authorization.policies[0];
}

describe("a policy", () => {
  test.each(["*", "t*", "tool:x", "tool:*", "resource:file:///a", "server:files", "server:no*", "group:docs", "[st]*"])(
    "may be about %s",
    (resource) => {
      expect(check({ effect: "deny", resources: [resource] })()).toEqual({
        effect: "deny",
        roles: ["*"],
        resources: [resource],
      });
    },
  );

  test.each([
    ["tools:x", "matches nothing"],
    ["delete_*", "matches nothing"],
    ["tool", "matches nothing"],
    ["toll*", "matches nothing"],
    ["server:fies", 'there is no backend "fies"'],
    ["group:doc", 'there is no group "doc"'],
  ])("cannot be about %s", (resource, problem) => {
    const place = "authorization.policies.0.resources.0";
    expect(check({ effect: "deny", resources: [resource] })).toThrow(problem);
    expect(check({ effect: "deny", resources: [resource] })).toThrow(place);
  });

  test.each([
    ["without an effect", { resources: ["*"] }, "effect is missing"],
    ["with an unknown effect", { effect: "alow", resources: ["*"] }, "is not one of allow, deny"],
    ["without resources", { effect: "deny" }, "resources is missing"],
    ["with no resource", { effect: "deny", resources: [] }, "resources"],
    ["for nobody", { effect: "deny", roles: [], resources: ["*"] }, "roles"],
  ])("%s is refused", (_, policy, problem) => {
    expect(check(policy)).toThrow(problem);
  });
});
