// Metrics for Prometheus: calls and events are counted as they happen, all that is state is read when it is asked for.
import type { CallObserver, Era, Event, Phase } from "../model.ts";
import { countCalls, countEvents } from "./counts.ts";

/** What is read at every scrape, and the events. */
export interface MetricsSource {
  readonly version: string;
  backends(): readonly BackendNumbers[];
  sessions(): readonly { transport: string; era: Era }[];
  /** The events still held. */
  events(): readonly Event[];
  subscribe(listener: (event: Event) => void): unknown;
}

export interface BackendNumbers {
  name: string;
  phase: Phase;
  /** Null while it is not known. */
  era: Era | null;
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
  const { calls, observer } = countCalls();
  const events = countEvents(source);
  let exposition: Promise<Metrics["text"]> | undefined;
  return {
    observer,
    async text() {
      exposition ??= import("./exposition.ts").then(({ expose }) => expose(source, calls, events));
      return (await exposition)();
    },
  };
}
