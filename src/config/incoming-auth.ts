// What clients must show to be let in: the section's keys, and the rules between them that no schema can say.
import { type Static, Type } from "@sinclair/typebox";
import { oneOf, section, text } from "./fields.ts";
import type { Problem } from "./problem.ts";

const TYPES = ["anonymous", "local", "jwt", "oidc"] as const;

/** Never `none`: who signs nothing vouches for nothing. */
const SIGNED_BY_KEY = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;
const SIGNED_BY_SECRET = ["HS256", "HS384", "HS512"] as const;

const literals = [...SIGNED_BY_KEY, ...SIGNED_BY_SECRET].map((name) => Type.Literal(name));

const webAddress = (description: string) => Type.String({ pattern: "^https?://[^/\\s]", description });

export const IncomingAuth = section(
  {
    type: oneOf(TYPES, { default: "anonymous", description: "what clients of /mcp and /sse must show" }),
    token: Type.Optional(text("the bearer token that all clients share (local)")),
    issuer: Type.Optional(text("who issues tokens, exactly as they name it; where its metadata is (oidc)")),
    audience: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        single: true,
        description: "one of these tokens must be meant for (jwt, oidc)",
      }),
    ),
    jwks_uri: Type.Optional(webAddress("where the issuer's public keys are (jwt)")),
    secret: Type.Optional(text("what tokens are signed with by HMAC (jwt)")),
    algorithms: Type.Optional(
      Type.Array(Type.Union(literals), {
        minItems: 1,
        description: "how tokens may be signed: RS256 and ES256, or HS256 with a secret, unless said otherwise",
      }),
    ),
    roles_claim: Type.Optional(
      Type.String({ minLength: 1, description: "the claim that holds a client's roles, with dots for nested ones" }),
    ),
  },
  "who may connect as a client",
);

export type IncomingAuthConfig = Static<typeof IncomingAuth>;

type Key = Exclude<keyof IncomingAuthConfig, "type">;

const KEYS: Record<IncomingAuthConfig["type"], readonly Key[]> = {
  anonymous: [],
  local: ["token"],
  jwt: ["jwks_uri", "secret", "issuer", "audience", "algorithms", "roles_claim"],
  oidc: ["issuer", "audience", "algorithms", "roles_claim"],
};

type Add = (key: Key, message: string) => void;

/** Adds what is wrong with `incoming_auth`; `written` is the section as it was before defaults were filled in. */
export function checkIncomingAuth(auth: IncomingAuthConfig, written: unknown, problems: Problem[]): void {
  // What the schema has found already needs no second word.
  if (problems.some(({ path }) => path[0] === "incoming_auth")) return;
  const add: Add = (key, message) => problems.push({ path: ["incoming_auth", key], message });
  for (const key of Object.keys(auth) as (keyof IncomingAuthConfig)[])
    if (key !== "type" && !KEYS[auth.type].includes(key)) add(key, misplaced(key, auth.type));
  if (auth.type === "local") checkLocal(auth, add);
  if (auth.type === "jwt") checkJwt(auth, add);
  if (auth.type === "oidc") checkOidc(auth, written, add);
}

function misplaced(key: Key, type: IncomingAuthConfig["type"]): string {
  const fitting = TYPES.filter((other) => KEYS[other].includes(key));
  return `${key} means nothing with type ${type}; it goes with ${fitting.join(" or ")}`;
}

/** What may stand in an Authorization header (RFC 6750 §2.1): no client could show another one. */
const SHOWABLE = /^[\w.~+/-]+=*$/;

function checkLocal({ token }: IncomingAuthConfig, add: Add): void {
  if (!token) add("token", "local needs token, which all clients show as a bearer token");
  else if (!SHOWABLE.test(token))
    add(
      "token",
      "has characters that no bearer token may have; `argus-mcp secret keygen` makes one that clients can show",
    );
}

function checkJwt({ jwks_uri, secret, algorithms }: IncomingAuthConfig, add: Add): void {
  if (!jwks_uri && !secret) add("jwks_uri", "jwt needs jwks_uri (public keys), or secret (HMAC)");
  if (jwks_uri && secret)
    add("secret", "there is jwks_uri already; tokens are signed by keys or by a secret, not both");
  if (jwks_uri && !URL.canParse(jwks_uri)) add("jwks_uri", `${JSON.stringify(jwks_uri)} is not a URL`);
  if (secret) checkSecret(secret, algorithms, add);
  else checkKeyAlgorithms(algorithms, add);
}

/** A token tells whoever has it enough to try secrets at leisure (RFC 7518 §3.2). */
function checkSecret(secret: string, algorithms: IncomingAuthConfig["algorithms"] = ["HS256"], add: Add): void {
  for (const name of algorithms)
    if (!name.startsWith("HS")) add("algorithms", `${name} needs public keys (jwks_uri); a secret goes with HS256`);
  const needed = Math.max(...algorithms.map((name) => Number(name.slice(2)) / 8 || 0));
  if (Buffer.byteLength(secret) >= needed) return;
  add("secret", `must have at least ${needed} bytes, else it can be guessed; \`argus-mcp secret keygen\` makes one`);
}

/** Whoever has a public key could sign by HMAC with it (RFC 8725 §2.1). */
function checkKeyAlgorithms(algorithms: IncomingAuthConfig["algorithms"] = [], add: Add): void {
  for (const name of algorithms)
    if (name.startsWith("HS")) add("algorithms", `${name} needs a secret; public keys go with RS256 or ES256`);
}

function checkOidc({ issuer, audience, algorithms }: IncomingAuthConfig, written: unknown, add: Add): void {
  if (!issuer) add("issuer", "oidc needs issuer, the URL under which it describes itself");
  else if (!isIssuer(issuer)) add("issuer", `${JSON.stringify(issuer)} is not the URL of an issuer`);
  if (!audience && (written as { audience?: unknown } | null)?.audience !== null)
    add("audience", "oidc needs audience: who tokens must be meant for; null takes tokens for anybody");
  checkKeyAlgorithms(algorithms, add);
}

/** OpenID Connect Discovery 1.0 §3 allows neither query nor fragment. */
function isIssuer(text: string): boolean {
  return /^https?:\/\/[^/\s?#][^\s?#]*$/.test(text) && URL.canParse(text);
}
