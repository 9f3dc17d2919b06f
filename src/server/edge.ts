// The rules for all that comes in over HTTP, as of the configuration in force.
import type { Config } from "../config/schema.ts";
import type { Fact } from "../model.ts";
import { type Guard, guardOf } from "./guard.ts";

export interface EdgeOptions {
  emit(fact: Fact): void;
  /** Whether the management API asks for a token. */
  hasToken(): boolean;
}

export class Edge {
  /** The address that was bound, whatever the configuration says by now. */
  readonly #host: string;
  readonly #options: EdgeOptions;
  #guard: Guard;
  /** The same, but "*" is no origin. */
  #named: Guard;

  constructor(config: Config, options: EdgeOptions) {
    this.#host = config.server.host;
    this.#options = options;
    this.#guard = this.#guardOf(config);
    this.#named = this.#guardOf(config, "*");
  }

  /** Brings the rules in line with a configuration. */
  apply(config: Config): void {
    this.#guard = this.#guardOf(config);
    this.#named = this.#guardOf(config, "*");
  }

  /** Says why a request may not pass, if it may not. */
  guard(request: Request): string | undefined {
    return this.#guard(request);
  }

  /** The same for the management API: where no token protects it, "*" opens it for no page. */
  guardManagement(request: Request): string | undefined {
    return (this.#options.hasToken() ? this.#guard : this.#named)(request);
  }

  /** Tells what a configuration opens wider than is safe. */
  warn({ server }: Config): void {
    const any = server.allowed_origins.find((origin) => origin === "*" || origin === "null");
    if (any === undefined) return;
    const message = `server.allowed_origins has "${any}": any web page that you visit can use this gateway and what is behind it`;
    this.#options.emit({ stage: "config", severity: "warning", message });
  }

  #guardOf({ server }: Config, without?: string): Guard {
    const { allowed_hosts: allowedHosts, allowed_origins: origins } = server;
    const allowedOrigins = origins.filter((origin) => origin !== without);
    return guardOf({ host: this.#host, allowedHosts, allowedOrigins });
  }
}
