// Calls for observers: the ways in which one can end, one of each, and a gateway that tells of its calls.
import { GatewayError } from "../../../src/errors.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { CallEntry, CallObserver, Era, JsonObject, Outcome, Route, Upstream } from "../../../src/model.ts";
import type { OutcomeWord } from "../../../src/observe/calls.ts";
import { request } from "../../../src/protocol/message.ts";
import { callerOf, session, upstream } from "../gateway/stand-ins.ts";

export const caller = callerOf(session("public-id"));

/** One way to end for each word. */
export const endings: Record<OutcomeWord, Outcome> = {
  success: response({ result: { content: [] } }),
  tool_error: response({ result: { content: [], isError: true } }),
  error: response({ error: { code: -32603, message: "words of the backend" } }),
  unknown: { error: new GatewayError("unknown_capability", "Unknown tool: none") },
  cancelled: { error: new GatewayError("cancelled", "the client has cancelled") },
  timeout: { error: new GatewayError("timeout", "no answer in 5 s") },
  failed: { error: new GatewayError("unavailable", "the backend is away") },
};

function response(body: JsonObject): Outcome {
  return { response: { text: JSON.stringify(body), body } };
}

export interface Passing {
  method?: string;
  params?: JsonObject;
  /** The backends that are asked in turn. */
  backends?: readonly string[];
  outcome?: Outcome;
  era?: Era;
}

/** Lets one call pass by, from its arrival to its end. */
export function pass(observer: CallObserver, passing: Passing = {}): CallEntry {
  const { method = "tools/call", params = { name: "add" }, backends = ["files"], outcome = endings.success } = passing;
  const from = passing.era ? { ...caller, era: passing.era } : caller;
  const entry = observer.begin(request(1, method, params), from);
  for (const name of backends) entry.routed({ upstream: upstream(name), original: "add" } satisfies Route);
  entry.end(outcome);
  return entry;
}

/** A gateway in front of this backend. */
export function gatewayOf(backend: Upstream, observer: CallObserver): Gateway {
  const all = filterOf({ allow: [], deny: [] });
  const filters = { tools: all, resources: all, prompts: all };
  const gateway = new Gateway();
  gateway.observer = observer;
  gateway.swap(
    buildSnapshot([{ upstream: backend, filters, overrides: {} }], {
      strategy: "first-wins",
      separator: "_",
      order: [],
    }),
  );
  return gateway;
}
