// Whom a token stands for, and in which roles, by its claims.
import type { Identity, JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { Unauthenticated } from "./auth-token.ts";

/** Gives the subject with its roles; `rolesClaim` names another claim than the usual ones. Throws Unauthenticated without a subject. */
export function subjectOf(claims: JsonObject, rolesClaim?: string): Identity {
  const { sub, iss } = claims;
  if (typeof sub !== "string" || sub === "")
    throw new Unauthenticated("the token does not say whom it stands for (sub)");
  return { subject: sub, issuer: typeof iss === "string" ? iss : null, roles: rolesOf(claims, rolesClaim) };
}

/** The roles of the claim that was named, whether it is there or not; else those of the first of the usual ones that is. */
function rolesOf(claims: JsonObject, named: string | undefined): string[] {
  if (named !== undefined) return texts(claimAt(claims, named));
  const found = claims.roles ?? claimAt(claims, "realm_access.roles");
  if (found !== undefined) return texts(found);
  const { scope } = claims;
  const words = typeof scope === "string" ? scope.split(" ") : [];
  return words.filter((word) => word !== "").map((word) => `scope:${word}`);
}

/** The claim of this very name, which may be a URL, else the one that a path with dots leads to. */
function claimAt(claims: JsonObject, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split(".")
    .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), claims);
}

/** One text is one role: taken apart, "guest of admin" would be an admin. */
function texts(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === "string");
}
