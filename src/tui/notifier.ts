// Tells listeners that something has changed, however often it does: at most once in the time of a picture.
import type { Clock } from "../model.ts";

/** Milliseconds: a screen shows 60 pictures a second. */
const PICTURE = 16;

export class Notifier {
  readonly #listeners = new Set<() => void>();
  #cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** The returned function ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    this.#cancel ??= this.clock.after(PICTURE, () => {
      this.#cancel = undefined;
      for (const listener of this.#listeners) listener();
    });
  }

  /** What has changed last is not told any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
