// What is counted as it happens: calls and events. By hand, since it is on the path of every call.
import type { CallEntry, CallObserver, Era, Event, Outcome, Route } from "../model.ts";
import { type OutcomeWord, wordFor } from "./calls.ts";
import { methodWord } from "./methods.ts";
import type { MetricsSource } from "./metrics.ts";

/** Upper bounds in seconds: from a look-up in memory to a tool that works for minutes. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** What has become of the calls of one method at one backend. */
export class CallCounts {
  /** By the era of their clients. */
  readonly outcomes: Readonly<Record<Era, Map<OutcomeWord, number>>> = { legacy: new Map(), modern: new Map() };
  /** How many took up to each bound, and longer than the one before; the last took longer than all. */
  readonly buckets = new Array<number>(BUCKETS.length + 1).fill(0);
  /** What all took together. */
  seconds = 0;

  constructor(readonly labels: { backend: string; method: string }) {}

  add(outcome: OutcomeWord, era: Era, seconds: number): void {
    const outcomes = this.outcomes[era];
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.seconds += seconds;
    let bucket = 0;
    while (seconds > (BUCKETS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
  }
}

/** Gives the counts of all calls that the observer is told of. */
export function countCalls(): { calls: ReadonlyMap<string, CallCounts>; observer: CallObserver } {
  const calls = new Map<string, CallCounts>();
  return {
    calls,
    observer: { begin: ({ body }, { era = "legacy" }) => new Timed(methodWord(body.method), era, calls) },
  };
}

class Timed implements CallEntry {
  readonly #start = performance.now();
  #backend = "";

  constructor(
    private readonly method: string,
    private readonly era: Era,
    private readonly calls: Map<string, CallCounts>,
  ) {}

  routed({ upstream }: Route): void {
    this.#backend = upstream.name;
  }

  end(outcome: Outcome): void {
    const seconds = (performance.now() - this.#start) / 1_000;
    const key = `${this.method} ${this.#backend}`;
    let counts = this.calls.get(key);
    if (!counts) {
      counts = new CallCounts({ backend: this.#backend, method: this.method });
      this.calls.set(key, counts);
    }
    counts.add(wordFor(outcome), this.era, seconds);
  }
}

export interface EventCount {
  readonly labels: Pick<Event, "stage" | "severity">;
  count: number;
}

/** Counts the events that the source holds, and those to come. */
export function countEvents(source: Pick<MetricsSource, "events" | "subscribe">): ReadonlyMap<string, EventCount> {
  const counts = new Map<string, EventCount>();
  const add = ({ stage, severity }: Event) => {
    const key = `${stage} ${severity}`;
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { labels: { stage, severity }, count: 1 });
  };
  source.events().forEach(add);
  source.subscribe(add);
  return counts;
}
