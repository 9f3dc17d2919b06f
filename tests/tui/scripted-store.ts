// A store whose state the test sets, for what no real gateway does on demand.
import type { BackendRecord, ReloadAnswer, ServerState, Snapshot, Store } from "../../src/tui/state.ts";
import { snapshot } from "../unit/tui/known.ts";

export class ScriptedStore implements Store {
  readonly name: string;
  readonly url: string;
  readonly withToken = false;
  state: ServerState;
  /** What was asked of the server, e.g. `reconnect files`. */
  readonly asked: string[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(name: string, state: Partial<ServerState> = {}) {
    this.name = name;
    this.url = `http://${name}.example:9000`;
    this.state = {
      link: { phase: "live", message: null, nextTry: null },
      ...{ snapshot: snapshotOf(), capabilities: null, events: [], calls: [], errors: [] },
      ...state,
    };
  }

  /** Changes the state as a server's news would. */
  set(change: Partial<ServerState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }

  loadCapabilities(): void {}

  watchRates(): () => void {
    return () => {};
  }

  reload(): Promise<ReloadAnswer> {
    this.asked.push("reload");
    const nothing = {
      backends_added: [],
      backends_removed: [],
      backends_changed: [],
      restart_required: [],
      errors: [],
    };
    return Promise.resolve({ reloaded: true, ...nothing });
  }

  reconnect(backend: string) {
    this.asked.push(`reconnect ${backend}`);
    return Promise.resolve({ name: backend, reconnected: true, error: null });
  }

  sessions() {
    return Promise.resolve(this.state.snapshot?.sessions ?? []);
  }

  endSession(id: string): Promise<void> {
    this.asked.push(`end ${id}`);
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.asked.push("shutdown");
    return Promise.resolve();
  }

  stderr() {
    return Promise.resolve([]);
  }

  security() {
    return Promise.reject(new Error("not scripted"));
  }

  lock() {
    return Promise.resolve({ mode: "off" as const, file: "argus.lock", changes: [] });
  }

  approve(): Promise<void> {
    return Promise.resolve();
  }
}

/** The snapshot of a gateway with these backends, which is as well as they are. */
export function snapshotOf(backends: BackendRecord[] = [], parts: Partial<Snapshot> = {}): Snapshot {
  const enabled = backends.filter(({ phase }) => phase !== "disabled");
  const connected = enabled.filter(({ state }) => state === "connected").length;
  const total = enabled.length;
  const status = connected === total ? "healthy" : connected > 0 ? "degraded" : "unhealthy";
  const { health } = snapshot();
  return snapshot(0, {
    health: { ...health, status, backends: { total, connected, healthy: connected } },
    ...{ backends, sessions: [] },
    ...parts,
  });
}
