// Owns all backends: starts them at the same time, each on its own, brings them in line with a new configuration, and stops them.
import { GatewayError } from "../errors.ts";
import type { Upstream } from "../model.ts";
import { Backend } from "./backend.ts";
import type { PrintedLine } from "./printed.ts";
import type { BackendDependencies, BackendOptions, BackendStatus } from "./status.ts";

export class Supervisor {
  #backends: Backend[];
  /** Backends that were removed and finish what is in flight. */
  readonly #leaving = new Set<Backend>();
  /** Backends that are tried beside the others. */
  readonly #trials = new Set<Backend>();
  #tried = false;
  readonly #deps: BackendDependencies;

  /** `options` in configuration order. */
  constructor(options: readonly BackendOptions[], deps: BackendDependencies) {
    this.#deps = deps;
    this.#backends = options.map((each) => new Backend(each, deps));
  }

  /** The enabled ones, in configuration order. */
  get upstreams(): readonly Upstream[] {
    return this.#backends.filter(({ enabled }) => enabled);
  }

  /** Whether every enabled backend was tried once. */
  get tried(): boolean {
    return this.#tried;
  }

  /** All, in configuration order. */
  status(): BackendStatus[] {
    return this.#backends.map((backend) => backend.status());
  }

  /** The newest lines that a backend has printed beside messages, oldest first; nothing for an unknown name. */
  printed(name: string): readonly PrintedLine[] | undefined {
    return this.#find(name)?.printed.lines;
  }

  /** Connects all backends at the same time; resolves when each was tried once. */
  async start(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.start()));
    this.#tried = true;
  }

  /** Brings the backends in line with `options`: what did not change is not touched, what goes finishes its calls first. */
  apply(options: readonly BackendOptions[]): void {
    const before = new Map(this.#backends.map((backend) => [backend.name, backend]));
    this.#backends = options.map((each) => {
      const known = before.get(each.name);
      if (!known?.admits(each)) return this.#begin(each);
      before.delete(each.name);
      known.configure(each);
      return known;
    });
    for (const backend of before.values()) void this.#retire(backend);
  }

  /** Runs backends of these definitions beside the others for as long as `look` looks at them, each tried once. */
  async trial<Result>(options: readonly BackendOptions[], look: (upstreams: Upstream[]) => Result): Promise<Result> {
    const nothing = () => undefined;
    const downstream = {
      ask: this.#deps.downstream.ask.bind(this.#deps.downstream),
      notify: nothing,
      unheard: nothing,
    };
    const deps = { ...this.#deps, downstream, emit: nothing, changed: nothing };
    const backends = options.map((each) => new Backend(each, deps));
    for (const backend of backends) this.#trials.add(backend);
    try {
      await Promise.all(backends.map((backend) => backend.start()));
      return look(backends);
    } finally {
      await Promise.all(backends.map((backend) => backend.stop()));
      for (const backend of backends) this.#trials.delete(backend);
    }
  }

  /** Breaks off a trial under way: it then sees what was there by now. */
  async endTrials(): Promise<void> {
    await Promise.all([...this.#trials].map((backend) => backend.stop()));
  }

  /** Connects a backend anew. Throws GatewayError: `not_found`, `conflict` when it is disabled, or why it failed. */
  async reconnect(name: string): Promise<void> {
    const backend = this.#find(name);
    if (!backend) throw new GatewayError("not_found", `there is no backend ${JSON.stringify(name)}`);
    if (!backend.enabled) throw new GatewayError("conflict", `backend "${name}" is disabled`);
    await backend.reconnect();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#backends, ...this.#leaving, ...this.#trials].map((backend) => backend.stop()));
  }

  #find(name: string): Backend | undefined {
    return this.#backends.find((backend) => backend.name === name);
  }

  #begin(options: BackendOptions): Backend {
    const backend = new Backend(options, this.#deps);
    void backend.start();
    return backend;
  }

  async #retire(backend: Backend): Promise<void> {
    if (!backend.enabled) return;
    this.#leaving.add(backend);
    const reason = "is no longer in the configuration, or has become another, and ends when its calls have ended";
    this.#deps.emit({ stage: "status", severity: "info", backend: backend.name, message: reason });
    await backend.retire();
    this.#leaving.delete(backend);
    this.#deps.emit({ stage: "backend_disconnected", severity: "info", backend: backend.name, message: "has ended" });
  }
}
