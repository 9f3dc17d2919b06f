// The Streamable HTTP transport of the modern era as a client: every request is a POST of its own, and to close its answer cancels it.
import type { IncomingMessage } from "node:http";
import { describe, GatewayError } from "../errors.ts";
import { isModernError } from "../protocol/error.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import type { HttpTransportOptions } from "./http.ts";
import { OtherEra } from "./other-era.ts";
import { answerOf, beginningOf, refusalOf } from "./refusal.ts";
import { HttpClient, isEventStream, readEvents, readText } from "./request.ts";
import type { Head, Transport, TransportEvents } from "./transport.ts";

export class ModernHttpTransport implements Transport {
  readonly #http: HttpClient;
  readonly #closing = new AbortController();
  /** What ends the requests under way, by their ids. */
  readonly #running = new Map<number, AbortController>();
  #events: TransportEvents | undefined;

  constructor(private readonly options: HttpTransportOptions) {
    this.#http = new HttpClient({ traffic: options.traffic });
  }

  async open(events: TransportEvents): Promise<void> {
    this.#events = events;
    await this.options.credentials?.get();
  }

  /** What is no request has no place here: the one notification of clients, that of a cancellation, is the end of a stream. */
  send(text: string, request?: number, head: Head = {}): void {
    if (request === undefined) return;
    const running = new AbortController();
    this.#running.set(request, running);
    this.#post({ text, request, head, signal: running.signal })
      .catch((error) => this.#fail(error, request))
      .finally(() => this.#running.delete(request));
  }

  abandon(request: number): void {
    this.#running.get(request)?.abort();
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const running of this.#running.values()) running.abort();
    this.#http.close();
  }

  async #post({ text, request, head, signal }: Posting): Promise<void> {
    const response = await this.#http.send(this.options.url, {
      method: "POST",
      headers: { ...this.options.headers, ...FIXED, ...head },
      body: text,
      signal,
      credentials: this.options.credentials,
    });
    const { statusCode = 0 } = response;
    if (statusCode < 200 || statusCode > 299) return this.#refused(response, request);
    if (isEventStream(response)) return this.#read(response, request);
    const body = await readText(response);
    if (body.trim()) this.#received(body, request);
    if (!this.#events?.waits(request)) return;
    const shown = beginningOf(body, this.options.credentials);
    throw new GatewayError("unavailable", `answered HTTP ${statusCode} without a message${shown}`);
  }

  async #read(response: IncomingMessage, request: number): Promise<void> {
    const onEvent = ({ event = "message", data }: { event?: string | undefined; data: string }) => {
      if (data && event === "message") this.#received(data, request);
    };
    // However a stream ends, what counts is whether the answer has come on it.
    await readEvents(response, { onEvent }).catch(() => undefined);
    if (this.#events?.waits(request)) throw new GatewayError("unavailable", "closed the stream without an answer");
  }

  #received(text: string, request: number): void {
    this.options.traffic.received += Buffer.byteLength(text);
    this.#events?.message(text, request);
  }

  /** An error of the modern era is the backend's own answer; without one, what answers is no modern server. */
  async #refused(response: IncomingMessage, request: number): Promise<void> {
    const refusal = await refusalOf(response, this.options.credentials);
    const { status, what, error } = refusal;
    if (isModernError(error)) return this.#received(answerOf(refusal, request), request);
    throw status < 500 ? new OtherEra(what) : new GatewayError("unavailable", what);
  }

  #fail(thrown: unknown, request: number): void {
    if (this.#closing.signal.aborted) return;
    const error = thrown instanceof GatewayError ? thrown : new GatewayError("unavailable", describe(thrown));
    this.#events?.failed(request, error);
  }
}

interface Posting {
  text: string;
  request: number;
  head: Head;
  signal: AbortSignal;
}

const FIXED = {
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
  "mcp-protocol-version": MODERN_VERSION,
};
