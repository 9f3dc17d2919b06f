// What a backend prints, asked for again and again while somebody looks.
import type { StderrLine, Store } from "../state.ts";

/** Milliseconds from an answer to the next question. */
const PAUSE = 2_000;

export interface Output {
  /** Oldest first. */
  readonly lines: readonly StderrLine[];
  /** Why there are none. */
  readonly failure: string | null;
}

const NOTHING: Output = { lines: [], failure: null };

export class Printed {
  readonly #store: Pick<Store, "stderr">;
  readonly #changed: () => void;
  #backend: string | undefined;
  #timer: Timer | undefined;
  /** Another object with each change. */
  output: Output = NOTHING;

  constructor(store: Pick<Store, "stderr">, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
  }

  /** Follows this backend from now on, or none. */
  follow(backend: string | undefined): void {
    if (backend === this.#backend) return;
    clearTimeout(this.#timer);
    this.#backend = backend;
    this.output = NOTHING;
    if (backend !== undefined) void this.#ask(backend);
  }

  async #ask(backend: string): Promise<void> {
    const output = await this.#store.stderr(backend).then(
      (lines): Output => ({ lines, failure: null }),
      (error: unknown): Output => ({ lines: [], failure: error instanceof Error ? error.message : String(error) }),
    );
    // Meanwhile another one may have been chosen.
    if (backend !== this.#backend) return;
    this.#timer = setTimeout(() => void this.#ask(backend), PAUSE);
    if (same(output, this.output)) return;
    this.output = output;
    this.#changed();
  }
}

/** Whether nothing was printed since. */
function same(one: Output, other: Output): boolean {
  const [newest, before] = [one.lines.at(-1), other.lines.at(-1)];
  if (one.failure !== other.failure || one.lines.length !== other.lines.length) return false;
  return newest?.timestamp === before?.timestamp && newest?.line === before?.line;
}
