// A fetch for addresses that others told us: over https, to public places, without redirects, unless the configuration named the place itself.
import { lookup } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import type { LookupFunction } from "node:net";
import { describe, GatewayError } from "../errors.ts";
import { isLoopback, isPrivate, literalOf, namesPrivate } from "./address.ts";
import { HttpClient, readText } from "./request.ts";

/** How long an authorization server may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** No document of an authorization server is nearly as long, in bytes. */
const LONGEST = 1024 * 1024;

export interface FetchOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface GuardedFetch {
  (url: string, options?: FetchOptions): Promise<Response>;
  /** Throws GatewayError `unauthorized` when the address may not be gone to. */
  check(url: URL): void;
}

export interface GuardOptions {
  /** Finds the addresses of a host. */
  resolve?: LookupFunction;
  /** How long an answer may take, in milliseconds. */
  patience?: number;
}

/** Makes a fetch that trusts these addresses of the configuration, and looks twice at all others. */
export function createGuardedFetch(named: readonly URL[], options: GuardOptions = {}): GuardedFetch {
  const { resolve = lookup as LookupFunction, patience = PATIENCE } = options;
  const mayBePrivate = named.some(namesPrivate);
  const isNamed = (hostname: string) => named.some((url) => url.hostname === hostname);
  // The address is looked at when the connection is made: a name may lead elsewhere the next time it is asked for.
  const guardedLookup: LookupFunction = (hostname, how, done) => {
    resolve(hostname, { ...how, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const hidden = !mayBePrivate && !isNamed(hostname) && addresses.find(({ address }) => isPrivate(address));
      if (hidden) done(new Error(`${hostname} is at the private address ${hidden.address}`), []);
      else done(error, found);
    });
  };
  const http = new HttpClient({ keepAlive: false, redirects: 0, lookup: guardedLookup });

  const check = (url: URL) => {
    if (named.some(({ origin }) => origin === url.origin)) return;
    const secure = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
    if (!secure) throw new GatewayError("unauthorized", `may not ask ${url.origin}: it is not https`);
    const address = literalOf(url);
    if (mayBePrivate || isNamed(url.hostname) || !(isLoopback(url) || (address && isPrivate(address)))) return;
    throw new GatewayError("unauthorized", `may not ask ${url.origin}: its address is private`);
  };

  const guardedFetch = async (address: string, { method = "GET", headers = {}, body }: FetchOptions = {}) => {
    const url = new URL(address);
    check(url);
    const text = body === undefined || body === null ? {} : { body: String(body) };
    const request = { method: method === "POST" ? "POST" : "GET", headers, ...text } as const;
    try {
      const response = await http.send(url, { ...request, signal: AbortSignal.timeout(patience) });
      return await responseOf(response.statusCode ?? 0, response.headers, await readText(response, LONGEST));
    } catch (error) {
      throw new GatewayError("unavailable", `${url.origin} ${describe(error)}`);
    }
  };
  return Object.assign(guardedFetch, { check });
}

/** What the library for OAuth looks at: a challenge beside an error would hide it. */
function responseOf(status: number, headers: IncomingHttpHeaders, text: string): Response {
  const type = { "content-type": headers["content-type"] ?? "" };
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: type });
}
