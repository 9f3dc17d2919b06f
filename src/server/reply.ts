// The HTTP response to one POST: JSON when the answer is all there is to say, an event stream as soon as there is more.
import { EVENT_STREAM, type EventConnection } from "../observe/event-stream.ts";
import type { Channel } from "./channel.ts";
import { PREPARED_JSON } from "./headers.ts";
import type { Patience, Wait } from "./patience.ts";

/** A client should not wait longer than this for the head of the response, in milliseconds. */
export const PATIENCE = 1_000;

export interface ReplyOptions {
  /** How many responses are to come: more than one for a batch. */
  expected: number;
  /** Whether the body was an array, and so the JSON answer is one. */
  batch: boolean;
  /** What the client takes (Accept). */
  accepts: { json: boolean; events: boolean };
  /** With this one. */
  patience: Patience;
  /** Opens the stream on which messages go from now on. */
  stream(): { channel: Channel; connection: EventConnection };
  /** Where messages go that come after the end, or that this client cannot take here. */
  elsewhere(text: string): void;
}

export class Reply {
  readonly #response = Promise.withResolvers<Response>();
  readonly #answers: string[] = [];
  #missing: number;
  #channel: Channel | undefined;
  #ended = false;
  readonly #wait: Wait;

  constructor(private readonly options: ReplyOptions) {
    this.#missing = options.expected;
    this.#wait = options.patience.begin(() => this.#startStream());
  }

  /** Resolves as soon as it is clear whether JSON or a stream goes out. */
  get response(): Promise<Response> {
    return this.#response.promise;
  }

  /** Sends a message that belongs to the request but is not its response. */
  send(text: string): void {
    if (!this.#ended && this.options.accepts.events) this.#startStream()?.send(text);
    else this.options.elsewhere(text);
  }

  /** Sends one response, or notes that there is none because the request was cancelled. */
  finish(answer: string | undefined): void {
    this.#missing--;
    if (answer !== undefined) {
      if (this.#channel) this.#channel.send(answer);
      else this.#answers.push(answer);
    }
    if (this.#missing === 0) this.#end();
  }

  #startStream(): Channel | undefined {
    if (this.#channel || this.#ended || !this.options.accepts.events) return this.#channel;
    const { channel, connection } = this.options.stream();
    this.#channel = channel;
    for (const answer of this.#answers.splice(0)) channel.send(answer);
    this.#response.resolve(connection.response);
    return channel;
  }

  #end(): void {
    this.options.patience.end(this.#wait);
    this.#ended = true;
    if (this.#channel) this.#channel.end();
    else this.#response.resolve(this.#whole());
  }

  /** Everything at once. A cancelled request gets an empty stream: the client must not get a response (MCP Cancellation). */
  #whole(): Response {
    const { accepts, batch } = this.options;
    const [only = "", ...others] = this.#answers;
    if (this.#answers.length === 0) return new Response(": cancelled\n\n", EVENT_STREAM);
    if (accepts.json) {
      const body = batch ? `[${this.#answers.join(",")}]` : only;
      return new Response(body, PREPARED_JSON);
    }
    const events = [only, ...others].map((answer) => `event: message\ndata: ${answer}\n\n`);
    return new Response(events.join(""), EVENT_STREAM);
  }
}
