// The open streams of events: each is told what happens until its client leaves or the program ends.
import type { Event, Severity } from "../model.ts";
import { EventConnection } from "../observe/event-stream.ts";
import { atLeast, eventOf } from "./event.ts";
import type { Program } from "./program.ts";

/** Milliseconds; proxies end connections that are silent for longer. */
const HEARTBEAT = 15_000;

export class EventStreams {
  /** What ends each of them. */
  readonly #open = new Set<() => void>();

  constructor(private readonly program: Program) {}

  /** Opens a stream of the events of a level and above, which begins with those after the id `last` that are still held. */
  open(last: string | undefined, least: Severity | undefined): Response {
    const connection = new EventConnection(() => end());
    const matches = atLeast(least);
    const tell = (event: Event) => {
      if (matches(event)) connection.write(textOf(event));
    };
    const unsubscribe = this.program.subscribe(tell);
    const heartbeat = setInterval(() => connection.write(": heartbeat\n\n"), HEARTBEAT);
    const end = () => {
      unsubscribe();
      clearInterval(heartbeat);
      this.#open.delete(end);
      connection.close();
    };
    this.#open.add(end);
    // Nothing can happen while what has happened is told.
    connection.write(": open\n\n");
    if (last !== undefined) this.program.events(last).forEach(tell);
    return connection.response;
  }

  /** Ends all streams, after what was written to them. */
  close(): void {
    for (const end of this.#open) end();
  }
}

function textOf(event: Event): string {
  return `event: ${event.stage}\nid: ${event.id}\ndata: ${JSON.stringify(eventOf(event))}\n\n`;
}
