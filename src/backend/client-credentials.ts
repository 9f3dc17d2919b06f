// Tokens that the gateway gets in its own name (RFC 6749 §4.4).
import * as oauth from "oauth4webapi";
import type { OutgoingAuth } from "../config/backend-schema.ts";
import type { Need, Token, TokenSource } from "./credentials.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { authenticated, throughGuard, usableFor } from "./token-request.ts";

/** The check of the configuration has seen that the address and the client are there. */
export type ClientCredentialsAuth = OutgoingAuth &
  Required<Pick<OutgoingAuth, "token_url" | "client_id" | "client_secret">>;

export function clientCredentials(auth: ClientCredentialsAuth): TokenSource {
  const url = new URL(auth.token_url);
  const server = { issuer: url.origin, token_endpoint: url.href };
  const client = { client_id: auth.client_id, client_secret: auth.client_secret };
  const guard = throughGuard(createGuardedFetch([url]));

  const fetch = async ({ scopes }: Need): Promise<Token> => {
    const wanted = [...new Set([...auth.scopes, ...scopes])].join(" ");
    const parameters: Record<string, string> = wanted ? { scope: wanted } : {};
    const tokens = await authenticated(client, async (authentication) => {
      const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, guard);
      return await oauth.processClientCredentialsResponse(server, client, response);
    });
    const { access_token: value, expires_in: lifetime } = tokens;
    return lifetime === undefined ? { value } : { value, goodFor: usableFor(lifetime) };
  };
  return { fetch, stop: () => undefined };
}
