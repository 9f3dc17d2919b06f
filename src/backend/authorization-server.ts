// The authorization server of a protected MCP server: how it is found (RFC 9728, RFC 8414), and how the gateway registers there (RFC 7591).
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import * as oauth from "oauth4webapi";
import { GatewayError } from "../errors.ts";
import { type Challenge, challengeOf } from "./challenge.ts";
import type { GuardedFetch } from "./guarded-fetch.ts";
import { HttpClient } from "./request.ts";
import { refusalOf, throughGuard } from "./token-request.ts";

export interface AuthorizationServer {
  metadata: oauth.AuthorizationServer;
  /** What tokens are asked for (RFC 8707). */
  resource: string;
  /** The scopes that the MCP server asks for. */
  scopes: readonly string[];
}

export interface DiscoveryOptions {
  /** The MCP server. */
  url: URL;
  /** How it is asked for its challenge. */
  method: "GET" | "POST";
  fetch: GuardedFetch;
}

/** What a protected resource says of itself (RFC 9728 §2). */
const Resource = Type.Object({
  resource: Type.String(),
  authorization_servers: Type.Optional(Type.Array(Type.String())),
  scopes_supported: Type.Optional(Type.Array(Type.String())),
});

/** The one request that does nothing and tells nothing: it is sent without a token, to be refused. */
const PING = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "ping" });

/** How long the MCP server may take to refuse, in milliseconds. */
const PATIENCE = 10_000;

/** Finds the server that guards this one (MCP Authorization, Authorization Server Discovery). Throws GatewayError. */
export async function discover({ url, method, fetch }: DiscoveryOptions): Promise<AuthorizationServer> {
  const challenge = await provoke(url, method);
  const resource = await findResource(url, challenge, fetch);
  const [server = url.origin] = resource.authorization_servers ?? [];
  if (!URL.canParse(server)) throw new GatewayError("unauthorized", "names no authorization server that is a URL");
  const issuer = new URL(server);
  const metadata = await findMetadata(issuer, fetch);
  if (!metadata.code_challenge_methods_supported?.includes("S256")) {
    throw new GatewayError("unauthorized", `${issuer.href} does not say that it supports PKCE with S256`);
  }
  const scopes = challenge.scopes.length > 0 ? challenge.scopes : (resource.scopes_supported ?? []);
  return { metadata, resource: resource.resource, scopes };
}

/** Registers the gateway as a public client on this machine. Throws GatewayError. */
export async function register(
  { metadata }: AuthorizationServer,
  redirectUri: string,
  fetch: GuardedFetch,
): Promise<oauth.Client> {
  if (!metadata.registration_endpoint) {
    throw new GatewayError(
      "unauthorized",
      `${metadata.issuer} registers no clients by itself: register one with the redirect URI http://127.0.0.1:{port}/callback, and set auth.client_id and auth.redirect_port`,
    );
  }
  const client = {
    client_name: "Argus MCP",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    application_type: "native",
  };
  try {
    const response = await oauth.dynamicClientRegistrationRequest(metadata, client, throughGuard(fetch));
    const { client_id, client_secret } = await oauth.processDynamicClientRegistrationResponse(response);
    return { client_id, ...(client_secret !== undefined && { client_secret }) };
  } catch (error) {
    throw refusalOf(error);
  }
}

async function provoke(url: URL, method: "GET" | "POST"): Promise<Challenge> {
  const http = new HttpClient({ keepAlive: false });
  const accept = "application/json, text/event-stream";
  const post = { headers: { accept, "content-type": "application/json" }, body: PING };
  const request = method === "POST" ? post : { headers: { accept } };
  const response = await http.send(url, { method, ...request, signal: AbortSignal.timeout(PATIENCE) });
  response.destroy();
  return challengeOf(response);
}

/** The description of the resource, at the address that the challenge names, else at the well-known ones; without any, the server describes itself. */
async function findResource(url: URL, challenge: Challenge, fetch: GuardedFetch): Promise<Static<typeof Resource>> {
  const addresses = challenge.resourceMetadata
    ? [challenge.resourceMetadata]
    : [...new Set([url.pathname, ""])].map((path) => wellKnown(url, `oauth-protected-resource${trim(path)}`));
  const found = await firstOf(addresses, fetch);
  if (!found) return { resource: new URL(url.pathname, url).href };
  const resource: unknown = await found.json().catch(() => undefined);
  if (!Value.Check(Resource, resource) || !covers(resource.resource, url)) {
    throw new GatewayError("unauthorized", `describes itself as another resource than ${url.href} (RFC 9728)`);
  }
  return resource;
}

/** Where the metadata may be, in the order of the specification. The issuer in it must be the one that was looked for. */
async function findMetadata(issuer: URL, fetch: GuardedFetch): Promise<oauth.AuthorizationServer> {
  const path = trim(issuer.pathname);
  const addresses = [
    wellKnown(issuer, `oauth-authorization-server${path}`),
    wellKnown(issuer, `openid-configuration${path}`),
    new URL(`${path}/.well-known/openid-configuration`, issuer).href,
  ];
  const found = await firstOf([...new Set(addresses)], fetch);
  if (!found) throw new GatewayError("unauthorized", `${issuer.href} does not describe itself (RFC 8414)`);
  try {
    return await oauth.processDiscoveryResponse(issuer, found);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The first document that is there. */
async function firstOf(addresses: readonly string[], fetch: GuardedFetch): Promise<Response | undefined> {
  for (const address of addresses) {
    const response = await fetch(address, { headers: { accept: "application/json" } });
    if (response.ok) return response;
    // Not "there is none", but "not now".
    if (response.status >= 500) throw new GatewayError("unavailable", `${address} answered HTTP ${response.status}`);
  }
  return undefined;
}

function wellKnown(url: URL, path: string): string {
  return new URL(`/.well-known/${path}`, url).href;
}

function trim(path: string): string {
  return path.replace(/\/$/, "");
}

/** Whether tokens for this resource are meant for the server at `url`: it is the server, or a part of its site that holds it. */
function covers(resource: string, url: URL): boolean {
  if (!URL.canParse(resource)) return false;
  const { origin, pathname } = new URL(resource);
  return origin === url.origin && `${trim(url.pathname)}/`.startsWith(`${trim(pathname)}/`);
}
