// The Streamable HTTP transport as a client (MCP 2025-11-25, Transports). The SDK's does not tell on which stream a message came.
import type { IncomingMessage } from "node:http";
import { describe, GatewayError } from "../errors.ts";
import { UNSUPPORTED_VERSION } from "../protocol/error.ts";
import { MissingCredentials } from "./credentials.ts";
import { OtherEra } from "./other-era.ts";
import { answerOf, beginningOf, refusalOf } from "./refusal.ts";
import { HttpClient, type HttpRequest, isEventStream, type Outgoing, readEvents, readText } from "./request.ts";
import type { Transport, TransportEvents, TransportMeans } from "./transport.ts";

/** How long to wait before a stream is opened again when the server does not say, and the bounds for what it says, in milliseconds. */
const RETRY = 1_000;
const SHORTEST = 100;
const LONGEST = 60_000;

const UNWANTED = new Error("nobody waits for an answer any more");

/** One response stream: what to resume it from, and whom it answers. */
interface Stream {
  request?: number | undefined;
  lastEvent?: string;
  retry: number;
  /** How often it was opened since the last event came. */
  fruitless: number;
}

export interface HttpTransportOptions extends Pick<TransportMeans, "credentials" | "traffic"> {
  url: URL;
  headers: Readonly<Record<string, string>>;
}

export class HttpTransport implements Transport {
  readonly #http: HttpClient;
  readonly #closing = new AbortController();
  /** What is under way for each request. */
  readonly #running = new Map<number, Outgoing>();
  #events: TransportEvents | undefined;
  #session: string | undefined;
  #version: string | undefined;

  constructor(private readonly options: HttpTransportOptions) {
    this.#http = new HttpClient({ traffic: options.traffic });
  }

  async open(events: TransportEvents): Promise<void> {
    this.#events = events;
    await this.options.credentials?.get();
  }

  send(text: string, request?: number): void {
    this.#post(text, request)
      .catch((error) => this.#fail(error, request))
      .finally(() => {
        if (request === undefined) this.#endUnwanted();
        else this.#running.delete(request);
      });
  }

  negotiated(version: string): void {
    this.#version = version;
    void this.#listen({ retry: RETRY, fruitless: 0 });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const outgoing of this.#running.values()) outgoing.destroy(UNWANTED);
    if (this.#session) await this.#endSession();
    this.#http.close();
  }

  /** The server may refuse (405) or be gone; either way the session is no concern of ours any more. */
  async #endSession(): Promise<void> {
    const signal = AbortSignal.timeout(1_000);
    try {
      const { credentials } = this.options;
      (
        await this.#http.send(this.options.url, { method: "DELETE", headers: this.#head("*/*"), signal, credentials })
      ).resume();
    } catch {}
  }

  async #post(text: string, request: number | undefined): Promise<void> {
    const headers = { ...this.#head("application/json, text/event-stream"), "content-type": "application/json" };
    const response = await this.#http.send(this.options.url, {
      method: "POST",
      headers,
      body: text,
      credentials: this.options.credentials,
      ...this.#ending(request),
    });
    const session = response.headers["mcp-session-id"];
    if (typeof session === "string") this.#session = session;
    const { statusCode = 0 } = response;
    if (statusCode < 200 || statusCode > 299) return this.#refused(response, request);
    if (isEventStream(response)) return this.#follow(response, { request, retry: RETRY, fruitless: 0 });
    const body = await readText(response);
    if (body.trim()) this.#received(body, request);
    if (!this.#waits(request)) return;
    const shown = beginningOf(body, this.options.credentials);
    throw new GatewayError("unavailable", `answered HTTP ${statusCode} without a message${shown}`);
  }

