// Waits on this machine for the browser that comes back from an authorization server (RFC 8252 §7.3).
import { timingSafeEqual } from "node:crypto";
import { describe, GatewayError } from "../errors.ts";

export interface RedirectOptions {
  /** 0 takes a free one. */
  port: number;
  /** Who does not know it was not sent by us. */
  state: string;
  /** Takes what the browser brought, and gives what the page then says. */
  receive(parameters: URLSearchParams): Promise<string>;
}

export interface Redirect {
  /** The address to send the browser to. */
  uri: string;
  close(): void;
}

const HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Listens on loopback until it is closed. Throws GatewayError when the port is taken. */
export function listenForRedirect({ port, state, receive }: RedirectOptions): Redirect {
  const answer = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET" || pathname !== "/callback") return page("There is nothing here.", 404);
    // Any page can send a browser here: what has not the state must change nothing.
    if (!same(searchParams.get("state") ?? "", state)) return page("This is not what the gateway waits for.", 400);
    return page(await receive(searchParams), 200);
  };
  try {
    const server = Bun.serve({ hostname: "127.0.0.1", port, fetch: answer });
    return { uri: `http://127.0.0.1:${server.port}/callback`, close: () => void server.stop() };
  } catch (error) {
    throw new GatewayError("unavailable", `cannot wait for an authorization on port ${port}: ${describe(error)}`);
  }
}

function page(text: string, status: number): Response {
  return new Response(`${text}\n`, { status, headers: HEADERS });
}

function same(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
