// Does some work a moment after it was asked for: once for many requests, and never twice at a time.
import type { Clock } from "../model.ts";

/** Milliseconds of quiet before the work begins, and how long it may be put off when there is none. */
const QUIET = 100;
const LONGEST = 1_000;

/** Milliseconds until work that has failed is done again. */
const AGAIN = 5_000;

export class Refresh {
  /** When the first request came that is still to be met. */
  #since: number | undefined;
  #cancel: (() => void) | undefined;
  #working: AbortController | undefined;

  /** `work` rejects when it could not be done. */
  constructor(
    private readonly clock: Clock,
    private readonly work: (signal: AbortSignal) => Promise<void>,
  ) {}

  ask(): void {
    const now = this.clock.now();
    this.#since ??= now;
    if (!this.#working) this.#begin(Math.min(QUIET, this.#since + LONGEST - now));
  }

  /** As `ask`, but without waiting for others. */
  askNow(): void {
    this.#since ??= this.clock.now();
    if (!this.#working) this.#begin(0);
  }

  /** Forgets all requests, and what is under way. */
  stop(): void {
    this.#cancel?.();
    this.#working?.abort();
    this.#working = undefined;
    this.#since = undefined;
  }

  #begin(pause: number): void {
    this.#cancel?.();
    this.#cancel = this.clock.after(Math.max(pause, 0), () => void this.#run());
  }

  async #run(): Promise<void> {
    const working = new AbortController();
    this.#working = working;
    this.#since = undefined;
    const done = await this.work(working.signal).then(
      () => true,
      () => false,
    );
    if (this.#working !== working) return;
    this.#working = undefined;
    if (!done) this.#begin(AGAIN);
    else if (this.#since !== undefined) this.#begin(QUIET);
  }
}
