// One subscription of a modern client: a stream of what it wants to hear of, until one side has enough.

import { concerns } from "../gateway/subscriptions.ts";
import type { Message } from "../model.ts";
import { EventConnection } from "../observe/event-stream.ts";
import { acknowledgement, type Filter, tagged } from "../protocol/modern-listen.ts";
import { ModernSession, type ModernSessionOptions } from "./modern-session.ts";

/** What may wait for a subscription that is not acknowledged yet. */
const MOST_HELD = 100;

export class Subscription extends ModernSession {
  readonly #connection: EventConnection;
  readonly #ended = new AbortController();
  /** The id of the request that opened it, as JSON text. */
  readonly #request: string;
  /** Ends the watch over what its client has shown. */
  forgetExpiry: (() => void) | undefined;
  #filter: Filter | undefined;
  /** What has come before the acknowledgement, which must be the first message. */
  #held: Message[] = [];

  constructor(options: ModernSessionOptions, request: string, gone: () => void) {
    super(options);
    this.#request = request;
    this.#connection = new EventConnection(gone);
    // Bun sends the head of a response with its first bytes, and a client may wait for the head.
    this.#connection.write(": open\n\n");
  }

  get response(): Response {
    return this.#connection.response;
  }

  /** Aborted at its end. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Says what is listened to from now on. */
  acknowledge(filter: Filter): void {
    this.#filter = filter;
    this.#write(tagged(acknowledgement(filter), this.#request));
    for (const message of this.#held.splice(0)) this.notify(message);
  }

  override notify(message: Message): void {
    if (!this.#filter) {
      if (this.#held.length < MOST_HELD) this.#held.push(message);
    } else if (isWanted(this.#filter, message)) this.#write(tagged(message, this.#request));
  }

  /** Keeps proxies from closing a silent stream. */
  beat(): void {
    this.#connection.write(": ping\n\n");
  }

  /** Closes the stream, after a last message where there is one. */
  close(last?: string): void {
    if (last !== undefined) this.#write(last);
    this.#connection.close();
    this.#ended.abort();
  }

  #write(text: string): void {
    this.#connection.write(`event: message\ndata: ${text}\n\n`);
  }
}

function isWanted({ changes, resources, tasks }: Filter, { body: { method = "", params = {} } }: Message): boolean {
  if (method === "notifications/tasks") return tasks.some((id) => id === params.taskId);
  if (method !== "notifications/resources/updated") return changes.has(method);
  return resources.some((subscribed) => concerns(subscribed, params.uri));
}
