// Keeps what was read of a modern backend's resources as long as it says, for everybody or for those it was read for (2026-07-28, Caching).
import type { Caller, Clock, Identity, Message } from "../model.ts";
import { edit } from "../protocol/json.ts";
import { isObject } from "../protocol/message.ts";
import { isLifetime } from "../protocol/modern-result.ts";

/** So many results are kept, and so many characters of them all. */
const COUNT = 1_000;
const SIZE = 16 * 1024 * 1024;

interface Kept {
  readonly uri: string;
  readonly response: Message;
  /** By the clock, in milliseconds. */
  readonly until: number;
}

export class ReadCache {
  /** By for whom and what, oldest first. */
  readonly #kept = new Map<string, Kept>();
  #size = 0;

  constructor(private readonly clock: Clock) {}

  /** What this request would be answered with, and may still be; how long it may be kept is what is left of that. */
  get(message: Message, caller: Caller | undefined): Message | undefined {
    const uri = uriOf(message);
    if (uri === undefined) return undefined;
    const [key, kept] = this.#find(uri, caller) ?? [];
    if (key === undefined || !kept) return undefined;
    const left = Math.floor(kept.until - this.clock.now());
    if (left <= 0) return this.#drop(key);
    const { text, body } = kept.response;
    const ttlMs = { result: { ttlMs: String(left) } };
    return { text: edit(text, ttlMs), body };
  }

  /** Keeps a response for whom it may be kept. */
  keep(message: Message, caller: Caller | undefined, response: Message): void {
    const uri = uriOf(message);
    const { result } = response.body;
    if (uri === undefined || !isObject(result) || (result.resultType ?? "complete") !== "complete") return;
    const { ttlMs, cacheScope } = result;
    const key = cacheScope === "public" ? everybody(uri) : cacheScope === "private" ? theirs(uri, caller) : undefined;
    if (key === undefined || !isLifetime(ttlMs) || ttlMs === 0) return;
    this.#drop(key);
    this.#kept.set(key, { uri, response, until: this.clock.now() + ttlMs });
    this.#size += response.text.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= COUNT && this.#size <= SIZE) break;
      this.#drop(oldest);
    }
  }

  /** Forgets what is about this resource, a part of it, or what it is a part of. */
  updated(uri: string): void {
    for (const [key, kept] of this.#kept) if (isWithin(uri, kept.uri) || isWithin(kept.uri, uri)) this.#drop(key);
  }

  clear(): void {
    this.#kept.clear();
    this.#size = 0;
  }

  #find(uri: string, caller: Caller | undefined): readonly [string, Kept] | undefined {
    for (const key of [everybody(uri), theirs(uri, caller)]) {
      const kept = key === undefined ? undefined : this.#kept.get(key);
      if (key !== undefined && kept) return [key, kept];
    }
    return undefined;
  }

  #drop(key: string): undefined {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    this.#size -= kept.response.text.length;
  }
}

/** The resource that a request reads and says no more about; an answer to more than that is not for others. */
function uriOf({ body: { method, params = {} } }: Message): string | undefined {
  const { uri, _meta, ...more } = params;
  const plain = method === "resources/read" && Object.keys(more).length === 0;
  return plain && typeof uri === "string" ? uri : undefined;
}

function everybody(uri: string): string {
  return JSON.stringify([uri]);
}

/** Those who show nothing are not known to be one and the same. */
function theirs(uri: string, caller: Caller | undefined): string | undefined {
  const { subject = null, issuer = null }: Partial<Identity> = caller?.identity ?? caller?.session.identity ?? {};
  return subject === null ? undefined : JSON.stringify([uri, issuer, subject]);
}

function isWithin(uri: string, whole: string): boolean {
  return uri === whole || uri.startsWith(`${whole.replace(/\/$/, "")}/`);
}
