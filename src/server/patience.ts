// Loses patience with what takes too long. All have the same time, so that one timer does for many: one for each would cost a call several microseconds.

/** Something that is waited for. */
export interface Wait {
  /** When patience ends, by performance.now(). */
  readonly until: number;
  over(): void;
}

export class Patience {
  /** Oldest first, which is the order in which they end. */
  readonly #waits = new Set<Wait>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How long it lasts, in milliseconds. */
  constructor(private readonly time: number) {}

  /** Calls `over` once the time is up, unless the wait has ended before. */
  begin(over: () => void): Wait {
    const wait = { until: performance.now() + this.time, over };
    this.#waits.add(wait);
    this.#timer ??= this.#wakeAfter(this.time);
    return wait;
  }

  /** What was waited for has come. */
  end(wait: Wait): void {
    this.#waits.delete(wait);
  }

  #wakeAfter(milliseconds: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#wake(), milliseconds);
    timer.unref();
    return timer;
  }

  #wake(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const wait of this.#waits) {
      if (wait.until > now) {
        this.#timer ??= this.#wakeAfter(wait.until - now);
        return;
      }
      this.#waits.delete(wait);
      wait.over();
    }
  }
}
