// Tells of those who could not show who they are: each of them at first, and only how many when they come in masses.
import type { Fact } from "../model.ts";
import type { Refusal } from "./audit.ts";

export interface RefusalsOptions {
  emit(fact: Fact): void;
  /** Notes it for ever. */
  note(refusal: Refusal): void;
}

/** How long refusals are counted before they are told anew, in milliseconds. */
const WINDOW = 60_000;

/** How many are told in that time of one address, and of all. */
const MOST_OF_ONE = 10;
const MOST = 100;

/** How many addresses are told apart; whoever has more of them is one crowd. */
const MOST_ADDRESSES = 1_000;

interface Count {
  told: number;
  untold: number;
}

export class Refusals {
  readonly #counts = new Map<string | null, Count>();
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: RefusalsOptions) {}

  /** Tells of a refusal, or counts it; one that is expected deserves no warning. */
  add({ expected = false, ...refusal }: Refusal & { expected?: boolean }): void {
    this.#timer ??= setTimeout(() => this.#sum(), WINDOW);
    const count = this.#countOf(refusal.address);
    if (count.told >= MOST_OF_ONE || this.#told >= MOST) {
      count.untold++;
      return;
    }
    count.told++;
    this.#told++;
    this.#tell(refusal, expected ? "info" : "warning");
  }

  /** Tells what was only counted so far. */
  stop(): void {
    if (this.#timer) this.#sum();
  }

  #countOf(address: string | null): Count {
    const key = this.#counts.size >= MOST_ADDRESSES && !this.#counts.has(address) ? null : address;
    const count = this.#counts.get(key) ?? { told: 0, untold: 0 };
    this.#counts.set(key, count);
    return count;
  }

  /** One line for each of the addresses that came most often, and one for the rest. */
  #sum(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const untold = [...this.#counts].map(([address, count]) => ({ address, times: count.untold }));
    this.#counts.clear();
    this.#told = 0;
    const most = untold.filter(({ times }) => times > 0).sort((a, b) => b.times - a.times);
    for (const { address, times } of most.slice(0, MOST_OF_ONE))
      this.#tell({ address, error: `${times} more requests were refused within a minute` }, "warning");
    const rest = most.slice(MOST_OF_ONE).reduce((sum, { times }) => sum + times, 0);
    if (rest > 0) this.#tell({ address: null, error: `${rest} more requests were refused within a minute` }, "warning");
  }

  #tell(refusal: Refusal, severity: Fact["severity"]): void {
    const { address, error, identity } = refusal;
    this.options.note(refusal);
    const message = `${error} (from ${address ?? "an unknown address"})`;
    const details = { peer: address, user: identity?.subject ?? null };
    this.options.emit({ stage: "auth_failed", severity, message, details });
  }
}
