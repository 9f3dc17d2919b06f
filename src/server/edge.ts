// The rules for all that comes in over HTTP, as of the configuration in force.
import type { Config } from "../config/schema.ts";
import type { Fact, Identity } from "../model.ts";
import { Guesses } from "../policy/guesses.ts";
import { Limit } from "../policy/limit.ts";
import { ownerOf } from "../policy/owner.ts";
import { type Guard, guardOf } from "./guard.ts";

export interface EdgeOptions {
  emit(fact: Fact): void;
  /** In milliseconds, from any start. */
  now(): number;
  /** Whether the management API asks for a token. */
  hasToken(): boolean;
}

/** Who asks for something that is limited. */
export interface Asking {
  identity: Identity;
  address(): string | null;
}

export class Edge {
  /** The address that was bound, whatever the configuration says by now. */
  readonly #host: string;
  readonly #options: EdgeOptions;
  /** Who guesses at the token of the management API. */
  readonly guesses: Guesses;
  #guard: Guard;
  /** The same, but "*" is no origin. */
  #named: Guard;
  #perMinute = 0;
  #limit: Limit | undefined;

  constructor(config: Config, options: EdgeOptions) {
    this.#host = config.server.host;
    this.#options = options;
    this.guesses = new Guesses({ now: options.now, exceeded: (network) => this.#guessedAt(network) });
    this.#guard = this.#guardOf(config);
    this.#named = this.#guardOf(config, "*");
    this.#applyLimit(config);
  }

  /** Brings the rules in line with a configuration. */
  apply(config: Config): void {
    this.#guard = this.#guardOf(config);
    this.#named = this.#guardOf(config, "*");
    this.#applyLimit(config);
  }

  /** Says why a request may not pass, if it may not. */
  guard(request: Request): string | undefined {
    return this.#guard(request);
  }

  /** The same for the management API: where no token protects it, "*" opens it for no page. */
  guardManagement(request: Request): string | undefined {
    return (this.#options.hasToken() ? this.#guard : this.#named)(request);
  }

  /** The seconds to wait before asking again, where too much was asked for; else 0, and this counts. */
  wait({ identity, address }: Asking): number {
    return this.#limit?.take(ownerOf(identity, address())) ?? 0;
  }

  /** Counts so many requests more, which came with one that did not have to wait. */
  count({ identity, address }: Asking, requests: number): void {
    this.#limit?.spend(ownerOf(identity, address()), requests);
  }

  /** Tells what a configuration opens wider than is safe. */
  warn({ server }: Config): void {
    const any = server.allowed_origins.find((origin) => origin === "*" || origin === "null");
    if (any === undefined) return;
    const message = `server.allowed_origins has "${any}": any web page that you visit can use this gateway and what is behind it`;
    this.#options.emit({ stage: "config", severity: "warning", message });
  }

  #guessedAt(network: string): void {
    const message = `management API: too many wrong tokens from ${network}, which has to wait now`;
    this.#options.emit({ stage: "auth_failed", severity: "warning", message, details: { peer: network } });
  }

  #guardOf({ server }: Config, without?: string): Guard {
    const { allowed_hosts: allowedHosts, allowed_origins: origins } = server;
    const allowedOrigins = origins.filter((origin) => origin !== without);
    return guardOf({ host: this.#host, allowedHosts, allowedOrigins });
  }

  /** A limit that did not change goes on counting. */
  #applyLimit({ server }: Config): void {
    const { requests_per_minute: perMinute } = server.limits;
    if (perMinute === this.#perMinute) return;
    this.#perMinute = perMinute;
    const { emit, now } = this.#options;
    const exceeded = (key: string) => {
      const message = `too many requests from ${key}: over ${perMinute} a minute (server.limits.requests_per_minute)`;
      emit({ stage: "status", severity: "warning", message, details: { from: key } });
    };
    this.#limit = perMinute > 0 ? new Limit({ perMinute, now, exceeded }) : undefined;
  }
}
