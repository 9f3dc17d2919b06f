// Metrics for Prometheus: calls and events are counted as they happen, all that is state is read when it is asked for.
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CallEntry, CallObserver, Event, Outcome, Phase, Route } from "../model.ts";
import { OUTCOMES, type OutcomeWord, wordFor } from "./calls.ts";
import { methodWord } from "./methods.ts";

/** What is read at every scrape, and the events. */
export interface MetricsSource {
  readonly version: string;
  backends(): readonly BackendNumbers[];
  sessions(): readonly { transport: string }[];
  /** The events still held. */
  events(): readonly Event[];
  subscribe(listener: (event: Event) => void): unknown;
}

export interface BackendNumbers {
  name: string;
  phase: Phase;
  /** Since it was configured. */
  restarts: number;
  /** Bytes of messages since it was configured. */
  traffic: { received: number; sent: number };
}

export interface Metrics {
  readonly observer: CallObserver;
  /** All metrics in Prometheus' text format, with its content type. */
  text(): Promise<{ type: string; text: string }>;
}

/** Counts from now on, and the events that the source still holds. */
export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry();
  const observer = callMetrics(registry);
  eventMetrics(registry, source);
  backendMetrics(registry, source);
  sessionMetrics(registry, source);
  processMetrics(registry, source.version);
  return {
    observer,
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** Upper bounds in seconds: from a look-up in memory to a tool that works for minutes. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** The metrics of one backend and method, bound to their labels: finding them by labels for each call would cost more than counting. */
interface Series {
  readonly outcomes: Readonly<Record<OutcomeWord, Counter.Internal>>;
  readonly duration: Histogram.Internal<string>;
}

function callMetrics(registry: Registry): CallObserver {
  const registers = [registry];
  const calls = new Counter({
    name: "argus_calls_total",
    help: "Calls of clients by their outcome; the backend is empty where none was asked.",
    labelNames: ["backend", "method", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "argus_call_duration_seconds",
    help: "Time from a call's arrival to its answer.",
    labelNames: ["backend", "method"],
    buckets: BUCKETS,
    registers,
  });
  const known = new Map<string, Series>();
  const seriesOf = (backend: string, method: string): Series => {
    const key = `${method} ${backend}`;
    const found = known.get(key);
    if (found) return found;
    const bound = OUTCOMES.map((outcome) => [outcome, calls.labels({ backend, method, outcome })]);
    const series = { outcomes: Object.fromEntries(bound), duration: durations.labels({ backend, method }) };
    known.set(key, series);
    return series;
  };
  return { begin: ({ body }) => new Timed(methodWord(body.method), seriesOf) };
}

class Timed implements CallEntry {
  readonly #start = performance.now();
  #backend = "";

  constructor(
    private readonly method: string,
    private readonly seriesOf: (backend: string, method: string) => Series,
  ) {}

  routed({ upstream }: Route): void {
    this.#backend = upstream.name;
  }

  end(outcome: Outcome): void {
    const { outcomes, duration } = this.seriesOf(this.#backend, this.method);
    outcomes[wordFor(outcome)].inc();
    duration.observe((performance.now() - this.#start) / 1_000);
  }
}

function eventMetrics(registry: Registry, source: MetricsSource): void {
  const events = new Counter({
    name: "argus_events_total",
    help: "Events by stage and severity.",
    labelNames: ["stage", "severity"],
    registers: [registry],
  });
  const count = ({ stage, severity }: Event) => events.inc({ stage, severity });
  source.events().forEach(count);
  source.subscribe(count);
}

const PHASES = Object.keys({
  pending: 0,
  initializing: 0,
  ready: 0,
  degraded: 0,
  retrying: 0,
  failed: 0,
  shutting_down: 0,
  disabled: 0,
} satisfies Record<Phase, 0>);

/** Every scrape starts anew, so that a backend that is gone is not shown for ever. */
function backendMetrics(registry: Registry, source: MetricsSource): void {
  const registers = [registry];
  new Gauge({
    name: "argus_backend_phase",
    help: "1 for the phase that a backend is in, 0 for the others.",
    labelNames: ["backend", "phase"],
    registers,
    collect() {
      this.reset();
      for (const { name: backend, phase: current } of source.backends())
        for (const phase of PHASES) this.set({ backend, phase }, phase === current ? 1 : 0);
    },
  });
  new Counter({
    name: "argus_backend_restarts_total",
    help: "Reconnections of a backend after it was lost.",
    labelNames: ["backend"],
    registers,
    collect() {
      this.reset();
      for (const { name: backend, restarts } of source.backends()) this.inc({ backend }, restarts);
    },
  });
  new Counter({
    name: "argus_backend_bytes_total",
    help: "Bytes of messages received from a backend and sent to it.",
    labelNames: ["backend", "direction"],
    registers,
    collect() {
      this.reset();
      for (const { name: backend, traffic } of source.backends()) {
        this.inc({ backend, direction: "received" }, traffic.received);
        this.inc({ backend, direction: "sent" }, traffic.sent);
      }
    },
  });
}

function sessionMetrics(registry: Registry, source: MetricsSource): void {
  new Gauge({
    name: "argus_sessions",
    help: "Sessions of clients by transport.",
    labelNames: ["transport"],
    registers: [registry],
    collect() {
      this.reset();
      for (const transport of ["streamable-http", "sse"]) this.set({ transport }, 0);
      for (const { transport } of source.sessions()) this.inc({ transport });
    },
  });
}

/** The usual names; prom-client's own collection also runs timers, and shows what only Node.js has. */
function processMetrics(registry: Registry, version: string): void {
  const registers = [registry];
  new Gauge({
    name: "argus_build_info",
    help: "Always 1; the version is in the label.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started, in seconds since 1970.",
    registers,
  }).set(performance.timeOrigin / 1_000);
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process that is in RAM.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time that the process has used.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}
