// Tokens that somebody grants in a browser: authorization code with PKCE (MCP Authorization), kept, refreshed, and asked for again.
import * as oauth from "oauth4webapi";
import type { OutgoingAuth } from "../config/backend-schema.ts";
import { describe, GatewayError } from "../errors.ts";
import { type AuthorizationServer, type DiscoveryOptions, discover, register } from "./authorization-server.ts";
import { wordsOf } from "./challenge.ts";
import { type CredentialsOptions, type Need, needsAuthorization, type Token, type TokenSource } from "./credentials.ts";
import { type Grant, Grants } from "./grants.ts";
import { createGuardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
import { listenForRedirect, type Redirect } from "./redirect.ts";
import { authenticated, throughGuard, usableFor } from "./token-request.ts";

export interface AuthorizationCodeOptions extends Pick<CredentialsOptions, "backend" | "store" | "ask" | "answered"> {
  auth: OutgoingAuth;
  /** The MCP server. */
  url: URL;
  method: DiscoveryOptions["method"];
}

/** An authorization that somebody was asked for. */
interface AuthorizationRequest {
  server: AuthorizationServer;
  client: oauth.Client;
  scopes: readonly string[];
  state: string;
  verifier: string;
  redirect: Redirect;
  /** Where to go and agree. */
  url: string;
}

export class AuthorizationCode implements TokenSource {
  readonly #options: AuthorizationCodeOptions;
  readonly #fetch: GuardedFetch;
  readonly #grants: Grants;
  #server: AuthorizationServer | undefined;
  #request: AuthorizationRequest | undefined;
  /** Settles when what the browser brought was made a token, or was not. */
  #redeemed: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: AuthorizationCodeOptions) {
    const { auth, url, backend, store } = options;
    this.#options = options;
    this.#fetch = createGuardedFetch(auth.token_url === undefined ? [url] : [url, new URL(auth.token_url)]);
    this.#grants = new Grants(store, backend, { url: url.href, client: auth.client_id });
  }

  async fetch({ refused, scopes }: Need): Promise<Token> {
    await this.#redeemed;
    const server = await this.#find();
    const { issuer } = server.metadata;
    const fits = (grant: Grant) => covers(grant, scopes) && grant.accessToken !== refused && Date.now() < grant.renewAt;
    let grant = await this.#grants.get(issuer);
    if (grant && !fits(grant)) grant = await this.#grants.newest(issuer);
    if (grant && fits(grant)) return tokenOf(grant);
    const refreshed = grant && covers(grant, scopes) && (await this.#refresh(server, grant));
    if (refreshed) return tokenOf(refreshed);
    const request = await this.#ask([...(grant?.scopes ?? []), ...scopes]);
    throw new GatewayError("unauthorized", needsAuthorization(request.url));
  }

  stop(): void {
    this.#stopped = true;
    this.#request?.redirect.close();
  }

  async #find(): Promise<AuthorizationServer> {
    if (this.#server) return this.#server;
    const { auth, url, method } = this.#options;
    const server = await discover({ url, method, fetch: this.#fetch });
    const { token_endpoint: endpoint } = server.metadata;
    // A secret goes nowhere but where the configuration says, whatever server the backend names.
    if (auth.token_url !== undefined && endpoint !== auth.token_url) {
      throw new GatewayError("unauthorized", `names ${endpoint} for tokens, not ${auth.token_url} (auth.token_url)`);
    }
    this.#server = server;
    return server;
  }

  /** Gives nothing when the authorization has come to its end. */
  async #refresh(server: AuthorizationServer, grant: Grant): Promise<Grant | undefined> {
    const { metadata, resource } = server;
    const { refreshToken } = grant;
    if (refreshToken === undefined) return undefined;
    const client = this.#client ?? grant.client;
    const guard = { ...throughGuard(this.#fetch), additionalParameters: { resource } };
    try {
      const tokens = await authenticated(client, async (way) => {
        const response = await oauth.refreshTokenGrantRequest(metadata, client, way, refreshToken, guard);
        return await oauth.processRefreshTokenResponse(metadata, client, response);
      });
      return await this.#keep(server, tokens, grant);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== "unauthorized") throw error;
      await this.#grants.delete(metadata.issuer);
      // It may have moved to another server.
      this.#server = undefined;
      return undefined;
    }
  }

  /** Asks somebody to agree, once for all that need it. */
  async #ask(further: readonly string[]): Promise<AuthorizationRequest> {
    const server = await this.#find();
    const { scopes } = this.#options.auth;
    const asked = scopes.length > 0 ? scopes : server.scopes;
    const wanted = [...new Set([...asked, ...further])];
    const open = this.#request;
    if (open && wanted.every((scope) => open.scopes.includes(scope))) return open;
    open?.redirect.close();
    const request = await this.#begin(server, wanted);
    this.#request = request;
    if (this.#stopped) request.redirect.close();
    else this.#options.ask(request.url);
    return request;
  }

  async #begin(server: AuthorizationServer, scopes: readonly string[]): Promise<AuthorizationRequest> {
    const { redirect_port: port } = this.#options.auth;
    const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
    const redirect = listenForRedirect({ port, state, receive: (parameters) => this.#receive(parameters) });
    try {
      const client = this.#client ?? (await register(server, redirect.uri, this.#fetch));
      const request = { server, client, scopes, state, verifier, redirect };
      return { ...request, url: await addressOf(request, this.#fetch) };
    } catch (error) {
      redirect.close();
      throw error;
    }
  }

  /** The browser is back: whatever it brought, this request for authorization is over. */
  async #receive(parameters: URLSearchParams): Promise<string> {
    const request = this.#request;
    if (!request || request.state !== parameters.get("state")) return "This authorization is over.";
    this.#request = undefined;
    request.redirect.close();
    const redeemed = this.#redeem(request, parameters);
    this.#redeemed = redeemed.catch(() => undefined);
    try {
      await redeemed;
      return `Argus MCP may use ${this.#options.backend} now. You can close this page.`;
    } catch (error) {
      return `Argus MCP was not authorized for ${this.#options.backend}: ${describe(error)}`;
    } finally {
      this.#options.answered();
    }
  }

  async #redeem(request: AuthorizationRequest, given: URLSearchParams): Promise<void> {
    const { server, client, scopes, state, verifier, redirect } = request;
    const { metadata, resource } = server;
    const guard = { ...throughGuard(this.#fetch), additionalParameters: { resource } };
    const tokens = await authenticated(client, async (way) => {
      // Checks the state, and the issuer of the response (RFC 9207).
      const response = oauth.validateAuthResponse(metadata, client, given, state);
      const { uri } = redirect;
      const answer = await oauth.authorizationCodeGrantRequest(metadata, client, way, response, uri, verifier, guard);
      return await oauth.processAuthorizationCodeResponse(metadata, client, answer);
    });
    await this.#keep(server, tokens, { client, scopes });
  }

  async #keep(
    { metadata }: AuthorizationServer,
    tokens: oauth.TokenEndpointResponse,
    before: Pick<Grant, "client" | "scopes"> & Partial<Grant>,
  ): Promise<Grant> {
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = tokens;
    const grant: Grant = {
      client: this.#client ? { client_id: this.#client.client_id } : before.client,
      scopes: scope === undefined ? before.scopes : wordsOf(scope),
      accessToken,
      // A server that sends no other one means the old one to be used again (RFC 6749 §6).
      refreshToken: refreshToken ?? before.refreshToken,
      renewAt: lifetime === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + usableFor(lifetime) * 1_000,
    };
    await this.#grants.set(metadata.issuer, grant);
    return grant;
  }

  /** The client that was registered beforehand. */
  get #client(): oauth.Client | undefined {
    const { client_id, client_secret } = this.#options.auth;
    return client_id === undefined ? undefined : { client_id, ...(client_secret !== undefined && { client_secret }) };
  }
}

function covers({ scopes }: Grant, wanted: readonly string[]): boolean {
  return wanted.every((scope) => scopes.includes(scope));
}

function tokenOf({ accessToken: value, renewAt }: Grant): Token {
  return { value, goodFor: (renewAt - Date.now()) / 1_000 };
}

/** Where somebody is asked (RFC 6749 §4.1.1, RFC 7636, RFC 8707). */
async function addressOf(
  { server, client, scopes, state, verifier, redirect }: Omit<AuthorizationRequest, "url">,
  fetch: GuardedFetch,
): Promise<string> {
  const { authorization_endpoint: endpoint = "" } = server.metadata;
  if (!URL.canParse(endpoint)) throw new GatewayError("unauthorized", "its authorization server has no page to ask on");
  const url = new URL(endpoint);
  fetch.check(url);
  const parameters = {
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: redirect.uri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    resource: server.resource,
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
