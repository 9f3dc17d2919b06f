// Requests to a token endpoint (RFC 6749): what they give, and in which way they fail.
import * as oauth from "oauth4webapi";
import { describe, GatewayError } from "../errors.ts";
import type { GuardedFetch } from "./guarded-fetch.ts";

/** A token is renewed before its end: at the latest after nine tenths of its life, at the earliest with so many seconds left. */
const MARGIN = 30;

/** Errors of RFC 6749 that pass; after the others the same request would be refused again. */
const PASSING = new Set(["temporarily_unavailable", "server_error", "slow_down"]);
const REFUSING = new Set([400, 401, 403]);

/** The options for every request: where it may go is for the guarded fetch to say. */
export function throughGuard(fetch: GuardedFetch) {
  return { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true };
}

/** How long to use a token, in seconds, when it is valid for so many. */
export function usableFor(seconds: number): number {
  return seconds - Math.min(MARGIN, seconds / 10);
}

/** The ways for a client to prove who it is, best first. */
function authenticationsOf({ client_secret: secret }: oauth.Client): oauth.ClientAuth[] {
  if (typeof secret !== "string") return [oauth.None()];
  return [secretInHeader(secret), oauth.ClientSecretPost(secret)];
}

/** oauth4webapi's own encodes more than RFC 6749 §2.3.1 asks for, such as the "-" of a UUID, and servers that decode nothing do not know it then. */
function secretInHeader(secret: string): oauth.ClientAuth {
  const encoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return (_, { client_id: id }, __, headers) =>
    headers.set("authorization", `Basic ${btoa(`${encoded(id)}:${encoded(secret)}`)}`);
}

/** Gives what `attempt` gives with the first way that the server takes for the client's. Throws GatewayError. */
export async function authenticated<Result>(
  client: oauth.Client,
  attempt: (authentication: oauth.ClientAuth) => Promise<Result>,
): Promise<Result> {
  const [first = oauth.None(), second] = authenticationsOf(client);
  try {
    return await attempt(first);
  } catch (error) {
    // Many servers take the secret in one of the two places only, and few say in which.
    const unknown = error instanceof oauth.ResponseBodyError && error.error === "invalid_client";
    if (!unknown || !second) throw refusalOf(error);
    return await attempt(second).catch((again) => Promise.reject(refusalOf(again)));
  }
}

/** The failure without what the server wrote, which may repeat secrets: `unauthorized` when asking again would change nothing. */
export function refusalOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const final = REFUSING.has(error.status) && !PASSING.has(error.error);
    return refusal(final, `refused: ${nameOf(error.error)}`);
  }
  if (error instanceof oauth.AuthorizationResponseError) return refusal(true, `refused: ${nameOf(error.error)}`);
  const { cause } = error as { cause?: unknown };
  if (cause instanceof Response && cause.status !== 200) {
    return refusal(REFUSING.has(cause.status), `answered HTTP ${cause.status}`);
  }
  return refusal(false, `gave no usable answer: ${describe(error)}`);
}

function refusal(final: boolean, what: string): GatewayError {
  return new GatewayError(final ? "unauthorized" : "unavailable", `the authorization server ${what}`);
}

/** An error's name as the standards write them. */
function nameOf(error: string): string {
  return /^[a-z0-9_.-]{1,60}$/i.test(error) ? error : "an error without a name";
}
