// What Prometheus reads: what was counted and the state of the program, in its text format. Loaded with the first scrape.
import { Counter, Gauge, type Histogram, Registry } from "prom-client";
import type { Era, Phase } from "../model.ts";
import { BUCKETS, type CallCounts, type EventCount } from "./counts.ts";
import type { Metrics, MetricsSource } from "./metrics.ts";

type Counts<Count> = ReadonlyMap<string, Count>;

const ERAS: readonly Era[] = ["legacy", "modern"];

/** Gives the function that writes all metrics. */
export function expose(source: MetricsSource, calls: Counts<CallCounts>, events: Counts<EventCount>): Metrics["text"] {
  const registry = new Registry();
  callMetrics(registry, calls);
  eventMetrics(registry, events);
  backendMetrics(registry, source);
  sessionMetrics(registry, source);
  processMetrics(registry, source.version);
  return async () => ({ type: registry.contentType, text: await registry.metrics() });
}

function callMetrics(registry: Registry, calls: Counts<CallCounts>): void {
  new Counter({
    name: "argus_calls_total",
    help: "Calls of clients by their outcome and the clients' era; the backend is empty where none was asked.",
    labelNames: ["backend", "method", "outcome", "era"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, outcomes } of calls.values())
        for (const era of ERAS)
          for (const [outcome, count] of outcomes[era]) this.inc({ ...labels, outcome, era }, count);
    },
  });
  const durations = {
    name: "argus_call_duration_seconds",
    help: "Time from a call's arrival to its answer.",
    type: "histogram",
    get: async () => ({ ...durations, values: [...calls.values()].flatMap((each) => samples(durations.name, each)) }),
  };
  // prom-client's own histogram looks up labels and bounds with every value, which costs a call 4 %; its registry asks for no more than this.
  registry.registerMetric(durations as unknown as Histogram);
}

function samples(name: string, { labels, buckets, seconds }: CallCounts) {
  let count = 0;
  const upTo = [...BUCKETS, "+Inf"].map((le, bucket) => {
    count += buckets[bucket] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  const sum = { metricName: `${name}_sum`, labels, value: seconds };
  return [...upTo, sum, { metricName: `${name}_count`, labels, value: count }];
}

function eventMetrics(registry: Registry, events: Counts<EventCount>): void {
  new Counter({
    name: "argus_events_total",
    help: "Events by stage and severity.",
    labelNames: ["stage", "severity"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of events.values()) this.inc(labels, count);
    },
  });
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
  new Gauge({
    name: "argus_backend_era",
    help: "1 for the era of MCP that a backend is spoken to in, 0 for the other; 0 for both while that is not known.",
    labelNames: ["backend", "era"],
    registers,
    collect() {
      this.reset();
      for (const { name: backend, era: current } of source.backends())
        for (const era of ERAS) this.set({ backend, era }, era === current ? 1 : 0);
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
    help: "Sessions of clients by transport and era; in the modern one, clients that listen or make calls.",
    labelNames: ["transport", "era"],
    registers: [registry],
    collect() {
      this.reset();
      for (const era of ERAS) this.set({ transport: "streamable-http", era }, 0);
      this.set({ transport: "sse", era: "legacy" }, 0);
      for (const { transport, era } of source.sessions()) this.inc({ transport, era });
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
