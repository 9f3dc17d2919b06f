// The HTTP response to one modern request: JSON when the answer is all there is to say, an event stream as soon as there is more.
import { EVENT_STREAM, EventConnection } from "../observe/event-stream.ts";
import { JSON_HEADERS, PREPARED_JSON } from "./headers.ts";
import type { Patience, Wait } from "./patience.ts";

/** A client should not wait longer than this for the head of the response, in milliseconds; after it, errors have no status of their own. */
const PATIENCE = 1_000;

/** What takes no longer than this is done before anybody could leave, in milliseconds: to watch a request costs a tenth of a call. */
export const BLINK = 20;

export interface ModernReplyOptions {
  /** What the client takes (Accept). */
  accepts: { json: boolean; events: boolean };
  /** For as long as nobody could leave. */
  blink: Patience;
  /** Called when the client has closed the response, which cancels the request (2026-07-28, Transports, Cancellation). */
  gone(): void;
}

export class ModernReply {
  readonly #response = Promise.withResolvers<Response>();
  readonly #options: ModernReplyOptions;
  readonly #wait: Wait;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connection: EventConnection | undefined;
  #ended = false;

  constructor(request: Request, options: ModernReplyOptions) {
    this.#options = options;
    this.#wait = options.blink.begin(() => this.#watch(request));
  }

  /** Resolves as soon as it is clear whether JSON or a stream goes out. */
  get response(): Promise<Response> {
    return this.#response.promise;
  }

  /** Sends a message that belongs to the request but is not its response; lost on a client that takes JSON only. */
  send(text: string): void {
    this.#startStream()?.write(eventOf(text));
  }

  /** Sends the response. */
  finish(text: string, status: number): void {
    if (this.#ended) return;
    this.#end();
    if (this.#connection) {
      this.#connection.write(eventOf(text));
      this.#connection.close();
    } else this.#response.resolve(this.#whole(text, status));
  }

  /** Keeps proxies from closing a silent stream. */
  beat(): void {
    this.#connection?.write(": ping\n\n");
  }

  /** Notices when the client leaves, and gives it the head of the response when it has waited for long. */
  #watch({ signal }: Request): void {
    this.#timer = setTimeout(() => this.#startStream(), PATIENCE - BLINK);
    if (signal.aborted) this.#left();
    else signal.addEventListener("abort", () => this.#left(), { once: true });
  }

  #end(): void {
    this.#ended = true;
    this.#options.blink.end(this.#wait);
    clearTimeout(this.#timer);
  }

  #whole(text: string, status: number): Response {
    if (status !== 200) return new Response(text, { status, headers: JSON_HEADERS });
    return this.#options.accepts.json ? new Response(text, PREPARED_JSON) : new Response(eventOf(text), EVENT_STREAM);
  }

  #startStream(): EventConnection | undefined {
    if (this.#connection || this.#ended || !this.#options.accepts.events) return this.#connection;
    this.#connection = new EventConnection(() => this.#left());
    // Bun sends the head of a response with its first bytes, and a client may wait for the head.
    this.#connection.write(": open\n\n");
    this.#response.resolve(this.#connection.response);
    return this.#connection;
  }

  #left(): void {
    if (this.#ended) return;
    this.#end();
    this.#response.resolve(new Response(null, { status: 499 }));
    this.#options.gone();
  }
}

function eventOf(text: string): string {
  return `event: message\ndata: ${text}\n\n`;
}
