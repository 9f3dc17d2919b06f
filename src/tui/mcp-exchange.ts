// One POST to an MCP endpoint, and the messages that come back on it (MCP 2025-11-25, Streamable HTTP).
import { createParser } from "eventsource-parser";
import type { Body } from "../model.ts";
import type { Fetch } from "./api.ts";
import { Failure, failureOf } from "./failure.ts";

export interface Exchange {
  url: URL;
  headers: Readonly<Record<string, string>>;
  message: Body;
  signal?: AbortSignal | undefined;
  /** How long all of it may take; without a limit unless given. */
  seconds?: number | undefined;
  /** Takes each message that comes back. */
  received?(message: Body): void;
  fetch: Fetch;
}

/** The session is none that the server knows: the message was not taken. */
export class Forgotten extends Error {}

/** The largest message, in characters. */
const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** Sends a message; resolves with the headers of the answer when all that belongs to it has come. Throws Failure, and Forgotten. */
export async function exchange({ url, headers, message, fetch, ...options }: Exchange): Promise<Headers> {
  const { signal, seconds, received } = options;
  const signals = [signal ?? [], seconds === undefined ? [] : AbortSignal.timeout(seconds * 1_000)].flat();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
      // A token must not follow a redirect to wherever that leads.
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    if (!response.ok) throw await refusal(response, url, headers);
    await read(response, received ?? (() => undefined));
    return response.headers;
  } catch (error) {
    throw error instanceof Forgotten ? error : failureOf(error, url, seconds ?? 0);
  }
}

async function read(response: Response, received: (message: Body) => void): Promise<void> {
  const take = (text: string) => received(JSON.parse(text) as Body);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const text = await response.text();
    if (text !== "") take(text);
    return;
  }
  const onEvent = ({ data }: { data: string }) => {
    if (data !== "") take(data);
  };
  const parser = createParser({ maxBufferSize: MESSAGE_LIMIT, onEvent });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
}

async function refusal(response: Response, { host }: URL, headers: Exchange["headers"]): Promise<Error> {
  const { status } = response;
  const text = await response.text();
  // MCP, Session Management: 404 says that the session has ended.
  if (status === 404 && headers["mcp-session-id"] !== undefined) return new Forgotten();
  if (status === 401) {
    const what = headers.authorization === undefined ? "wants a token of its clients" : "does not accept this token";
    return new Failure("refused", `${host} ${what}`);
  }
  return new Failure("failed", `${host} answers with HTTP ${status}: ${text.slice(0, 300)}`);
}
