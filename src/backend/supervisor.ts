// Owns all backends: starts them at the same time, each on its own, and stops them.
import type { Upstream } from "../model.ts";
import { Backend, type BackendDependencies, type BackendOptions } from "./backend.ts";

export class Supervisor {
  readonly #backends: Backend[];
  #tried = false;

  /** `backends` in configuration order, disabled ones left out. */
  constructor(backends: readonly BackendOptions[], deps: BackendDependencies) {
    this.#backends = backends.map((options) => new Backend(options, deps));
  }

  /** In configuration order. */
  get upstreams(): readonly Upstream[] {
    return this.#backends;
  }

  /** Whether every backend was tried once. */
  get tried(): boolean {
    return this.#tried;
  }

  get total(): number {
    return this.#backends.length;
  }

  /** How many backends can take a call right now. */
  get ready(): number {
    return this.#backends.filter(({ ready }) => ready).length;
  }

  /** Connects all backends at the same time; resolves when each was tried once. */
  async start(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.start()));
    this.#tried = true;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.stop()));
  }
}
