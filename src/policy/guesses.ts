// Who guesses at a token: after ten different wrong ones in a minute a network has to wait, whatever it shows.
import { Limit } from "./limit.ts";
import { networkOf } from "./owner.ts";

export interface GuessesOptions {
  /** In milliseconds, from any start. */
  now(): number;
  /** Hears at most once a minute of each network that goes on guessing. */
  exceeded(network: string): void;
}

const PER_MINUTE = 10;

/** How many wrong tokens are remembered. */
const REMEMBERED = 1_000;

export class Guesses {
  readonly #limit: Limit;
  /** Network and hash of wrong tokens, the newest last. */
  readonly #wrong = new Set<string>();

  constructor(options: GuessesOptions) {
    this.#limit = new Limit({ perMinute: PER_MINUTE, ...options });
  }

  /** The seconds until an address may show a token again; 0 where it may. */
  wait(address: string | null): number {
    return this.#limit.wait(networkOf(address));
  }

  /** Notes a wrong token. The same one again is no guess: a program with a stale token must not lock out its neighbours. */
  wrong(address: string | null, token: string): void {
    const network = networkOf(address);
    const guess = `${network} ${Bun.hash(token)}`;
    if (this.#wrong.has(guess)) return;
    this.#wrong.add(guess);
    if (this.#wrong.size > REMEMBERED) this.#forgetOldest();
    this.#limit.take(network);
  }

  #forgetOldest(): void {
    const [oldest] = this.#wrong;
    if (oldest !== undefined) this.#wrong.delete(oldest);
  }
}
