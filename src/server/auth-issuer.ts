// Where an issuer keeps its public keys, and what they are (OpenID Connect Discovery 1.0, RFC 8414, RFC 7517).
import type { JSONWebKeySet } from "jose";
import { GatewayError } from "../errors.ts";
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import type { Fetch } from "./auth.ts";

/** More than any issuer has. */
const MOST_KEYS = 100;

const PUBLIC = ["RSA", "EC", "OKP"];

/** Finds the address of an issuer's keys. Throws GatewayError. */
export async function findKeys(issuer: string, fetch: Fetch): Promise<string> {
  for (const address of wellKnown(issuer)) {
    const document = await get(address, fetch);
    if (!document) continue;
    // Who could describe itself as another could have its own keys taken for the other's (RFC 8414 §3.3).
    if (document.issuer !== issuer)
      throw problem(
        `${address} is of the issuer ${JSON.stringify(document.issuer)}; incoming_auth.issuer must be just that`,
      );
    if (typeof document.jwks_uri !== "string" || !URL.canParse(document.jwks_uri))
      throw problem(`${address} does not say where the keys are (jwks_uri)`);
    return document.jwks_uri;
  }
  throw problem(`${issuer} does not describe itself: nothing at ${wellKnown(issuer).join(" or ")}`);
}

/** Fetches keys; what is no public key is left out. Throws GatewayError where none is left. */
export async function loadKeys(address: string, fetch: Fetch): Promise<JSONWebKeySet> {
  const document = await get(address, fetch);
  if (!document) throw problem(`nothing is at ${address}`);
  const listed = Array.isArray(document.keys) ? document.keys.slice(0, MOST_KEYS) : [];
  const keys = listed.filter((key) => isObject(key) && PUBLIC.includes(String(key.kty)) && key.d === undefined);
  if (keys.length === 0) throw problem(`${address} has no public keys`);
  return { keys };
}

/** All places where an issuer may describe itself, the usual one first. */
function wellKnown(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const all = [
    `${path}/.well-known/openid-configuration`,
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
  ];
  return [...new Set(all)].map((place) => `${origin}${place}`);
}

/** The object at an address; nothing where there is none. */
async function get(address: string, fetch: Fetch): Promise<JsonObject | undefined> {
  const response = await fetch(address);
  if (response.status >= 500) throw problem(`${address} answered HTTP ${response.status}`);
  if (!response.ok) return undefined;
  const document: unknown = await response.json().catch(() => undefined);
  if (!isObject(document)) throw problem(`${address} holds no JSON object`);
  return document;
}

function problem(message: string): GatewayError {
  return new GatewayError("unavailable", message);
}
