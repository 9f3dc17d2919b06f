// What a backend prints, asked for again and again while somebody looks.
import { Polled } from "../polled.ts";
import type { StderrLine, Store } from "../state.ts";

/** Milliseconds from an answer to the next question. */
const PAUSE = 2_000;

export interface Output {
  /** Oldest first. */
  readonly lines: readonly StderrLine[];
  /** Why there are none, or no newer ones. */
  readonly failure: string | null;
}

const NOTHING: Output = { lines: [], failure: null };

export class Printed {
  readonly #store: Pick<Store, "stderr" | "state">;
  readonly #changed: () => void;
  #backend: string | undefined;
  #polled: Polled<readonly StderrLine[]> | undefined;
  /** Another object with each answer. */
  output: Output = NOTHING;

  constructor(store: Pick<Store, "stderr" | "state">, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
  }

  /** Follows this backend from now on, or none. */
  follow(backend: string | undefined): void {
    if (backend === this.#backend) return;
    this.#polled?.stop();
    this.#backend = backend;
    this.output = NOTHING;
    this.#polled = backend === undefined ? undefined : this.#poll(backend);
    this.#polled?.start();
  }

  #poll(backend: string): Polled<readonly StderrLine[]> {
    const polled: Polled<readonly StderrLine[]> = new Polled({
      ask: () => this.#store.stderr(backend),
      ready: () => this.#store.state.link.phase === "live",
      changed: () => {
        this.output = { lines: polled.answer ?? [], failure: polled.failure };
        this.#changed();
      },
      pause: PAUSE,
    });
    return polled;
  }
}
