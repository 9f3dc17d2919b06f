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
  /** The latest one: a token is not looked up for every request. */
  #latest: { issuer: string; grant: Grant } | undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly backend: string,
    private readonly purpose: Purpose,
  ) {}

  /** Gives nothing for another server, another client or what cannot be read: a token goes only where it was meant to go. */
  async get(issuer: string): Promise<Grant | undefined> {
    return this.#latest?.issuer === issuer ? this.#latest.grant : await this.newest(issuer);
  }

  /** As `get`, with what another process has made of it meanwhile: of refresh tokens only the last one is good. */
  async newest(issuer: string): Promise<Grant | undefined> {
    const kept = parse(await this.store.get(this.#key(issuer)));
    const { purpose } = this;
    if (kept && Bun.deepEquals([kept.issuer, kept.purpose], [issuer, purpose]))
      this.#latest = { issuer, grant: kept.grant };
    return this.#latest?.issuer === issuer ? this.#latest.grant : undefined;
  }

  async set(issuer: string, grant: Grant): Promise<void> {
    this.#latest = { issuer, grant };
    await this.store.set(this.#key(issuer), JSON.stringify({ issuer, purpose: this.purpose, grant }));
  }

  async delete(issuer: string): Promise<void> {
    this.#latest = undefined;
    await this.store.delete(this.#key(issuer));
  }

  /** A name that a secret can have. */
  #key(issuer: string): string {
    const digest = new Bun.CryptoHasher("sha256").update(issuer).digest("hex");
    return `oauth.${this.backend}.${digest.slice(0, 32)}`;
  }
}

interface Kept {
  issuer: string;
  purpose: Purpose;
  grant: Grant;
}

function parse(text: string | undefined): Kept | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
