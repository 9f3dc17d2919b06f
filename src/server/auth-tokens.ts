// JSON Web Tokens that were verified, by their hashes: verifying costs more than all the rest of a call.
import type { Identity } from "../model.ts";
import type { AuthOptions, IncomingAuth, Method } from "./auth.ts";
import type { Verify } from "./auth-jwt.ts";

interface Known {
  identity: Identity;
  /** In milliseconds since 1970. */
  until: number;
}

/** How many are kept: more than there are sessions by default, each with a token and the next one. */
const LIMIT = 4_000;

/** How long one is kept, in milliseconds: after that its key must still be among the issuer's. */
const KEPT = 5 * 60_000;

export class Tokens implements Method {
  #known = new Map<string, Known>();
  readonly #verify: Promise<Verify>;
  readonly #now: () => number;

  /** Loads what verifies, and the keys, without waiting for either. */
  constructor(settings: IncomingAuth, options: AuthOptions) {
    this.#now = options.now;
    const keysChanged = () => {
      this.#known = new Map();
    };
    this.#verify = import("./auth-jwt.ts").then(({ createVerifier }) =>
      createVerifier(settings, { ...options, keysChanged }),
    );
  }

  identify(token: string): Identity | Promise<Identity> {
    const hash = Bun.SHA256.hash(token, "base64");
    const known = this.#known.get(hash);
    return known && known.until > this.#now() ? known.identity : this.#check(token, hash);
  }

  async #check(token: string, hash: string): Promise<Identity> {
    const verify = await this.#verify;
    // When the keys change meanwhile, nobody looks here any more.
    const known = this.#known;
    const identity = await verify(token);
    const { expires = Number.POSITIVE_INFINITY } = identity;
    known.delete(hash);
    known.set(hash, { identity, until: Math.min(expires, this.#now() + KEPT) });
    const [oldest] = known.keys();
    if (known.size > LIMIT && oldest !== undefined) known.delete(oldest);
    return identity;
  }
}
