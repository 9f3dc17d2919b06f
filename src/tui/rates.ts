// Counts a server's calls tick by tick, from its metrics, as long as somebody looks.
import type { Clock } from "../model.ts";

/** Milliseconds. */
const TICK = 2_000;

/** So many ticks are kept. */
const KEPT = 60;

export interface Counted {
  /** In each tick, newest last. */
  readonly calls: readonly number[];
  /** Failed ones of those. */
  readonly errors: readonly number[];
}

interface Totals {
  calls: number;
  errors: number;
}

export interface RatesOptions {
  clock: Clock;
  /** Gives the metrics in Prometheus' text format. */
  read(signal: AbortSignal): Promise<string>;
  counted(counted: Counted): void;
}

export class Rates {
  #watchers = 0;
  #counted: Counted = { calls: [], errors: [] };
  #before: Totals | undefined;
  #reading: AbortController | undefined;
  #cancel: (() => void) | undefined;

  constructor(private readonly options: RatesOptions) {}

  /** Counts until the returned function is called; begins anew with the first who looks. */
  watch(): () => void {
    if (this.#watchers++ === 0) this.#begin();
    let watching = true;
    return () => {
      if (watching && --this.#watchers === 0) this.stop();
      watching = false;
    };
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#reading?.abort();
    this.#reading = undefined;
  }

  #begin(): void {
    this.#counted = { calls: [], errors: [] };
    this.#before = undefined;
    void this.#tick();
  }

  async #tick(): Promise<void> {
    this.#cancel = this.options.clock.after(TICK, () => void this.#tick());
    // One that has not ended by now is of no use any more.
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const totals = await this.options.read(reading.signal).then(totalsOf, () => undefined);
    if (this.#reading === reading) this.#take(totals);
  }

  /** Without an answer nothing is known of the tick; what happened in it counts in the next. */
  #take(totals: Totals | undefined): void {
    const before = this.#before;
    this.#before = totals ?? before;
    if (!before) return;
    const { calls, errors } = difference(before, totals ?? before);
    this.#counted = { calls: appended(this.#counted.calls, calls), errors: appended(this.#counted.errors, errors) };
    this.options.counted(this.#counted);
  }
}

/** All calls by what became of them; as in the audit trail, what is no success has failed. */
function totalsOf(text: string): Totals {
  const totals = { calls: 0, errors: 0 };
  for (const [, labels = "", value] of text.matchAll(/^argus_calls_total\{(.*)\} (\S+)$/gm)) {
    totals.calls += Number(value);
    if (!labels.includes('outcome="success"')) totals.errors += Number(value);
  }
  return totals;
}

/** A server that was started anew counts from 0. */
function difference(before: Totals, after: Totals): Totals {
  if (after.calls < before.calls) return after;
  return { calls: after.calls - before.calls, errors: after.errors - before.errors };
}

function appended(numbers: readonly number[], number: number): readonly number[] {
  return [...numbers, number].slice(-KEPT);
}
