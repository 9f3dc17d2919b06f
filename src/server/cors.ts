// CORS: lets pages of allowed origins, which the guard has let in, send what MCP clients send and read every answer, errors too.

/** What clients of any transport and of the management API send. */
const METHODS = "GET, POST, DELETE";

/** The headers of MCP's transports, and those that a page needs a permission for to send them. */
const ADMITTED = new Set([
  ...["accept", "authorization", "content-type", "last-event-id"],
  ...["mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id"],
]);

/** Headers for the parameters of tools (MCP 2026-07-28, Transports). */
const ADMITTED_PREFIX = "mcp-param-";

const EXPOSED = "mcp-session-id, mcp-protocol-version, www-authenticate, retry-after, allow";

/** Seconds for which a browser need not ask again; none keeps an answer for longer. */
const MAX_AGE = "7200";

/** Answers a request that comes from a page of an allowed origin. */
export async function answerPage(
  request: Request,
  origin: string,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  if (isPreflight(request)) return new Response(null, { status: 204, headers: permissions(request.headers, origin) });
  const response = await answer();
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", EXPOSED);
  response.headers.append("vary", "Origin");
  return response;
}

/** A browser asks before it sends what a form could not (Fetch, CORS-preflight fetch). */
function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

function permissions(asked: Headers, origin: string): Record<string, string> {
  const names = (asked.get("access-control-request-headers") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const admitted = names.filter((name) => ADMITTED.has(name) || /^[\w-]+$/.test(afterPrefix(name)));
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": METHODS,
    ...(admitted.length > 0 && { "access-control-allow-headers": admitted.join(", ") }),
    "access-control-max-age": MAX_AGE,
    // A public page asks for a private address (Private Network Access).
    ...(asked.get("access-control-request-private-network") === "true" && {
      "access-control-allow-private-network": "true",
    }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
  };
}

/** What follows the prefix; nothing where it is missing. */
function afterPrefix(name: string): string {
  return name.startsWith(ADMITTED_PREFIX) ? name.slice(ADMITTED_PREFIX.length) : "";
}
