// What no event tells of: asked for again and again while somebody looks.

export interface PolledOptions<Value> {
  ask(): Promise<Value>;
  /** Whether there is somebody to ask: a server that is away or refuses us is not asked. */
  ready(): boolean;
  /** Another answer is there, or another reason why there is none. */
  changed(): void;
  /** Milliseconds from an answer to the next question. */
  pause: number;
}

export class Polled<Value> {
  readonly #options: PolledOptions<Value>;
  #timer: Timer | undefined;
  /** Goes with each start, so that what was asked before a stop is not taken for news. */
  #round: object | undefined;
  #asking = false;
  /** Asked for while there was a question already. */
  #again = false;
  /** The newest answer; it stays when nobody asks any more. */
  answer: Value | undefined;
  /** When it came, in milliseconds since 1970. */
  at = 0;
  /** Why the last question was not answered. */
  failure: string | null = null;

  constructor(options: PolledOptions<Value>) {
    this.#options = options;
  }

  /** Asks at once, and then again and again. */
  start(): void {
    if (this.#round) return;
    this.#round = {};
    this.#asking = false;
    void this.#ask(this.#round);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#round = undefined;
  }

  /** Asks now instead of after the pause; does nothing while stopped. */
  askNow(): void {
    if (!this.#round) return;
    if (this.#asking) this.#again = true;
    else void this.#ask(this.#round);
  }

  async #ask(round: object): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#options.ready()) await this.#take(round);
    if (round !== this.#round) return;
    const pause = this.#again ? 0 : this.#options.pause;
    this.#again = false;
    this.#timer = setTimeout(() => void this.#ask(round), pause);
  }

  async #take(round: object): Promise<void> {
    this.#asking = true;
    const result = await this.#options.ask().then(
      (answer) => ({ answer, failure: null }),
      (error: unknown) => ({ answer: this.answer, failure: error instanceof Error ? error.message : String(error) }),
    );
    if (round !== this.#round) return;
    this.#asking = false;
    if (result.failure === null) this.at = Date.now();
    this.answer = result.answer;
    this.failure = result.failure;
    this.#options.changed();
  }
}
