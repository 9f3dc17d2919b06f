// What secrets may be called, and which environment variables stand for them.
import { GatewayError } from "../errors.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** Throws GatewayError `config` when a secret cannot have this name. */
export function mustBeName(name: string): void {
  if (isSecretName(name)) return;
  const rule = "it has letters, digits, _ . and -, and begins with a letter or digit";
  throw new GatewayError("config", `${JSON.stringify(name)} is no name for a secret: ${rule}`);
}

/** `my-api-key` → `MY_API_KEY`. */
export function variableOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
