// Makes backends' options from the configuration.
import type { BackendConfig, Config } from "../config/schema.ts";
import type { BackendOptions } from "./status.ts";
import type { Transport } from "./transport.ts";

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
    transport: (output) => transportOf(backend, output),
  }));
}

/** Whether connections made from one definition will not do for the other: filters, names, groups and most time-outs do not matter to them. */
export function differ(before: BackendConfig, after: BackendConfig): boolean {
  return !Bun.deepEquals(connectionOf(before), connectionOf(after), true);
}

function connectionOf({ filters, tool_overrides, group, timeouts, ...connection }: BackendConfig) {
  return { ...connection, ...(connection.type === "sse" && { startup: timeouts.sse_startup }) };
}

/** Each transport is loaded with the first backend that needs it: node:http alone takes 2 ms of a start. */
async function transportOf(backend: BackendConfig, output: (line: string) => void): Promise<Transport> {
  if (backend.type === "streamable-http") {
    const { HttpTransport } = await import("./http.ts");
    return new HttpTransport(new URL(backend.url), backend.headers);
  }
  const { command, args, env, cwd } = backend;
  const process = command === undefined ? undefined : { command, args, env, output, ...(cwd !== undefined && { cwd }) };
  if (backend.type === "stdio") {
    const { StdioTransport } = await import("./stdio.ts");
    return new StdioTransport(process as NonNullable<typeof process>);
  }
  const { SseTransport } = await import("./sse.ts");
  return new SseTransport({
    url: new URL(backend.url),
    headers: backend.headers,
    startup: backend.timeouts.sse_startup,
    ...(process && { process }),
  });
}
