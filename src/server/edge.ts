// The rules for all that comes in over HTTP, as of the configuration in force.
import type { Config } from "../config/schema.ts";
import type { Fact } from "../model.ts";
import { type Guard, guardOf } from "./guard.ts";

export class Edge {
  /** The address that was bound, whatever the configuration says by now. */
  readonly #host: string;
  #guard: Guard;

  constructor(
    config: Config,
    private readonly emit: (fact: Fact) => void,
  ) {
    this.#host = config.server.host;
    this.#guard = this.#guardOf(config);
  }

  /** Brings the rules in line with a configuration. */
  apply(config: Config): void {
    this.#guard = this.#guardOf(config);
  }

  /** Says why a request may not pass, if it may not. */
  guard(request: Request): string | undefined {
    return this.#guard(request);
  }

  /** Tells what a configuration opens wider than is safe. */
  warn({ server }: Config): void {
    if (!server.allowed_origins.includes("*")) return;
    const message =
      'server.allowed_origins has "*": any web page that you visit can use this gateway and what is behind it';
    this.emit({ stage: "config", severity: "warning", message });
  }

  #guardOf({ server }: Config): Guard {
    const { allowed_hosts: allowedHosts, allowed_origins: allowedOrigins } = server;
    return guardOf({ host: this.#host, allowedHosts, allowedOrigins });
  }
}
