// What the audit trail says about calls: where they went and how they ended, and nothing of what they carried.
import { GatewayError } from "../errors.ts";
import type { CallEntry, Caller, CallObserver, JsonObject, Message, Outcome, Route } from "../model.ts";
import type { Facts } from "./audit-record.ts";
import { wordFor } from "./calls.ts";

/** Requests that call, read and get nothing. */
const UNNOTED: ReadonlySet<string | undefined> = new Set([
  "logging/setLevel",
  "ping",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "tasks/list",
  "tools/list",
]);

const NOTHING: CallEntry = { routed: () => undefined, end: () => undefined };

/** Gives `write` the facts of every call that has ended. */
export function noteCalls(write: (facts: Facts) => void): CallObserver {
  return {
    begin: (message, caller) => (UNNOTED.has(message.body.method) ? NOTHING : new Noted(message, caller, write)),
  };
}

class Noted implements CallEntry {
  readonly #start = performance.now();
  #route: Route | undefined;
  #denial: string | undefined;

  constructor(
    private readonly message: Message,
    private readonly caller: Caller,
    private readonly write: (facts: Facts) => void,
  ) {}

  routed(route: Route): void {
    this.#route = route;
    this.#denial = undefined;
  }

  denied(by: string, route: Route): void {
    this.#route = route;
    this.#denial = by;
  }

  end(outcome: Outcome): void {
    const { session, identity = session.identity } = this.caller;
    const { address } = session;
    const { method = "", params = {} } = this.message.body;
    const name = capabilityOf(method, params);
    const error = this.#denial ?? errorOf(outcome);
    const failed = this.#denial === undefined ? "failure" : "denied";
    const latency = Math.round((performance.now() - this.#start) * 1_000) / 1_000;
    this.write({
      type: "mcp_operation",
      source: { session, identity, address },
      target: {
        backend: this.#route?.upstream.name ?? null,
        method,
        name,
        // Without a capability it is an id, which may give access to what it stands for.
        original: name === null ? null : (this.#route?.original ?? null),
      },
      outcome: { status: error === null ? "success" : failed, latency, error },
    });
  }
}

/** The name or URI that a request is about, as the client gave it. */
export function capabilityOf(method: string, params: JsonObject): string | null {
  const named = method === "completion/complete" ? ((params.ref ?? {}) as JsonObject) : params;
  const name = method.startsWith("tasks/") ? undefined : (named.name ?? named.uri);
  return typeof name === "string" ? name : null;
}

/** What went wrong, in a word or a number: sentences could repeat the arguments. */
function errorOf(outcome: Outcome): string | null {
  if ("error" in outcome) return outcome.error instanceof GatewayError ? outcome.error.code : "internal";
  const word = wordFor(outcome);
  if (word !== "error") return word === "success" ? null : word;
  const { code } = (outcome.response.body.error ?? {}) as { code?: unknown };
  return typeof code === "number" ? `JSON-RPC error ${code}` : "JSON-RPC error";
}
