// What somebody has granted to the gateway for one backend, kept by the server that issued it.
import type { Client } from "oauth4webapi";
import type { TokenStore } from "./credentials.ts";

export interface Grant {
  /** Whom it was granted to; of a configured client only the id. */
  client: Client;
  scopes: readonly string[];
  accessToken: string;
  refreshToken: string | undefined;
  /** When to renew it, in milliseconds since 1970. */
  renewAt: number;
}

/** What a grant is good for, and nothing else: the MCP server, and the client that is configured. */
interface Purpose {
  url: string;
  client: string | undefined;
}

export class Grants {
  /** The latest one, so that a store which fails is not noticed before the next start. */
  #latest: { issuer: string; grant: Grant } | undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly backend: string,
    private readonly purpose: Purpose,
  ) {}

  /** Gives nothing for another server, another client or what cannot be read: a token goes only where it was meant to go. */
  async get(issuer: string): Promise<Grant | undefined> {
    if (this.#latest?.issuer === issuer) return this.#latest.grant;
    const kept = parse(await this.store.get(this.#key(issuer)));
    if (!kept || !Bun.deepEquals(kept.purpose, this.purpose)) return undefined;
    this.#latest = { issuer, grant: kept.grant };
    return kept.grant;
  }

  async set(issuer: string, grant: Grant): Promise<void> {
    this.#latest = { issuer, grant };
    await this.store.set(this.#key(issuer), JSON.stringify({ purpose: this.purpose, grant }));
  }

  async delete(issuer: string): Promise<void> {
    this.#latest = undefined;
    await this.store.delete(this.#key(issuer));
  }

  #key(issuer: string): string {
    return `oauth:${this.backend}:${issuer}`;
  }
}

function parse(text: string | undefined): { purpose: Purpose; grant: Grant } | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
