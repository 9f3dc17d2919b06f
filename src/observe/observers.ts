// What watches the calls of clients: the audit trail, metrics, and traces, which are loaded when they are wanted and not before.
import type { Config } from "../config/schema.ts";
import { describe } from "../errors.ts";
import type { CallObserver } from "../model.ts";
import { combine } from "./calls.ts";
import { createMetrics, type Metrics, type MetricsSource } from "./metrics.ts";
import type { Redactor } from "./redact.ts";
import type { Tracer } from "./trace.ts";

export interface ObserversOptions {
  version: string;
  source: MetricsSource;
  /** Hears of every call from the beginning on, and before the others. */
  first: CallObserver;
  /** Hears of calls while policies can deny them. */
  denials: CallObserver;
  redactor: Redactor;
  /** Takes the observer of calls that is in force from now on. */
  changed(observer: CallObserver | undefined): void;
  /** Takes a sentence about what cannot be exported. */
  report(problem: string): void;
}

export class Observers {
  #metrics: Metrics | undefined;
  #tracer: Tracer | undefined;
  #telemetry: Config["telemetry"] | undefined;
  /** One change after the other. */
  #applied: Promise<void> = Promise.resolve();

  constructor(private readonly options: ObserversOptions) {
    options.changed(options.first);
  }

  /** The metrics; counting begins now if it has not yet. */
  metrics(): Metrics {
    this.#metrics ??= createMetrics(this.options.source);
    return this.#metrics;
  }

  /** Brings what watches in line with the configuration; without a management API there is nobody to read metrics. */
  apply(config: Config): Promise<void> {
    this.#applied = this.#applied
      .then(() => this.#apply(config))
      .catch((error) => this.options.report(describe(error)));
    return this.#applied;
  }

  async #apply({ server, authorization, telemetry }: Config): Promise<void> {
    const metrics = server.management.enabled ? this.metrics().observer : undefined;
    const denials = authorization.enabled ? this.options.denials : undefined;
    if (!Bun.deepEquals(this.#telemetry, telemetry)) {
      const before = this.#tracer;
      this.#telemetry = telemetry;
      this.#tracer = telemetry.enabled ? await this.#trace(telemetry) : undefined;
      void before?.stop();
    }
    const observers = [this.options.first, denials, metrics, this.#tracer?.observer];
    this.options.changed(combine(observers.filter((observer) => observer !== undefined)));
  }

  /** Exports what is still to be exported. */
  async stop(): Promise<void> {
    await this.#applied;
    await this.#tracer?.stop();
  }

  async #trace({ otlp_endpoint: endpoint, service_name: serviceName }: Config["telemetry"]): Promise<Tracer> {
    const { createTracer } = await import("./trace.ts");
    const { version, report, redactor } = this.options;
    return createTracer({ endpoint, serviceName, version, report, redactor });
  }
}
