// Who may speak to the gateway at all: protects it against web pages, which reach local servers by DNS rebinding and blind requests.

export interface GuardRules {
  /** The address the server is bound to. */
  host: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Says why a request may not pass, if it may not. */
export type Guard = (request: Request) => string | undefined;

/** Gives a function that finds requests whose Host or Origin is not allowed, or that a page of another site sends without one. */
export function guardOf({ host, allowedHosts, allowedOrigins }: GuardRules): Guard {
  const hosts = new Set([...LOOPBACK, host, ...allowedHosts].map(nameOf));
  const origins = new Set(allowedOrigins.map(normalOf));
  const any = origins.has("*");
  const hostAdmitted = (name: string) => hosts.has(name) || isIpLiteral(name);
  return ({ headers }) => {
    const address = headers.get("host") ?? "";
    if (!hostAdmitted(nameOf(address))) {
      return `Host ${JSON.stringify(nameOf(address))} is not allowed; add it to server.allowed_hosts if it is this server's`;
    }
    if (any) return undefined;
    const origin = headers.get("origin");
    if (origin === null) return isBlind(headers) ? BLIND : undefined;
    if (origins.has(origin.toLowerCase()) || isLoopback(origin) || isOwn(origin, address)) return undefined;
    return `Origin ${JSON.stringify(origin)} is not allowed; add it to server.allowed_origins if you trust it`;
  };
}

const BLIND =
  "a web page of another site asks without an Origin; add its origin to server.allowed_origins and use CORS";

/** The name in a Host header, as DNS compares it: without port, in lower case, without the dot of the root (RFC 1034 §3.1). */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/(?<=[^.])\.$/, "");
}

/** An origin as browsers write it: without its scheme's own port, in lower case (RFC 6454 §6.2). */
function normalOf(origin: string): string {
  const url = URL.parse(origin);
  return url && url.origin !== "null" ? url.origin : origin.toLowerCase().replace(/\/$/, "");
}

/** A page that this machine serves; what is more than an origin, with a user or a path, is none. */
function isLoopback(origin: string): boolean {
  const url = URL.parse(origin);
  if (url === null || url.href !== `${url.origin}/`) return false;
  return ["http:", "https:"].includes(url.protocol) && LOOPBACK.includes(url.hostname);
}

/** A page that this server has served itself; the Host is known to be right. */
function isOwn(origin: string, host: string): boolean {
  return ["http://", "https://"].some((scheme) => origin.toLowerCase() === scheme + host.toLowerCase());
}

/**
 * Images, frames and requests in mode no-cors carry no Origin, though browsers say where they come from (Fetch Metadata).
 * A link that somebody follows may lead here.
 */
function isBlind(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== "cross-site" && site !== "same-site") return false;
  return headers.get("sec-fetch-mode") !== "navigate" || headers.get("sec-fetch-dest") !== "document";
}

/** An address cannot be rebound to another one, so it needs no permission. */
function isIpLiteral(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || /^\[[0-9a-f:.]+\]$/.test(host);
}
