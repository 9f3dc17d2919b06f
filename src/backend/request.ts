// One HTTP request to a backend. Not `fetch`: Bun's allows 256 requests at a time in the whole process, and every open stream is one.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { createParser, type ParserCallbacks } from "eventsource-parser";
import { describe, GatewayError } from "../errors.ts";
import { challengeOf } from "./challenge.ts";
import { type Credentials, MissingCredentials } from "./credentials.ts";
import { MESSAGE_LIMIT, type Traffic } from "./transport.ts";

export interface HttpRequest {
  method: "GET" | "POST" | "DELETE";
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** What authorizes it; without a token it is not sent. */
  credentials?: Credentials | undefined;
  /** Receives what is sent, and again what is sent in its place. */
  begun?(outgoing: Outgoing): void;
}

/** What is under way; to destroy it ends its response as well. */
export type Outgoing = Pick<http.ClientRequest, "destroy">;

export interface HttpClientOptions {
  /** Whether connections are kept open between requests. */
  keepAlive?: boolean;
  /** How many redirects are followed; some servers answer /mcp with 307 to /mcp/. */
  redirects?: number;
  /** Finds the addresses of a host. */
  lookup?: LookupFunction;
  /** Where the bytes that are sent are counted. */
  traffic?: Traffic;
}

/** Sends requests to one server. */
export class HttpClient {
  readonly #agents: { "http:": http.Agent; "https:": https.Agent };
  readonly #options: HttpClientOptions;

  constructor({ keepAlive = true, ...options }: HttpClientOptions = {}) {
    this.#agents = { "http:": new http.Agent({ keepAlive }), "https:": new https.Agent({ keepAlive }) };
    this.#options = options;
  }

  /**
   * Resolves with the response as soon as its head is there. Throws GatewayError `undelivered` when the backend cannot have seen
   * the request, `unauthorized` when it wants more than the credentials cover, else `unavailable`.
   */
  send(url: URL, request: HttpRequest): Promise<IncomingMessage> {
    return request.credentials ? this.#authorized(url, request, request.credentials) : this.#follow(url, request);
  }

  /** Repeats the request once, with another token, when the backend refuses the first one. */
  async #authorized(url: URL, request: HttpRequest, credentials: Credentials): Promise<IncomingMessage> {
    const send = (token: string) =>
      this.#follow(url, { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
    const token = await orMissing(credentials.get());
    const response = await send(token);
    const better = await betterThan(token, response, credentials).catch((error) => {
      response.resume();
      throw error;
    });
    if (better === undefined) return response;
    response.resume();
    return send(better);
  }

  async #follow(url: URL, request: HttpRequest): Promise<IncomingMessage> {
    const { redirects: most = 3 } = this.#options;
    let target = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#once(target, request);
      const { statusCode = 0, headers } = response;
      if (![301, 302, 307, 308].includes(statusCode) || !headers.location) return response;
      response.resume();
      target = new URL(headers.location, target);
      const upgraded = target.protocol === "https:" && target.hostname === url.hostname;
      if ((target.origin !== url.origin && !upgraded) || redirects === most) {
        throw new GatewayError(
          "unavailable",
          `redirects to ${target.origin}${target.pathname}; set that as its url if you trust it`,
        );
      }
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #once(url: URL, request: HttpRequest): Promise<IncomingMessage> {
    try {
      return await this.#attempt(url, request);
    } catch (error) {
      if (!(error instanceof StaleSocket)) throw error;
      // What a POST asks for may have been done before the connection broke: it is not repeated.
      if (request.method === "POST") throw new GatewayError("unavailable", `cannot be reached: ${error.message}`);
      return this.#attempt(url, request);
    }
  }

  #attempt(url: URL, { method, headers, body, signal, begun }: HttpRequest): Promise<IncomingMessage> {
    const secure = url.protocol === "https:";
    const { lookup, traffic } = this.#options;
    const size = body === undefined ? 0 : Buffer.byteLength(body);
    if (traffic) traffic.sent += size;
    const length = body === undefined ? {} : { "content-length": String(size) };
    return new Promise((resolve, reject) => {
      const options = {
        method,
        headers: { ...headers, ...length },
        ...(signal && { signal }),
        ...(lookup && { lookup }),
      };
      const outgoing = secure
        ? https.request(url, { ...options, agent: this.#agents["https:"] })
        : http.request(url, { ...options, agent: this.#agents["http:"] });
      outgoing.on("response", resolve);
      outgoing.on("socket", (socket) => {
        // Request and response tell of it as well; but for this, a stream that is broken off would end the program.
        if (!socket.listeners("error").includes(ignore)) socket.on("error", ignore);
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => reject(failure(error, outgoing.reusedSocket)));
      begun?.(outgoing);
      outgoing.end(body);
    });
  }
}

function ignore(): void {}

/** Another token, where the response asks for one and it can be had. */
async function betterThan(
  token: string,
  response: IncomingMessage,
  credentials: Credentials,
): Promise<string | undefined> {
  if (response.statusCode === 401) return await orMissing(credentials.replace(token));
  if (response.statusCode !== 403) return undefined;
  const { error, scopes } = challengeOf(response);
  return error === "insufficient_scope" ? await credentials.widen(token, scopes) : undefined;
}

/** What is not authorized is not sent. */
function orMissing(token: Promise<string>): Promise<string> {
  return token.catch((error) => Promise.reject(new MissingCredentials(error)));
}

/** A kept connection that broke, most likely because the backend had closed it before the request came. */
class StaleSocket extends Error {}

function failure(error: NodeJS.ErrnoException, reused: boolean): Error {
  if (reused && error.code === "ECONNRESET") return new StaleSocket(describe(error));
  const unreached = ["ECONNREFUSED", "ConnectionRefused", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
  const code = unreached.includes(error.code ?? "") ? "undelivered" : "unavailable";
  return new GatewayError(code, `cannot be reached: ${describe(error)}`);
}

export function isEventStream(response: IncomingMessage): boolean {
  return (response.headers["content-type"] ?? "").includes("text/event-stream");
}

/** Reads a body whole. Throws GatewayError when it has more bytes than `limit`. */
export async function readText(response: IncomingMessage, limit = MESSAGE_LIMIT): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) throw new GatewayError("unavailable", `answered with over ${limit} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads server-sent events until the stream ends; ids come by `onId` even where an event carries no data. */
export async function readEvents(response: IncomingMessage, callbacks: ParserCallbacks): Promise<void> {
  const decoder = new TextDecoder();
  const parser = createParser({ ...callbacks, maxBufferSize: MESSAGE_LIMIT });
  for await (const chunk of response as AsyncIterable<Buffer>) parser.feed(decoder.decode(chunk, { stream: true }));
}
