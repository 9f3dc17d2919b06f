// The HTTP+SSE transport of 2024-11-05 as a client: one stream for all that comes, one POST for each message that goes.
import { describe, GatewayError } from "../errors.ts";
import { type Child, type ProcessOptions, spawnChild } from "./process.ts";
import { refusalOf } from "./refusal.ts";
import { HttpClient, isEventStream, readEvents } from "./request.ts";
import type { Transport, TransportEvents, TransportMeans } from "./transport.ts";

export interface SseOptions extends Pick<TransportMeans, "credentials" | "traffic"> {
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** A local process that serves the URL, to be started first. */
  process?: Omit<ProcessOptions, "stdout">;
  /** How long that process may take until the URL answers, in seconds. */
  startup: number;
}

export class SseTransport implements Transport {
  readonly #http: HttpClient;
  readonly #closing = new AbortController();
  #child: Child | undefined;
  #endpoint: URL | undefined;
  #events: TransportEvents | undefined;

  constructor(private readonly options: SseOptions) {
    this.#http = new HttpClient({ traffic: options.traffic });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#events = events;
    if (this.options.process) await this.#startProcess(this.options.process);
    await this.options.credentials?.get();
    await this.#connect();
  }

  send(text: string, request?: number): void {
    this.#post(text).catch((thrown) => {
      if (this.#closing.signal.aborted) return;
      const error = thrown instanceof GatewayError ? thrown : new GatewayError("unavailable", describe(thrown));
      if (request !== undefined) this.#events?.failed(request, error);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#http.close();
    await this.#child?.stop();
  }

  async #startProcess(options: Omit<ProcessOptions, "stdout">): Promise<void> {
    const child = spawnChild({ ...options, stdout: "lines" });
    this.#child = child;
    let ended: string | undefined;
    void child.exited.then((how) => {
      ended = how;
    });
    const deadline = performance.now() + this.options.startup * 1_000;
    while (!(await this.#answers())) {
      if (ended) throw new GatewayError("unavailable", `its process ${ended} before ${this.options.url} answered`);
      if (performance.now() > deadline) {
        throw new GatewayError(
          "timeout",
          `${this.options.url} did not answer within ${this.options.startup} s (timeouts.sse_startup)`,
        );
      }
      await Bun.sleep(50);
    }
  }

  /** Any answer shows that somebody listens, a refusal for want of a token too. */
  async #answers(): Promise<boolean> {
    const probe = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(1_000)]);
    try {
      (await this.#http.send(this.options.url, { method: "GET", headers: this.#head(), signal: probe })).destroy();
      return true;
    } catch (error) {
      return error instanceof GatewayError && error.code !== "undelivered";
    }
  }

  /** Opens the stream and waits for its first event, which names the address for POSTs. */
  async #connect(): Promise<void> {
    const { url, credentials } = this.options;
    const { signal } = this.#closing;
    const response = await this.#http.send(url, { method: "GET", headers: this.#head(), signal, credentials });
    if (response.statusCode !== 200 || !isEventStream(response)) {
      const { what } = await refusalOf(response, credentials);
      throw new GatewayError("unavailable", `gives no event stream: ${what}`);
    }
    const endpoint = Promise.withResolvers<void>();
    const onEvent = ({ event, data }: { event?: string | undefined; data: string }) => {
      if (event === "endpoint") endpoint.resolve(this.#setEndpoint(data));
      else if (data) this.#received(data);
    };
    readEvents(response, { onEvent })
      .then(() => "closed the stream", describe)
      .then((reason) => this.#lost(new GatewayError("unavailable", reason), endpoint.reject));
    await endpoint.promise;
  }

  #received(text: string): void {
    this.options.traffic.received += Buffer.byteLength(text);
    this.#events?.message(text);
  }

  /** Messages, and the credentials in their headers, go nowhere but to the origin that was configured. */
  #setEndpoint(address: string): void {
    const endpoint = new URL(address, this.options.url);
    if (endpoint.origin !== this.options.url.origin) {
      throw new GatewayError("unavailable", `wants messages sent to another origin, ${endpoint.origin}`);
    }
    this.#endpoint = endpoint;
  }

  #lost(error: GatewayError, rejectOpen: (error: GatewayError) => void): void {
    if (this.#closing.signal.aborted) return;
    rejectOpen(error);
    if (this.#endpoint) this.#events?.closed(error);
  }

  async #post(text: string): Promise<void> {
    if (!this.#endpoint) throw new GatewayError("undelivered", "is not connected");
    const headers = { ...this.options.headers, "content-type": "application/json" };
    const response = await this.#http.send(this.#endpoint, {
      method: "POST",
      headers,
      body: text,
      signal: this.#closing.signal,
      credentials: this.options.credentials,
    });
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) {
      response.resume();
      return;
    }
    const { status, what } = await refusalOf(response, this.options.credentials);
    throw new GatewayError(status === 404 ? "undelivered" : "unavailable", what);
  }

  #head(): Record<string, string> {
    return { ...this.options.headers, accept: "text/event-stream" };
  }
}
