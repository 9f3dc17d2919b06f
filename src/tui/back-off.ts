// How long to wait before a server is tried again: doubling with jitter, short enough for somebody who looks on.
import type { Clock } from "../model.ts";

/** Milliseconds. */
const FIRST = 500;
const CEILING = 15_000;

/** A connection that held this long makes earlier failures forgotten. */
const STEADY = 5_000;

export class BackOff {
  #failures = 0;
  #liveSince: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** The connection is there from now on. */
  succeeded(): void {
    this.#liveSince = this.clock.now();
  }

  /** Gives the pause before the next attempt, in milliseconds. */
  failed(): number {
    if (this.#liveSince !== undefined && this.clock.now() - this.#liveSince >= STEADY) this.#failures = 0;
    this.#liveSince = undefined;
    const pause = Math.min(FIRST * 2 ** this.#failures, CEILING);
    this.#failures++;
    return pause * (0.75 + this.clock.random() / 4);
  }
}
