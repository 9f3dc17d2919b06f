// Verifies JSON Web Tokens (RFC 7519, with the advice of RFC 8725), and says in fixed words what is wrong with one.
import type { JWTPayload } from "jose";
import { type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose/jwt/verify";
import type { Identity } from "../model.ts";
import type { AuthOptions, Fetch, IncomingAuth } from "./auth.ts";
import { subjectOf } from "./auth-claims.ts";
import { findKeys, loadKeys } from "./auth-issuer.ts";
import { KeySet } from "./auth-keys.ts";
import { Unauthenticated } from "./auth-token.ts";

/** Gives who a token speaks for. Throws Unauthenticated, and GatewayError `unavailable` without keys. */
export type Verify = (token: string) => Promise<Identity>;

export interface VerifierOptions extends Pick<AuthOptions, "fetchFor" | "emit" | "now"> {
  /** The issuer has other keys now. */
  keysChanged(): void;
}

/** How far clocks may differ, in seconds. */
const LEEWAY = 60;

export function createVerifier(settings: IncomingAuth, options: VerifierOptions): Verify {
  const key = keysOf(settings, options);
  const { issuer, audience, secret, algorithms = secret === undefined ? ["RS256", "ES256"] : ["HS256"] } = settings;
  const rules: JWTVerifyOptions = {
    algorithms,
    clockTolerance: LEEWAY,
    requiredClaims: ["exp", "sub"],
    ...(issuer !== undefined && { issuer }),
    ...(audience && { audience }),
  };
  return async (token) => {
    const now = options.now();
    const { payload } = await jwtVerify(token, key, { ...rules, currentDate: new Date(now) }).catch((error) => {
      throw refusalOf(error);
    });
    return identityOf(payload, settings.roles_claim, now);
  };
}

function identityOf(claims: JWTPayload, rolesClaim: string | undefined, now: number): Identity {
  const { exp = 0, iat = 0 } = claims;
  if (iat * 1_000 > now + LEEWAY * 1_000) throw new Unauthenticated("the token was issued in the future (iat)");
  return { ...subjectOf(claims, rolesClaim), expires: (exp + LEEWAY) * 1_000 };
}

function keysOf({ secret, jwks_uri, issuer = "" }: IncomingAuth, options: VerifierOptions): JWTVerifyGetKey {
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret);
    return async () => key;
  }
  let fetch: Promise<Fetch> | undefined;
  const keys = new KeySet({
    ...options,
    load: async () => {
      fetch ??= options.fetchFor([new URL(jwks_uri ?? issuer)]);
      const get = await fetch;
      return await loadKeys(jwks_uri ?? (await findKeys(issuer, get)), get);
    },
  });
  return keys.find;
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "the token has expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "the token is signed in a way that is not allowed (alg)",
  ERR_JWKS_NO_MATCHING_KEY: "the token is signed with an unknown key (kid)",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "the token does not say which of several keys has signed it (kid)",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the signature of the token is wrong",
  ERR_JWS_INVALID: "the token is no signed JSON Web Token",
  ERR_JWT_INVALID: "the token is no signed JSON Web Token",
};

const CLAIMS: Readonly<Record<string, string>> = {
  aud: "the token is not meant for this server (aud)",
  iss: "the token is from another issuer (iss)",
  nbf: "the token is not valid yet (nbf)",
  exp: "the token does not say when it expires (exp)",
  sub: "the token does not say whom it stands for (sub)",
};

/** What was thrown because of a token, which is any but the gateway's own, fails closed. */
function refusalOf(error: unknown): unknown {
  const { name, code, claim } = error as { name?: string; code?: string; claim?: string };
  if (name === "GatewayError") return error;
  const reason = code === "ERR_JWT_CLAIM_VALIDATION_FAILED" ? CLAIMS[claim ?? ""] : REASONS[code ?? ""];
  return new Unauthenticated(reason ?? "the token cannot be verified");
}
