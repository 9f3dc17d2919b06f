// The public keys of an issuer: fetched when they are needed, kept when they cannot be fetched, and looked for anew when one is unknown.
import type { JSONWebKeySet } from "jose";
import { createLocalJWKSet } from "jose/jwks/local";
import type { JWTVerifyGetKey } from "jose/jwt/verify";
import { describe, GatewayError } from "../errors.ts";
import type { Fact } from "../model.ts";
import { excerpt } from "../observe/excerpt.ts";

export interface KeySetOptions {
  /** Fetches the keys. Throws GatewayError. */
  load(): Promise<JSONWebKeySet>;
  emit(fact: Fact): void;
  /** There are other keys than before. */
  keysChanged(): void;
  /** In milliseconds. */
  now(): number;
}

/** How long keys are used without a look at whether they are still the issuer's, in milliseconds. */
const FRESH = 10 * 60_000;

/** The time from one fetch to the next, in milliseconds: unknown keys, which anybody can make up, cause no more of them. */
const PAUSE = 30_000;

/** The same while there are no keys at all. */
const SHORT_PAUSE = 5_000;

/** How much is told of a problem, in characters: documents of an issuer are in it. */
const LONGEST = 500;

export class KeySet {
  readonly #options: KeySetOptions;
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  /** The same as text. */
  #text = "";
  #asked = Number.NEGATIVE_INFINITY;
  #loaded = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;
  /** What was said last about keys that cannot be had. */
  #problem: string | undefined;

  /** Fetches the keys without waiting for them. */
  constructor(options: KeySetOptions) {
    this.#options = options;
    void this.#load(0);
  }

  /** Finds the key of a token. Throws what the library throws where there is none, and GatewayError `unavailable` without any keys. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = this.#keys ?? (await this.#first());
    if (this.#options.now() - this.#loaded > FRESH) void this.#load(PAUSE);
    try {
      return await keys(header, token);
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_JWKS_NO_MATCHING_KEY") throw error;
      await this.#load(PAUSE);
      if (!this.#keys || this.#keys === keys) throw error;
      return await this.#keys(header, token);
    }
  };

  async #first() {
    await this.#load(SHORT_PAUSE);
    if (this.#keys) return this.#keys;
    throw new GatewayError(
      "unavailable",
      "tokens cannot be checked now, for the issuer's keys cannot be had; try again",
    );
  }

  /** Fetches the keys, one fetch at a time, and not before the pause since the last one is over. */
  #load(pause: number): Promise<void> {
    const now = this.#options.now();
    if (!this.#loading && now - this.#asked >= pause) {
      this.#asked = now;
      this.#loading = this.#fetch().finally(() => {
        this.#loading = undefined;
      });
    }
    return this.#loading ?? Promise.resolve();
  }

  async #fetch(): Promise<void> {
    try {
      const keys = await this.#options.load();
      this.#take(keys);
      this.#tell(undefined);
    } catch (error) {
      this.#tell(excerpt(describe(error), LONGEST));
    }
  }

  #take(keys: JSONWebKeySet): void {
    this.#loaded = this.#options.now();
    const text = JSON.stringify(keys);
    if (text === this.#text) return;
    const changed = this.#keys !== undefined;
    this.#keys = createLocalJWKSet(keys);
    this.#text = text;
    if (changed) this.#options.keysChanged();
  }

  /** Tells each problem once, and its end. */
  #tell(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const meanwhile = this.#keys ? "the keys of before go on being used" : "until then all clients get 503";
    const message = problem
      ? `cannot fetch the keys that tokens are checked with: ${problem}; ${meanwhile}`
      : undefined;
    const fact = { stage: "status", severity: message ? "warning" : "info" } as const;
    this.#options.emit({ ...fact, message: message ?? "the keys that tokens are checked with can be fetched again" });
  }
}
