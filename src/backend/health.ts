// Looks now and then whether a connected backend still answers, and how fast.
import { GatewayError } from "../errors.ts";
import type { Clock } from "../model.ts";
import { isObject, request } from "../protocol/message.ts";
import type { Connection } from "./connection.ts";

export interface HealthRules {
  /** Seconds between two probes; 0 for none. */
  interval: number;
  /** Seconds that an answer may take. */
  timeout: number;
  /** So many failures in a row make a backend unhealthy. */
  failures: number;
}

export interface HealthStatus {
  status: "unknown" | "healthy" | "unhealthy";
  lastCheck: Date | null;
  latencyMs: number | null;
}

export interface HealthOptions {
  clock: Clock;
  rules(): HealthRules;
  /** A probe was answered after enough had failed to call it unhealthy. */
  recovered(): void;
  /** So many probes in a row have failed that it is unhealthy; told after each further failure too. */
  failed(connection: Connection, error: unknown): void;
  /** The probe could not be delivered at all: the link is dead. */
  dead(connection: Connection, error: unknown): void;
}

/** Cheap lists, by the capability that declares them, for servers that do not answer a ping. */
const LISTS = [
  { capability: "prompts", method: "prompts/list" },
  { capability: "resources", method: "resources/list" },
  { capability: "tools", method: "tools/list" },
];

/** Seconds until it is looked again whether probing, now switched off, was switched on by a reload. */
const OFF = 30;

export class Health {
  #failures = 0;
  #status: HealthStatus = { status: "unknown", lastCheck: null, latencyMs: null };
  #method = "ping";
  #watched: Connection | undefined;
  #cancel: (() => void) | undefined;

  constructor(private readonly options: HealthOptions) {}

  get status(): HealthStatus {
    return this.#status;
  }

  /** Probes this connection from now on, and no other; the first time at once. */
  watch(connection: Connection): void {
    this.stop();
    this.#watched = connection;
    this.#method = "ping";
    void this.#turn(connection);
  }

  stop(): void {
    this.#cancel?.();
    this.#watched = undefined;
    this.#failures = 0;
    this.#status = { ...this.#status, status: "unknown" };
  }

  async #turn(connection: Connection): Promise<void> {
    const { interval } = this.options.rules();
    if (interval > 0) await this.#probe(connection);
    if (this.#watched !== connection) return;
    this.#cancel = this.options.clock.after((interval || OFF) * 1_000, () => this.#turn(connection));
  }

  async #probe(connection: Connection): Promise<void> {
    try {
      const latencyMs = await this.#ask(connection);
      if (this.#watched === connection) this.#answered(latencyMs);
    } catch (error) {
      if (this.#watched === connection && !connection.ended) this.#unanswered(connection, error);
    }
  }

  #answered(latencyMs: number): void {
    const ill = this.#status.status === "unhealthy";
    this.#failures = 0;
    this.#status = { status: "healthy", lastCheck: new Date(), latencyMs };
    if (ill) this.options.recovered();
  }

  #unanswered(connection: Connection, error: unknown): void {
    this.#failures++;
    this.#status = { ...this.#status, lastCheck: new Date() };
    if (error instanceof GatewayError && error.code === "undelivered") {
      this.options.dead(connection, error);
    } else if (this.#failures >= this.options.rules().failures) {
      this.#status = { ...this.#status, status: "unhealthy" };
      this.options.failed(connection, error);
    }
  }

  /** Gives how long an answer took, in milliseconds; an error is an answer too. A server that keeps silent on a ping is asked for a list from then on. */
  async #ask(connection: Connection): Promise<number> {
    try {
      return await this.#time(connection, this.#method);
    } catch (error) {
      const list = listOf(connection);
      const silent = error instanceof GatewayError && error.code === "timeout" && this.#method === "ping";
      if (!silent || !list) throw error;
      const latency = await this.#time(connection, list);
      this.#method = list;
      return latency;
    }
  }

  async #time(connection: Connection, method: string): Promise<number> {
    const { clock, rules } = this.options;
    const start = clock.now();
    await connection.request(request(0, method), { timeout: rules().timeout });
    return clock.now() - start;
  }
}

function listOf({ capabilities }: Connection): string | undefined {
  return LISTS.find(({ capability }) => isObject(capabilities[capability]))?.method;
}
