// How much everybody may ask for: a token bucket each, full at first, and a bounded number of buckets.

interface Bucket {
  tokens: number;
  /** When it was counted last, in milliseconds. */
  at: number;
  /** When somebody was last told that it is empty. */
  toldAt: number;
}

export interface LimitOptions {
  /** How many an empty bucket gets in a minute; also how many a full one has. */
  perMinute: number;
  /** In milliseconds, from any start. */
  now(): number;
  /** Hears at most once a minute of everybody who asks for too much. */
  exceeded?(key: string): void;
  /** How many buckets are kept; beyond that, who asked for nothing the longest is forgotten, and so has a full one. */
  buckets?: number;
}

const MINUTE = 60_000;

const BUCKETS = 10_000;

/** Parts of a token do not add up exactly, and who waited as long as was said must find a whole one. */
const NEARLY = 1e-9;

export class Limit {
  /** Who asked last comes last. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #options: LimitOptions;

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token; gives the seconds, rounded up, after which there is one, or 0 when it was there. */
  take(key: string): number {
    const bucket = this.#bucketOf(key);
    if (bucket.tokens < 1 - NEARLY) return this.#refuse(key, bucket);
    bucket.tokens--;
    return 0;
  }

  /** Takes tokens whether they are there or not: whoever has used more than it had waits longer. */
  spend(key: string, tokens: number): void {
    this.#bucketOf(key).tokens -= tokens;
  }

  /** The seconds after which there is a token, or 0; takes none. */
  wait(key: string): number {
    if (!this.#buckets.has(key)) return 0;
    const bucket = this.#bucketOf(key);
    return bucket.tokens < 1 - NEARLY ? this.#refuse(key, bucket) : 0;
  }

  #bucketOf(key: string): Bucket {
    const { perMinute, now, buckets = BUCKETS } = this.#options;
    const at = now();
    const bucket = this.#buckets.get(key) ?? { tokens: perMinute, at, toldAt: Number.NEGATIVE_INFINITY };
    bucket.tokens = Math.min(perMinute, bucket.tokens + ((at - bucket.at) * perMinute) / MINUTE);
    bucket.at = at;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > buckets) this.#forgetOldest();
    return bucket;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }

  #refuse(key: string, bucket: Bucket): number {
    const { perMinute, exceeded } = this.#options;
    if (bucket.at - bucket.toldAt >= MINUTE) {
      bucket.toldAt = bucket.at;
      exceeded?.(key);
    }
    return Math.ceil(((1 - NEARLY - bucket.tokens) * MINUTE) / perMinute / 1_000);
  }
}
