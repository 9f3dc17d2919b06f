// Who may do what: how clients are known, the policies, what was denied, and the lock on tools. Names, no secrets.
import { Elysia, t } from "elysia";
import { errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { integer, nullable, object, oneOf, Time } from "./schemas.ts";

const Policy = object({
  effect: oneOf(["allow", "deny"], "What it decides."),
  roles: t.Array(t.String(), { description: "Whom it concerns; `*` is everybody." }),
  resources: t.Array(t.String(), { description: "Globs." }),
  description: nullable(t.String()),
});

const Denial = object({
  timestamp: Time,
  session: t.String({ description: "The session's id, as in the list of sessions." }),
  user: nullable(t.String({ description: "The verified subject." })),
  method: t.String({ description: "Of MCP." }),
  name: nullable(t.String({ description: "The name or URI that was asked for." })),
  backend: t.String({ description: "Where it would have gone." }),
  by: t.String({ description: "What decided, as it is found in the configuration." }),
});

export const Security = object(
  {
    incoming_auth: object({
      type: oneOf(["anonymous", "local", "jwt", "oidc"], "How clients show who they are."),
      issuer: nullable(t.String()),
      audience: nullable(t.Array(t.String(), { description: "One of these tokens must be meant for." })),
    }),
    authorization: object({
      enabled: t.Boolean(),
      default_effect: oneOf(["allow", "deny"], "What counts where no policy matches."),
      policies: t.Array(Policy, { description: "The first one that matches decides." }),
    }),
    denials: t.Array(Denial, { description: "The newest hundred, oldest first." }),
    tool_lock: object({
      mode: oneOf(["off", "warn", "block"], "What happens to a tool that is not as it was approved."),
      pending: integer({ description: "So many tools wait for approval." }),
    }),
  },
  { description: "Who may do what." },
);

/** `GET /security`. */
export function security(program: Program) {
  return new Elysia().get("/security", () => securityOf(program), {
    response: { 200: Security, ...errors() },
    detail: { tags: ["Security"], operationId: "getSecurity", summary: "Who may do what, and what was denied" },
  });
}

/** Who may do what, as the API shows it. */
export function securityOf(program: Program) {
  const { incomingAuth, authorization, denials, toolLock } = program.security();
  const { enabled, default_effect, policies } = authorization;
  const { type, issuer = null, audience = null } = incomingAuth;
  return {
    incoming_auth: { type, issuer, audience: audience && [...audience] },
    authorization: {
      ...{ enabled, default_effect },
      policies: policies.map(({ description = null, ...policy }) => ({ ...policy, description })),
    },
    denials: [...denials],
    tool_lock: { mode: toolLock.mode, pending: toolLock.pending },
  };
}
