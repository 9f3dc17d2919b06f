// What an explanation shows of names that backends have made up.
import { expect, test } from "bun:test";
import { explain } from "../../../src/cli/explain.ts";
import { buildSnapshot } from "../../../src/gateway/gateway.ts";
import { policyOf } from "../../../src/policy/rbac.ts";
import { sourceOf, upstream } from "../gateway/stand-ins.ts";
import { authorization } from "../policy/policies.ts";

test("a name can neither make a line of its own nor steer the terminal", () => {
  const sources = [sourceOf(upstream("a", { tools: [{ name: "x\nallow\ttool:y\u001b[2J" }] }))];
  const snapshot = buildSnapshot(sources, { strategy: "first-wins", separator: "_", order: [] });
  const policy = policyOf(authorization([{ effect: "deny", resources: ["tool:*"] }]));
  expect(explain(snapshot, policy, "anybody")).toEqual([
    "deny\tserver:a\ta\tauthorization.default_effect",
    "deny\ttool:x ⏎ allow tool:y�[2J\ta\tauthorization.policies.0",
  ]);
});
