// The credentials of one backend: a bearer token that all of its connections share, renewed before it expires and when it is refused.
import { describe, GatewayError } from "../errors.ts";
import type { Clock } from "../model.ts";
import { MASK } from "../observe/redact.ts";

export interface Token {
  value: string;
  /** Seconds until it is to be renewed; absent where nobody knows when it expires. */
  goodFor?: number;
}

/** What a token is needed for. */
export interface Need {
  /** A token that was refused and will not do. */
  refused: string | undefined;
  /** Scopes that were asked for besides the configured ones. */
  scopes: readonly string[];
}

export interface TokenSource {
  /** Throws GatewayError: `unauthorized` when asking again would change nothing, else `unavailable`. */
  fetch(need: Need): Promise<Token>;
  stop(): void;
}

/** Keeps tokens beyond the life of the program, under names that secrets can have; the values are secrets. One that fails says so itself: what was not kept is asked for again. */
export interface TokenStore {
  get(key: string): Promise<string | undefined> | string | undefined;
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
}

/** What credentials are made with. */
export interface CredentialsOptions {
  /** The backend's name. */
  backend: string;
  clock: Clock;
  store: TokenStore;
  /** Somebody must open this address, and agree. */
  ask(url: string): void;
  /** What was asked for was given, or refused: it is time to try again. */
  answered(): void;
}

/** Nothing was sent, for there is nothing to authorize it with. */
export class MissingCredentials extends GatewayError {
  constructor(reason: unknown) {
    super("undelivered", describe(reason));
  }
}

/** What is said of a backend until whoever runs the gateway has agreed. */
export function needsAuthorization(url: string): string {
  return `needs authorization; open ${url}`;
}

/** The same for clients: with the address, and the state in it, they could have the gateway use an account of their own (RFC 6749 §10.12). */
export function withoutAddress(message: string): string {
  return message.replace(/(?<=needs authorization; )open \S+/g, "the log of the gateway says where to give it");
}

/** A server that always asks for yet another scope is given no more than this. */
const MOST_SCOPES = 100;

export class Credentials {
  #source: Promise<TokenSource> | undefined;
  #token: string | undefined;
  /** When the token is to be renewed, by the clock. */
  #renewAt = 0;
  #refused: string | undefined;
  /** At most one for all connections. */
  #renewal: Promise<string> | undefined;
  #scopes: readonly string[] = [];
  readonly #tried = new Set<string>();
  #stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly open: () => Promise<TokenSource>,
  ) {}

  /** A token that should be accepted. Throws GatewayError: `unauthorized` when asking again would change nothing, else `unavailable`. */
  async get(): Promise<string> {
    if (this.#token !== undefined && this.clock.now() < this.#renewAt) return this.#token;
    return await (this.#renewal ?? this.#renew(this.#scopes));
  }

  /** As `get`, in place of a token that was refused. */
  async replace(token: string): Promise<string> {
    if (token === this.#token) {
      this.#refused = token;
      this.expire();
    }
    return await this.get();
  }

  /** One attempt at a token that covers these scopes as well; gives nothing when there was one before (MCP Authorization, Step-Up). */
  async widen(token: string, scopes: readonly string[]): Promise<string | undefined> {
    while (this.#renewal) await this.#renewal.catch(() => undefined);
    if (token !== this.#token) return await this.get();
    const fresh = scopes.filter((scope) => !this.#tried.has(scope));
    if (fresh.length === 0 || this.#tried.size + fresh.length > MOST_SCOPES) return undefined;
    for (const scope of scopes) this.#tried.add(scope);
    const wider = [...new Set([...this.#scopes, ...scopes])];
    const value = await this.#renew(wider);
    this.#scopes = wider;
    return value;
  }

  /** Whoever asks from now on gets a token that is looked up anew. */
  expire(): void {
    this.#renewAt = 0;
  }

  /** A text of the backend's without the token, which some servers repeat in their errors. */
  hide(text: string): string {
    return this.#token ? text.replaceAll(this.#token, MASK) : text;
  }

  /** Asks for no token any more. */
  stop(): void {
    this.#stopped = true;
    void this.#source?.then((source) => source.stop());
  }

  #renew(scopes: readonly string[]): Promise<string> {
    this.#renewal = this.#fetch(scopes).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #fetch(scopes: readonly string[]): Promise<string> {
    if (this.#stopped) throw new GatewayError("unavailable", "is shutting down");
    this.#source ??= this.open();
    const source = await this.#source;
    const { value, goodFor = Number.POSITIVE_INFINITY } = await source.fetch({ refused: this.#refused, scopes });
    this.#token = value;
    this.#renewAt = this.clock.now() + goodFor * 1_000;
    return value;
  }
}
