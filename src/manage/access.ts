// Who may use the management API: whoever has the token, or this machine alone where there is none.
import { createHash, timingSafeEqual } from "node:crypto";

export interface Credentials {
  /** The Authorization header. */
  authorization: string | null;
  /** The address that the request came from. */
  peer: string | undefined;
}

/** Says why a request may not pass, if it may not. */
export function refusal(token: string | undefined, { authorization, peer }: Credentials): string | undefined {
  if (token !== undefined) {
    const given = bearerOf(authorization);
    if (given === undefined) return "a bearer token is required";
    return equal(given, token) ? undefined : "the bearer token is wrong";
  }
  if (isLoopback(peer)) return undefined;
  return "no token is configured, so only this machine is served; set ARGUS_MGMT_TOKEN or server.management.token";
}

/** The token that a request shows. */
export function bearerOf(authorization: string | null): string | undefined {
  return /^bearer +(.+)$/i.exec(authorization ?? "")?.[1];
}

/** Takes the same time wherever two texts differ. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function isLoopback(address = ""): boolean {
  return address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address);
}
