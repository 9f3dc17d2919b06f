// Opens MCP sessions over a wire, and says what a reply holds.
import type { Reply } from "./response.ts";
import { post, type Wire } from "./wire.ts";

const protocolVersion = "2025-11-25";
export const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion, capabilities: {}, clientInfo: { name: "bench", version: "1.0.0" } },
});
export const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** Does the handshake; gives the header lines that each further request of the session carries, `carried` among them. */
export async function openSession(url: URL, wire: Wire, carried = ""): Promise<string> {
  const reply = await wire.send(post(url, carried, initialize));
  if (reply.status !== 200) throw new Error(`initialize was answered with ${reply.status}: ${reply.body}`);
  const id = /^mcp-session-id: *(\S+)/im.exec(reply.headers)?.[1];
  const headers = `${carried}MCP-Protocol-Version: ${protocolVersion}\r\n${id ? `Mcp-Session-Id: ${id}\r\n` : ""}`;
  const accepted = await wire.send(post(url, headers, initialized));
  if (accepted.status !== 202) throw new Error(`initialized was answered with ${accepted.status}: ${accepted.body}`);
  return headers;
}

/** What requests of the modern era have in place of a session: a text for their parameters, and header lines for a call of this tool. */
export const modernMeta = `"_meta":${JSON.stringify({
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
})},`;
export const modernHeaders = (tool: string) =>
  `MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: ${tool}\r\n`;

/** The message in a reply's text, which is JSON or an event stream. */
export function message(text: string): { id?: unknown; result?: Record<string, unknown> } {
  return JSON.parse(text.startsWith("{") ? text : (/^data: ?(\{.*)$/m.exec(text)?.[1] ?? "{}"));
}

/** The error for a reply that is not what was asked for. */
export function unexpected(reply: Reply): Error {
  return new Error(
    `unexpected answer: ${reply.status} ${reply.body.toString("latin1", 0, Math.min(reply.body.length, 500))}`,
  );
}
