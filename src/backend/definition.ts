// Makes backends' options from the configuration.
import type { BackendConfig } from "../config/backend-schema.ts";
import type { Config } from "../config/schema.ts";
import type { Era } from "../model.ts";
import type { ClientCredentialsAuth } from "./client-credentials.ts";
import { Credentials, type CredentialsOptions } from "./credentials.ts";
import type { BackendOptions } from "./status.ts";
import type { Transport, TransportMeans } from "./transport.ts";

/** The options of all backends, in configuration order. */
export function backendOptions({ backends }: Config): BackendOptions[] {
  return Object.entries(backends).map(([name, backend]) => ({
    name,
    type: backend.type,
    group: backend.group,
    sharing: backend.sharing,
    enabled: backend.enabled,
    timeouts: { init: backend.timeouts.init, capFetch: backend.timeouts.cap_fetch, call: backend.timeouts.call },
    exclusive: backend.type === "sse" && backend.command !== undefined,
    definition: backend,
    credentials: (options) => credentialsOf(backend, options),
    protocol: backend.type === "sse" ? "legacy" : backend.protocol,
    apart: backend.type === "streamable-http",
    transport: (means, era) => transportOf(backend, means, era),
  }));
}

/** Whether connections made from one definition will not do for the other: filters, names, groups and most time-outs do not matter to them. */
export function differ(before: BackendConfig, after: BackendConfig): boolean {
  return !Bun.deepEquals(connectionOf(before), connectionOf(after), true);
}

function connectionOf({ filters, tool_overrides, group, timeouts, ...connection }: BackendConfig) {
  return { ...connection, ...(connection.type === "sse" && { startup: timeouts.sse_startup }) };
}

/** Where tokens come from is loaded with the first one that is needed. */
function credentialsOf(backend: BackendConfig, options: CredentialsOptions): Credentials | undefined {
  if (backend.type === "stdio" || backend.auth?.type !== "oauth2") return undefined;
  const { auth, url, type } = backend;
  return new Credentials(options.clock, async () => {
    if (auth.flow === "client_credentials") {
      const { clientCredentials } = await import("./client-credentials.ts");
      return clientCredentials(auth as ClientCredentialsAuth);
    }
    const { AuthorizationCode } = await import("./authorization-code.ts");
    return new AuthorizationCode({ ...options, auth, url: new URL(url), method: type === "sse" ? "GET" : "POST" });
  });
}

/** Each transport is loaded with the first backend that needs it: node:http alone takes 2 ms of a start. */
async function transportOf(
  backend: BackendConfig,
  { output, credentials, traffic }: TransportMeans,
  era: Era,
): Promise<Transport> {
  const headers = backend.type === "stdio" ? {} : { ...backend.headers, ...backend.auth?.headers };
  if (backend.type === "streamable-http" && era === "modern") {
    const { ModernHttpTransport } = await import("./modern-http.ts");
    return new ModernHttpTransport({ url: new URL(backend.url), headers, credentials, traffic });
  }
  if (backend.type === "streamable-http") {
    const { HttpTransport } = await import("./http.ts");
    return new HttpTransport({ url: new URL(backend.url), headers, credentials, traffic });
  }
  const { command, args, env, cwd } = backend;
  const process = command === undefined ? undefined : { command, args, env, output, ...(cwd !== undefined && { cwd }) };
  if (backend.type === "stdio") {
    const { StdioTransport } = await import("./stdio.ts");
    return new StdioTransport(process as NonNullable<typeof process>, traffic);
  }
  const { SseTransport } = await import("./sse.ts");
  return new SseTransport({
    ...{ url: new URL(backend.url), headers, credentials, traffic },
    startup: backend.timeouts.sse_startup,
    ...(process && { process }),
  });
}
