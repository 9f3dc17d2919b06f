// Which of the servers in the list are up: each is asked now and then, and never twice at a time.
import { describe } from "../errors.ts";
import type { Clock } from "../model.ts";
import { Api, type Fetch } from "./api.ts";
import { systemClock } from "./clock.ts";
import { Notifier } from "./notifier.ts";
import type { Health } from "./state.ts";

/** Milliseconds between two questions to a server, and seconds that its answer may take. */
const INTERVAL = 5_000;
const TIMEOUT = 3;

export interface ServerHealth {
  readonly up: boolean;
  /** What it says of itself when it is up. */
  readonly health: Health | null;
  /** One sentence when it is not up. */
  readonly message: string | null;
}

export interface HealthOptions {
  /** The servers as they are in the list now. */
  servers(): readonly { name: string; url: string }[];
  clock?: Clock;
  fetch?: Fetch | undefined;
}

export class ServersHealth {
  readonly #options: HealthOptions;
  readonly #clock: Clock;
  readonly #notifier: Notifier;
  readonly #known = new Map<string, ServerHealth>();
  /** The servers, by URL, whose answer is waited for. */
  readonly #asked = new Set<string>();
  #stopping: AbortController | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#notifier = new Notifier(this.#clock);
  }

  /** What is known of a server; nothing until it was asked once. */
  of({ url }: { url: string }): ServerHealth | undefined {
    return this.#known.get(url);
  }

  /** The listener is told of changes at most once in 16 ms; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    return this.#notifier.subscribe(listener);
  }

  start(): void {
    if (this.#stopping) return;
    this.#stopping = new AbortController();
    this.#turn(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = undefined;
    this.#cancel?.();
    this.#notifier.stop();
  }

  #turn(signal: AbortSignal): void {
    const urls = new Set(this.#options.servers().map(({ url }) => url));
    for (const url of this.#known.keys()) if (!urls.has(url)) this.#known.delete(url);
    for (const url of urls) if (!this.#asked.has(url)) void this.#ask(url, signal);
    this.#cancel = this.#clock.after(INTERVAL, () => this.#turn(signal));
  }

  async #ask(url: string, signal: AbortSignal): Promise<void> {
    this.#asked.add(url);
    const answer = await this.#probe(url, signal);
    this.#asked.delete(url);
    if (signal.aborted) return;
    this.#known.set(url, answer);
    this.#notifier.changed();
  }

  /** Health is public: the token stays here. */
  async #probe(url: string, signal: AbortSignal): Promise<ServerHealth> {
    const { fetch } = this.#options;
    try {
      const health = await new Api({ url, clock: this.#clock, fetch }).health(TIMEOUT, signal);
      return { up: true, health, message: null };
    } catch (error) {
      return { up: false, health: null, message: describe(error) };
    }
  }
}
