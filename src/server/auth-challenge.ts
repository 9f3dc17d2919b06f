// How clients learn where to get a token: the challenge of a 401 (RFC 6750 §3), and the description that it names (RFC 9728).
import type { IncomingAuth } from "./auth.ts";
import type { Unauthenticated } from "./auth-token.ts";
import { PREPARED_JSON } from "./headers.ts";
import { refuse } from "./refusal.ts";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** The paths that clients connect to, and the server as a whole. */
const RESOURCE = /^(\/(mcp|sse)(\/[^/]+)?)?$/;

/** The value of WWW-Authenticate for a request that was refused. */
export function challengeFor(request: Request, { message, shown }: Unauthenticated, settings: IncomingAuth): string {
  const parameters = [
    ...(isDescribed(settings) ? [`resource_metadata="${originOf(request)}${WELL_KNOWN}${resourceOf(request)}"`] : []),
    ...(shown ? ['error="invalid_token"', `error_description="${message}"`] : []),
  ];
  return ["Bearer", parameters.join(", ")].join(" ").trim();
}

/** Describes the server, or the part of it that the path of the request names; 404 where no issuer has to be found. */
export function describeResource(request: Request, settings: IncomingAuth): Response {
  const path = new URL(request.url).pathname.slice(WELL_KNOWN.length);
  if (!isDescribed(settings) || !RESOURCE.test(path)) return refuse(404, "no such path; see / for what there is");
  const { issuer } = settings;
  const description = {
    resource: `${originOf(request)}${path}`,
    ...(issuer !== undefined && { authorization_servers: [issuer] }),
    bearer_methods_supported: ["header"],
    resource_name: "Argus MCP",
  };
  return Response.json(description, PREPARED_JSON);
}

function isDescribed({ type }: IncomingAuth): boolean {
  return type === "jwt" || type === "oidc";
}

/** What a client of the older transport connects to is the stream, wherever it sends its messages. */
function resourceOf(request: Request): string {
  const { pathname } = new URL(request.url);
  return pathname === "/messages" ? "/sse" : pathname;
}

/** The origin as the client sees it: what ends TLS in front of this server says so. */
function originOf(request: Request): string {
  const { protocol, host } = new URL(request.url);
  const forwarded = /^(https?)\s*(,|$)/i.exec(request.headers.get("x-forwarded-proto") ?? "")?.[1];
  return `${forwarded?.toLowerCase() ?? protocol.slice(0, -1)}://${host}`;
}
