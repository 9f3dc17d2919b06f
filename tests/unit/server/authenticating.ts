// What looks at tokens, with a clock and an issuer that the test holds in its hands.

import { parseConfig } from "../../../src/config/load.ts";
import type { Identity } from "../../../src/model.ts";
import { Auth, type AuthOptions, type IncomingAuth } from "../../../src/server/auth.ts";

export interface Authenticating {
  auth: Auth;
  /** The facts that were told. */
  told: string[];
  /** What was noted of those who were refused. */
  refused: { address: string | null; error: string; expected: boolean }[];
  /** How often everybody had to show themselves anew. */
  changes: number;
  /** Goes on by so many milliseconds. */
  pass(milliseconds: number): void;
  /** Brings in force what a reload would. */
  reload(settings: Partial<IncomingAuth> | object): void;
  /** Who a request with this Authorization header is from, or the status it is refused with. */
  ask(authorization?: string, path?: string): Promise<Identity | Response>;
}

export const config = (settings: object, server: object = {}) =>
  parseConfig(JSON.stringify({ version: "1", server, incoming_auth: settings }), "config.yaml", {});

/** Goes to an address; `named` are those that the configuration names. */
type Network = (url: string, named: readonly URL[]) => Promise<Response>;

/** Starts with these settings; `fetch` stands for the network. */
export function authenticating(settings: object, fetch: Network): Authenticating {
  let passed = 0;
  const told: string[] = [];
  const refused: Authenticating["refused"] = [];
  const options: AuthOptions = {
    emit: ({ message }) => told.push(message),
    refused: (refusal) => refused.push(refusal),
    changed: () => {
      world.changes++;
    },
    fetchFor: async (named) => (url) => fetch(url, named),
    now: () => Date.now() + passed,
  };
  const auth = new Auth(config(settings), options);
  const world: Authenticating = {
    ...{ auth, told, refused, changes: 0 },
    pass: (milliseconds) => {
      passed += milliseconds;
    },
    reload: (next) => auth.apply(config(next)),
    ask: async (authorization, path = "/mcp") => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      return await auth.identify(new Request(`http://gate.example:9000${path}`, { headers }), () => "192.0.2.1");
    },
  };
  return world;
}

/** The status that a request was refused with, and why; nothing where it was not. */
export async function refusalOf(
  answer: Promise<Identity | Response>,
): Promise<[status: number, why: string] | undefined> {
  const response = await answer;
  if (!(response instanceof Response)) return undefined;
  const { error } = (await response.json()) as { error: { message: string } };
  return [response.status, error.message];
}
