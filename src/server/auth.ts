// Who asks: finds the identity behind every request, by the rules of `incoming_auth` that are in force.
import type { Config } from "../config/schema.ts";
import { GatewayError } from "../errors.ts";
import type { Fact, Identity } from "../model.ts";
import { challengeFor, describeResource } from "./auth-challenge.ts";
import { sharedToken, tokenIn, Unauthenticated } from "./auth-token.ts";
import { Tokens } from "./auth-tokens.ts";
import { refuse, refuseWith } from "./refusal.ts";

export type IncomingAuth = Config["incoming_auth"];

/** Fetches a document of an issuer. Throws GatewayError when there is none to be had. */
export type Fetch = (url: string) => Promise<Response>;

export interface AuthOptions {
  emit(fact: Fact): void;
  /** Takes who could not show what it must; `expected` where it has shown nothing, as clients do that ask how to log in. */
  refused(refusal: { address: string | null; error: string; expected: boolean }): void;
  /** Makes a fetch that goes to these addresses of the configuration, and to no others that are private. */
  fetchFor(named: readonly URL[]): Promise<Fetch>;
  /** Who was let in by other rules must show itself anew. */
  changed(): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Checks tokens. */
export interface Method {
  /** Throws Unauthenticated for a wrong token, and GatewayError `unavailable` when that cannot be said now. */
  identify(token: string): Identity | Promise<Identity>;
}

/** Seconds until a client may ask again when no token can be checked. */
const RETRY_AFTER = 5;

/**
 * A shorter token that all clients share may be found by trying, in characters. Nobody is kept from trying: whoever had a
 * network wait for its wrong tokens could stop all clients that come from there, such as through one proxy.
 */
const SHORT = 16;

/** All who show nothing where nothing must be shown. */
export const ANONYMOUS: Identity = { subject: null, issuer: null, roles: [] };

export class Auth {
  #settings: IncomingAuth;
  /** Absent where nothing must be shown. */
  #method: Method | undefined;

  constructor(
    { incoming_auth: settings }: Config,
    private readonly options: AuthOptions,
  ) {
    this.#settings = settings;
    this.#method = this.#methodOf(settings);
  }

  /** Brings the rules in line with a configuration. */
  apply({ incoming_auth: settings }: Config): void {
    if (Bun.deepEquals(settings, this.#settings)) return;
    this.#settings = settings;
    this.#method = this.#methodOf(settings);
    this.options.changed();
  }

  /** Gives who has sent a request, or its refusal: 401, or 503 when nobody's token can be checked. */
  identify(request: Request, address: () => string | null): Identity | Response | Promise<Identity | Response> {
    const method = this.#method;
    if (!method) return ANONYMOUS;
    try {
      const identity = method.identify(tokenIn(request.headers.get("authorization")));
      if (!(identity instanceof Promise)) return identity;
      return identity.then(
        // Rules that have changed meanwhile count.
        (found) => (this.#method === method ? found : this.identify(request, address)),
        (error) => this.#refuse(error, request, address),
      );
    } catch (error) {
      return this.#refuse(error, request, address);
    }
  }

  /** Answers what this server is to those who want to get a token for it (RFC 9728). */
  describe(request: Request): Response {
    return describeResource(request, this.#settings);
  }

  /** Tells what a configuration opens wider than is safe. */
  warn({ server: { host, port }, incoming_auth: { type, token = "", audience, jwks_uri } }: Config): void {
    const warn = (message: string) => this.options.emit({ stage: "config", severity: "warning", message });
    if (type === "anonymous" && !isLoopback(host))
      warn(
        `incoming_auth.type is anonymous: whoever reaches ${host}:${port} can use this gateway and what is behind it`,
      );
    if (type === "local" && token.length < SHORT && !isLoopback(host))
      warn(
        `incoming_auth.token has under ${SHORT} characters and can be guessed; \`argus-mcp secret keygen\` makes one that cannot`,
      );
    if ((type === "oidc" || jwks_uri !== undefined) && !audience)
      warn("incoming_auth.audience is not set: tokens that were issued for any other server are accepted here too");
  }

  #methodOf(settings: IncomingAuth): Method | undefined {
    if (settings.type === "anonymous") return undefined;
    return settings.type === "local" ? sharedToken(settings.token ?? "") : new Tokens(settings, this.options);
  }

  /** Throws what should not have happened. */
  #refuse(error: unknown, request: Request, address: () => string | null): Response {
    if (error instanceof GatewayError && error.code === "unavailable")
      return refuseWith(error, 503, { "retry-after": String(RETRY_AFTER) });
    if (!(error instanceof Unauthenticated)) throw error;
    this.options.refused({ address: address(), error: error.message, expected: !error.shown });
    return refuse(401, error.message, { "www-authenticate": challengeFor(request, error, this.#settings) });
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}
