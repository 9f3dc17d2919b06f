// Facts for whoever listens: components emit here and know nothing of logs or interfaces; the newest are kept.
import type { Event, Fact } from "../model.ts";
import { createRedactor, type Redactor } from "./redact.ts";

const KEPT = 1_000;

export class Bus {
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #ring: Event[] = [];
  /** Ids begin with the start of the program, so that they grow across restarts too. */
  readonly #start = digits(Date.now(), 9);
  #count = 0;

  /** Nothing that the redactor takes for a secret is told or kept. */
  constructor(private readonly redactor: Redactor = createRedactor()) {}

  /** The returned function ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(fact: Fact): void {
    const id = `${this.#start}-${digits(this.#count++, 7)}`;
    const event = { ...this.#redacted(fact), id, timestamp: new Date().toISOString() };
    this.#ring.push(event);
    if (this.#ring.length > KEPT) this.#ring.shift();
    for (const listener of this.#listeners) tell(listener, event);
  }

  /** The newest 1,000 events, oldest first; those after `id` only, where one is given, known or not. */
  events(after = ""): Event[] {
    return this.#ring.filter(({ id }) => id > after);
  }

  #redacted({ message, details, ...fact }: Fact): Fact {
    const { redactor } = this;
    return { ...fact, message: redactor.redact(message), ...(details && { details: redactor.redactValue(details) }) };
  }
}

/** A listener that fails must not hit who has something to tell; the error goes where all unforeseen ones go. */
function tell(listener: (event: Event) => void, event: Event): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** A number as text of a fixed length, so that texts sort as numbers do. */
function digits(value: number, length: number): string {
  return value.toString(36).padStart(length, "0");
}