  #received(text: string, request?: number): void {
    this.options.traffic.received += Buffer.byteLength(text);
    this.#events?.message(text, request);
  }

  /** Turns a status into what the caller can do about it; a JSON-RPC error in the body is the backend's own answer. */
  async #refused(response: IncomingMessage, request?: number): Promise<void> {
    const refusal = await refusalOf(response, this.options.credentials);
    const { status, body, what, error } = refusal;
    if (this.#session && (status === 404 || (status === 400 && /session/i.test(body)))) {
      throw new GatewayError("undelivered", `forgot the session: ${what}`);
    }
    // It has learned the modern era, and forgotten this one.
    if (this.#version && error?.code === UNSUPPORTED_VERSION) throw new OtherEra(what);
    if (request === undefined || !error) throw new GatewayError("unavailable", what);
    this.#received(answerOf(refusal, request), request);
  }

  /** Reads a stream to its end, and resumes it while its request is not answered. */
  async #follow(response: IncomingMessage, stream: Stream): Promise<void> {
    let current: IncomingMessage | undefined = response;
    while (current) {
      await this.#read(current, stream).catch(() => undefined);
      if (!this.#waits(stream.request)) return;
      current = stream.lastEvent === undefined ? undefined : await this.#resume(stream);
    }
    throw new GatewayError("unavailable", "closed the stream without an answer");
  }

  #waits(request: number | undefined): boolean {
    return request !== undefined && this.#events?.waits(request) === true;
  }

  /** A server need not end a request that was cancelled, for it owes no answer any more (2025-11-25, Cancellation). */
  #endUnwanted(): void {
    for (const [request, outgoing] of this.#running) if (!this.#waits(request)) outgoing.destroy(UNWANTED);
  }

  /** How something that is sent is ended: for a request, when nobody waits for it any more. A signal for each would cost every call. */
  #ending(request: number | undefined): Pick<HttpRequest, "signal" | "begun"> {
    if (request === undefined) return { signal: this.#closing.signal };
    const begun = (outgoing: Outgoing) => {
      this.#running.set(request, outgoing);
      if (!this.#waits(request)) outgoing.destroy(UNWANTED);
    };
    return { begun };
  }

  #read(response: IncomingMessage, stream: Stream): Promise<void> {
    return readEvents(response, {
      onEvent: ({ event = "message", data }) => {
        stream.fruitless = 0;
        if (data && event === "message") this.#received(data, stream.request);
      },
      onId: (id) => {
        stream.lastEvent = id;
      },
      onRetry: (milliseconds) => {
        stream.retry = milliseconds;
      },
    });
  }

  /** Opens the stream of a request again where it broke off; gives nothing when the server does not know it any more. */
  async #resume(stream: Stream): Promise<IncomingMessage | undefined> {
    await Bun.sleep(pauseOf(stream));
    const response = await this.#get(stream).catch((error) => {
      // Whatever keeps the stream from being resumed, its request was delivered.
      throw new GatewayError("unavailable", describe(error));
    });
    if (response.statusCode === 200 && isEventStream(response)) return response;
    response.resume();
    return undefined;
  }

  #get({ request, lastEvent }: Stream): Promise<IncomingMessage> {
    const headers = this.#head("text/event-stream");
    if (lastEvent !== undefined) headers["last-event-id"] = lastEvent;
    const { url, credentials } = this.options;
    return this.#http.send(url, { method: "GET", headers, credentials, ...this.#ending(request) });
  }

  /** Keeps the stream open on which the server sends what belongs to no request; a server may offer none (405). */
  async #listen(stream: Stream): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const response = await this.#get(stream);
        if (response.statusCode === 405) {
          response.resume();
          return;
        }
        if (response.statusCode === 200 && isEventStream(response)) await this.#follow(response, stream);
        else await this.#refused(response);
      } catch (error) {
        if (isOver(error)) return this.#lost(error);
      }
      await Bun.sleep(pauseOf(stream));
    }
  }

  /** The server is gone, or has forgotten the session: nothing will come on this link any more. */
  #lost(error: GatewayError): void {
    if (!this.#closing.signal.aborted) this.#events?.closed(error);
  }

  #fail(thrown: unknown, request?: number): void {
    if (this.#closing.signal.aborted) return;
    const error = thrown instanceof GatewayError ? thrown : new GatewayError("unavailable", describe(thrown));
    if (request !== undefined) this.#events?.failed(request, error);
  }

  #head(accept: string): Record<string, string> {
    return {
      ...this.options.headers,
      accept,
      ...(this.#session && { "mcp-session-id": this.#session }),
      ...(this.#version && { "mcp-protocol-version": this.#version }),
    };
  }
}

/** What the server asks for, and doubling while nothing comes. */
function pauseOf(stream: Stream): number {
  return Math.min(Math.max(stream.retry, SHORTEST) * 2 ** stream.fruitless++, LONGEST);
}

/** Whether the server could not be reached, or does not know the session; that credentials are missing says nothing of what is in flight. */
function isOver(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === "undelivered" && !(error instanceof MissingCredentials);
}
