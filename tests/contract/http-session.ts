// A session of Streamable HTTP spoken by hand, for tests of what goes over the wire.
import type { EventSourceMessage } from "eventsource-parser";
import type { Json } from "../fixtures/clients.ts";
import { events } from "../fixtures/raw-client.ts";

export const versions = ["2025-03-26", "2025-06-18", "2025-11-25"] as const;
export type Version = (typeof versions)[number];

export interface Options {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface HttpSession {
  id: string;
  /** Sends a message, or text that is none. */
  post(body: unknown, options?: Options): Promise<Response>;
  get(options?: Options): Promise<Response>;
  end(): Promise<Response>;
}

const accept = "application/json, text/event-stream";

export function post(url: string, body: unknown, { headers, signal }: Options = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { accept, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal,
  });
}

export const request = (id: number, method: string, params: Json = {}) => ({ jsonrpc: "2.0", id, method, params });

export const initialize = (protocolVersion: string) =>
  request(1, "initialize", { protocolVersion, capabilities: {}, clientInfo: { name: "by-hand", version: "1.0.0" } });

export async function openSession(url: string, version: Version): Promise<HttpSession> {
  const response = await post(url, initialize(version));
  await response.text();
  const id = response.headers.get("mcp-session-id") ?? "";
  const own = { "mcp-session-id": id, "mcp-protocol-version": version };
  const session: HttpSession = {
    id,
    post: (body, { headers, signal } = {}) => post(url, body, { headers: { ...own, ...headers }, signal }),
    get: ({ headers, signal } = {}) =>
      fetch(url, { headers: { accept: "text/event-stream", ...own, ...headers }, signal }),
    end: () => fetch(url, { method: "DELETE", headers: own }),
  };
  await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
  return session;
}

/** The messages of a response, whether it is JSON or a stream. */
export async function messagesOf(response: Response): Promise<Json[]> {
  if (response.headers.get("content-type")?.includes("json")) {
    const body = (await response.json()) as Json | Json[];
    return Array.isArray(body) ? body : [body];
  }
  const found: Json[] = [];
  for await (const { data } of events(response)) if (data) found.push(JSON.parse(data));
  return found;
}

/** Reads the events of a stream up to the first that matches. */
export async function eventsUntil(
  response: Response,
  matches: (message: Json) => boolean,
): Promise<EventSourceMessage[]> {
  const seen: EventSourceMessage[] = [];
  for await (const event of events(response)) {
    seen.push(event);
    if (event.data && matches(JSON.parse(event.data))) return seen;
  }
  throw new Error(`The stream ended after ${JSON.stringify(seen)}`);
}
