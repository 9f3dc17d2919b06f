// Who may speak to the gateway at all: protects it against web pages, which reach local servers by DNS rebinding.

export interface GuardRules {
  /** The address the server is bound to. */
  host: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Says why a request may not pass, if it may not. */
export type Guard = (request: Request) => string | undefined;

/** Gives a function that finds requests whose Host or Origin is not allowed. */
export function guardOf({ host, allowedHosts, allowedOrigins }: GuardRules): Guard {
  const hosts = new Set([...LOOPBACK, host, ...allowedHosts].map((name) => name.toLowerCase()));
  const origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  const hostAdmitted = (name: string) => hosts.has(name) || isIpLiteral(name);
  const originAdmitted = (origin: string) =>
    origins.has("*") || origins.has(origin) || LOOPBACK.includes(hostOf(origin));
  return ({ headers }) => {
    const name = hostnameOf(headers.get("host") ?? "");
    if (!hostAdmitted(name)) {
      return `Host ${JSON.stringify(name)} is not allowed; add it to server.allowed_hosts if it is this server's`;
    }
    const origin = headers.get("origin")?.toLowerCase();
    if (origin === undefined || originAdmitted(origin)) return undefined;
    return `Origin ${JSON.stringify(origin)} is not allowed; add it to server.allowed_origins if you trust it`;
  };
}

function hostnameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : "";
}

/** An address cannot be rebound to another one, so it needs no permission. */
function isIpLiteral(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || /^\[[0-9a-f:.]+\]$/.test(host);
}
