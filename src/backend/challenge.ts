// What a server says about the credentials that it wants, in the WWW-Authenticate header (RFC 6750 §3, RFC 9728 §5.1).
import type { IncomingMessage } from "node:http";

export interface Challenge {
  error: string | undefined;
  scopes: readonly string[];
  /** The address of the document that describes the protected resource. */
  resourceMetadata: string | undefined;
}

export function challengeOf({ headers }: IncomingMessage): Challenge {
  const header = headers["www-authenticate"] ?? "";
  const parameter = (name: string) => {
    const [, quoted, bare] = new RegExp(`[\\s,]${name}\\s*=\\s*(?:"([^"]*)"|([^\\s",]+))`, "i").exec(header) ?? [];
    return quoted ?? bare;
  };
  return {
    error: parameter("error"),
    scopes: wordsOf(parameter("scope")),
    resourceMetadata: parameter("resource_metadata"),
  };
}

/** Scopes as the words that they are (RFC 6749 §3.3). */
export function wordsOf(scope: string | undefined): string[] {
  return scope?.split(" ").filter(Boolean) ?? [];
}
