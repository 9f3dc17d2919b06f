// What secrets may be called, and which environment variables stand for them.
import { GatewayError } from "../errors.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** The gateway's own: what OAuth has granted it for a backend, by a hash of the issuer. */
const GRANT = /^oauth\.[A-Za-z0-9][A-Za-z0-9_.-]*\.[0-9a-f]{32}$/;

/** Why a secret cannot have this name, if it cannot. */
export function problemOfName(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  const rule = "it has letters, digits, _ . and -, and begins with a letter or digit";
  return `${JSON.stringify(name)} is no name for a secret: ${rule}`;
}

/** Whether this is for the gateway alone, and for no command that somebody runs with secrets. */
export function isGrant(name: string): boolean {
  return GRANT.test(name);
}

/** Throws GatewayError `config` when a secret cannot have this name. */
export function mustBeName(name: string): void {
  const problem = problemOfName(name);
  if (problem) throw new GatewayError("config", problem);
}

/** `my-api-key` → `MY_API_KEY`. */
export function variableOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
