// Facts for whoever listens: components emit events here and know nothing of logs or interfaces.
import type { Event } from "../model.ts";

export class Bus {
  readonly #listeners = new Set<(event: Event) => void>();

  /** The returned function ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }
}
