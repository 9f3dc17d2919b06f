// Bearer tokens in requests (RFC 6750), and the check of one that all clients share.
import type { Identity } from "../model.ts";
import type { Method } from "./auth.ts";

/** A request without a token, or with a wrong one. The message goes into a header: printable ASCII without quotes (RFC 6750 §3). */
export class Unauthenticated extends Error {
  constructor(
    message: string,
    /** Whether a token was sent. */
    readonly shown = true,
  ) {
    super(message);
  }
}

/** Longer than any token that makes sense, in characters. */
const LONGEST = 16 * 1024;

const BEARER = /^bearer +([\w.~+/-]+=*) *$/i;

/** The token of an Authorization header; those in other places are not looked at. Throws Unauthenticated. */
export function tokenIn(authorization: string | null): string {
  const [scheme = ""] = (authorization ?? "").split(" ", 1);
  if (authorization === null || scheme.toLowerCase() !== "bearer")
    throw new Unauthenticated("a bearer token is required", false);
  if (authorization.length > LONGEST) throw new Unauthenticated(`the token has over ${LONGEST} characters`);
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new Unauthenticated("the Authorization header is malformed");
  return token;
}

/** Everybody who has the token is the same client. */
const LOCAL: Identity = { subject: "local", issuer: null, roles: [] };

/** Checks a token that all clients share, in the same time wherever two tokens differ. */
export function sharedToken(token: string): Method {
  const expected = digestOf(token);
  return {
    identify(given) {
      if (!crypto.timingSafeEqual(digestOf(given), expected)) throw new Unauthenticated("the token is wrong");
      return LOCAL;
    },
  };
}

function digestOf(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
