// The URL by which clients on this machine reach a server's MCP endpoint.
import type { Snapshot } from "./state.ts";

/**
 * What the server says of itself, or, where it only knows that it is on its own machine, the address by which the UI has
 * reached it: that is known to lead there, also through a tunnel or a proxy. `group` narrows it to the backends of one group.
 */
export function endpointOf(server: string, transport: Snapshot["status"]["transport"], group: string | null): string {
  const own = new URL(transport.streamable_http_url);
  const base = isLocal(own) ? `${server}/mcp` : own.href;
  return group === null ? base : `${base}/${encodeURIComponent(group)}`;
}

function isLocal({ hostname }: URL): boolean {
  return /^(localhost|127\.[\d.]+|\[::1?\]|0\.0\.0\.0)$/.test(hostname);
}
