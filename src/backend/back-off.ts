// How long to wait before the next attempt: doubling with jitter up to a ceiling, and forgiving after a steady time.
import type { Clock } from "../model.ts";

const FIRST = 250;
const CEILING = 60_000;
/** A connection that held this long makes earlier failures forgotten. */
const STEADY = 10_000;

export class BackOff {
  #failures = 0;
  #readySince: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** The backend is ready from now on. */
  succeeded(): void {
    this.#readySince = this.clock.now();
  }

  /** Forgets all failures. */
  reset(): void {
    this.#failures = 0;
    this.#readySince = undefined;
  }

  /** Gives the pause before the next attempt in milliseconds, at most 60 s. */
  failed(): number {
    if (this.#readySince !== undefined && this.clock.now() - this.#readySince >= STEADY) this.#failures = 0;
    this.#readySince = undefined;
    const pause = Math.min(FIRST * 2 ** this.#failures, CEILING);
    this.#failures++;
    return pause * (0.75 + this.clock.random() / 4);
  }
}
