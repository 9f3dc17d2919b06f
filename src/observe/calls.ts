// What became of a call, in one word, and several observers as one.
import { GatewayError } from "../errors.ts";
import type { CallEntry, CallObserver, Outcome, Route } from "../model.ts";

/** `error`: a JSON-RPC error of the backend, or of the gateway about what the client sent; `tool_error`: a tool's own `isError`; `unknown`: there is no such capability; `failed`: the backend could not answer. */
export const OUTCOMES = ["success", "tool_error", "error", "unknown", "cancelled", "timeout", "failed"] as const;

export type OutcomeWord = (typeof OUTCOMES)[number];

const WORDS: Readonly<Record<string, OutcomeWord>> = {
  invalid_params: "error",
  invalid_request: "error",
  unknown_capability: "unknown",
  unknown_resource: "unknown",
  unknown_method: "unknown",
  cancelled: "cancelled",
  timeout: "timeout",
};

export function wordFor(outcome: Outcome): OutcomeWord {
  if ("error" in outcome) {
    const { error } = outcome;
    return (error instanceof GatewayError && WORDS[error.code]) || "failed";
  }
  const { result, error } = outcome.response.body;
  if (error !== undefined) return "error";
  return (result as { isError?: unknown } | undefined)?.isError === true ? "tool_error" : "success";
}

/** One observer that tells all of these; nothing where there is none. */
export function combine(observers: readonly CallObserver[]): CallObserver | undefined {
  if (observers.length <= 1) return observers[0];
  return {
    begin(message, caller) {
      const entries = observers.map((observer) => observer.begin(message, caller));
      return new Entries(entries);
    },
  };
}

class Entries implements CallEntry {
  readonly meta: CallEntry["meta"];

  constructor(private readonly entries: readonly CallEntry[]) {
    if (entries.some(({ meta }) => meta)) this.meta = Object.assign({}, ...entries.map(({ meta }) => meta));
  }

  routed(route: Route): void {
    for (const entry of this.entries) entry.routed(route);
  }

  denied(by: string, route: Route): void {
    for (const entry of this.entries) entry.denied?.(by, route);
  }

  end(outcome: Outcome): void {
    for (const entry of this.entries) entry.end(outcome);
  }
}
