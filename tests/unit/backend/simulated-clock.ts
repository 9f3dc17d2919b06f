// A clock whose hours pass as fast as the work allows, with timers in their order and numbers from a seed.
import type { Clock } from "../../../src/model.ts";

interface Timer {
  at: number;
  work: () => void;
}

export class SimulatedClock implements Clock {
  #now = 0;
  #seed: number;
  readonly #timers = new Set<Timer>();

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#now + milliseconds, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** A linear congruential generator (Numerical Recipes). */
  random(): number {
    this.#seed = (this.#seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return this.#seed / 2 ** 32;
  }

  /** Lets time pass, in milliseconds; all that a timer sets going is done before the next one fires. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.work();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.reduce<Timer | undefined>((first, timer) => (first && first.at <= timer.at ? first : timer), undefined);
  }
}

/** Resolves when every promise that can be kept now was kept. */
export async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  await promise;
}
