// A stream of server-sent events to one client that can be resumed: numbered events, kept for a while, on whatever connection is there.

import type { EventConnection } from "../observe/event-stream.ts";

/** The events of one session that can still be replayed: the newest, up to a number of bytes. */
export class ReplayBuffer {
  #events: { channel: number; sequence: number; text: string }[] = [];
  #size = 0;

  constructor(private readonly limit: number) {}

  add(channel: number, sequence: number, text: string): void {
    this.#events.push({ channel, sequence, text });
    this.#size += text.length;
    // The newest stays however large it is: it may be the answer that a client comes back for.
    while (this.#size > this.limit && this.#events.length > 1) this.#size -= this.#events.shift()?.text.length ?? 0;
  }

  /** The events of a channel after a sequence number, oldest first. */
  after(channel: number, sequence: number): { sequence: number; text: string }[] {
    return this.#events.filter((event) => event.channel === channel && event.sequence > sequence);
  }
}

export class Channel {
  #connection: EventConnection | undefined;
  #sequence = 0;
  #delivered = 0;
  #ended = false;

  constructor(
    readonly number: number,
    private readonly replay: ReplayBuffer,
  ) {}

  /** Whether a client listens. */
  get attached(): boolean {
    return this.#connection?.open ?? false;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sends the rest after event `after` (by default, what nobody got yet) and from then on everything, on this connection. */
  attach(connection: EventConnection, after = this.#delivered): void {
    this.#connection?.close();
    this.#connection = connection;
    for (const { sequence, text } of this.replay.after(this.number, after))
      connection.write(eventText(this.#id(sequence), text));
    this.#delivered = this.#sequence;
    if (this.#ended) connection.close();
  }

  /** Makes the stream resumable from its very start, by an event with an id and no data (2025-11-25, Transports). */
  prime(): void {
    this.#connection?.write(`id: ${this.#id(0)}\nretry: 1000\ndata: \n\n`);
  }

  /** Sends a message, a line of JSON, or keeps it until somebody listens. */
  send(text: string): void {
    const sequence = ++this.#sequence;
    this.replay.add(this.number, sequence, text);
    if (!this.attached) return;
    this.#connection?.write(eventText(this.#id(sequence), text));
    this.#delivered = sequence;
  }

  /** A comment, so that proxies do not take the connection for dead. */
  beat(): void {
    this.#connection?.write(": ping\n\n");
  }

  /** Closes the connection and keeps what is sent from now on for the next one. */
  detach(): void {
    this.#connection?.close();
  }

  end(): void {
    this.#ended = true;
    this.#connection?.close();
  }

  #id(sequence: number): string {
    return `${this.number}-${sequence}`;
  }
}

function eventText(id: string, text: string): string {
  return `event: message\nid: ${id}\ndata: ${text}\n\n`;
}
