// The circuit breaker of one backend: after several failures in a row calls fail at once, and now and then one tries whether it is well again.
import { GatewayError } from "../errors.ts";
import type { Clock } from "../model.ts";

/** So many incidents in a row open the circuit. */
const LIMIT = 5;
/** How long it stays open before one call may try, in milliseconds. */
const PAUSE = 10_000;

/** Failures that are the backend's; what a client cancels or gets wrong is none. */
const FAILURES = new Set(["unavailable", "undelivered", "timeout", "unauthorized"]);

export class Breaker {
  /** Incidents in a row. Calls that fail together are one: a crash with a hundred calls in flight is one crash. */
  #incidents = 0;
  #openUntil: number | undefined;

  /** `turned` hears when the circuit opens (with a sentence why) and when it closes (without). */
  constructor(
    private readonly clock: Clock,
    private readonly turned: (why?: string) => void,
  ) {}

  /** Lets `work` pass if the circuit is closed, or half open and this the one that tries. Throws GatewayError `unavailable` at once otherwise. */
  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    const trying = this.#admit();
    const before = this.#incidents;
    try {
      const result = await work();
      this.reset();
      return result;
    } catch (error) {
      if (error instanceof GatewayError && FAILURES.has(error.code)) this.#failed(before);
      // Cancelled before it could tell: the next one tries.
      else if (trying && this.#openUntil !== undefined) this.#openUntil = this.clock.now();
      throw error;
    }
  }

  /** Closes the circuit and forgets all failures. */
  reset(): void {
    this.#incidents = 0;
    if (this.#openUntil === undefined) return;
    this.#openUntil = undefined;
    this.turned();
  }

  /** Gives whether this is the call that tries. */
  #admit(): boolean {
    if (this.#openUntil === undefined) return false;
    const rest = this.#openUntil - this.clock.now();
    if (rest > 0) {
      const seconds = (rest / 1_000).toFixed(1);
      throw new GatewayError(
        "unavailable",
        `failed ${this.#incidents} times in a row; the next try is in ${seconds} s`,
      );
    }
    // Half open: this call tries, and the others wait for what becomes of it.
    this.#openUntil = this.clock.now() + PAUSE;
    return true;
  }

  #failed(before: number): void {
    if (before !== this.#incidents) return;
    this.#incidents++;
    if (this.#incidents < LIMIT) return;
    const first = this.#openUntil === undefined;
    this.#openUntil = this.clock.now() + PAUSE;
    if (first) this.turned(`${this.#incidents} calls in a row have failed; for ${PAUSE / 1_000} s calls fail at once`);
  }
}
