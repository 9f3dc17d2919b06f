// How many requests a client may make: a bucket of tokens each, which fills evenly; the longest unused is forgotten first.
import type { Clock } from "../model.ts";

/** Gives the seconds that a client has to wait for its next request; 0 admits this one. The client is asked for only where there is a limit. */
export type RequestLimit = (client: () => string) => number;

interface Bucket {
  tokens: number;
  /** When it had so many, in milliseconds. */
  at: number;
}

const BUCKETS = 10_000;

/** Limits each client to so many requests a minute, which it may also make at once; 0 is no limit. */
export function requestLimit(perMinute: () => number, clock: Pick<Clock, "now">, size = BUCKETS): RequestLimit {
  const buckets = new Map<string, Bucket>();
  return (client) => {
    const limit = perMinute();
    if (limit === 0) return 0;
    const rate = limit / 60_000;
    const key = client();
    const now = clock.now();
    const { tokens, at } = buckets.get(key) ?? { tokens: limit, at: now };
    const filled = Math.min(limit, tokens + (now - at) * rate);
    const admitted = filled >= 1;
    // A map keeps its order, so what is set anew is last.
    buckets.delete(key);
    buckets.set(key, { tokens: admitted ? filled - 1 : filled, at: now });
    for (const oldest of buckets.keys()) {
      if (buckets.size <= size) break;
      buckets.delete(oldest);
    }
    return admitted ? 0 : Math.ceil((1 - filled) / rate / 1_000);
  };
}
