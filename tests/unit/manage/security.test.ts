// Who may do what, with exactly the fields that are documented.
import { expect, test } from "bun:test";
import type { SecurityStatus } from "../../../src/manage/program.ts";
import { createRedactor, MASK } from "../../../src/observe/redact.ts";
import { manage, programOf } from "../../fixtures/program.ts";

const secret = "planted-secret";

const status: SecurityStatus = {
  incomingAuth: { type: "jwt", issuer: "https://issuer.example", audience: ["argus"] },
  authorization: {
    ...{ enabled: true, default_effect: "deny" },
    policies: [
      { effect: "allow", roles: ["*"], resources: ["tool:read_*"] },
      { effect: "deny", roles: ["guest"], resources: ["server:files"], description: "no files" },
    ],
  },
  denials: [
    {
      timestamp: "2026-01-02T03:04:05.678Z",
      ...{ session: "abc", user: "ann", method: "tools/call", name: `erase ${secret}`, backend: "files" },
      by: "authorization.policies.1 (no files)",
    },
  ],
  toolLock: { mode: "block", pending: 2 },
};

test("GET /security gives all of it, without secrets", async () => {
  const { get } = manage(programOf({ security: () => status }), { redactor: createRedactor([secret]) });
  expect(await get("/security")).toStrictEqual({
    incoming_auth: { type: "jwt", issuer: "https://issuer.example", audience: ["argus"] },
    authorization: {
      ...{ enabled: true, default_effect: "deny" },
      policies: [
        { effect: "allow", roles: ["*"], resources: ["tool:read_*"], description: null },
        { effect: "deny", roles: ["guest"], resources: ["server:files"], description: "no files" },
      ],
    },
    denials: [{ ...status.denials[0], name: `erase ${MASK}` }],
    tool_lock: { mode: "block", pending: 2 },
  });
});
