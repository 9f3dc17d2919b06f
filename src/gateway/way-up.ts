// What leads a client's call to a backend: the look-up of a route by a name, and the one way up.
import { GatewayError } from "../errors.ts";
import type { Call, CallEntry, Caller, Message, Route } from "../model.ts";
import type { Decision } from "../policy/rbac.ts";
import type { Edits } from "../protocol/json.ts";
import { withMeta } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import { hasTasks, taskless } from "../protocol/tasks-extension.ts";
import type { Catalog } from "./catalog.ts";

export interface ClientCall extends Call {
  readonly caller: Caller;
  /** What is noted about it, when anything is. */
  readonly entry?: CallEntry | undefined;
}

/** Throws the same GatewayError for what does not exist and for what the caller may not have. */
export function lookUp(catalog: Catalog, kind: "tools" | "prompts", call: ClientCall, given: unknown): Route {
  const name = textOf(given);
  const route = routeTo(catalog, kind, call, name);
  if (route) return route;
  throw new GatewayError("unknown_capability", `Unknown ${kind === "tools" ? "tool" : "prompt"}: ${name}`);
}

/** Where a name leads; nothing where the caller may not have what it stands for, which is noted. */
export function routeTo(
  catalog: Catalog,
  kind: "tools" | "prompts",
  call: ClientCall,
  name: string,
): Route | undefined {
  const route = catalog[kind].get(name);
  if (route) return route;
  const hidden = catalog.access?.whole[kind].get(name);
  if (hidden) noteDenial(call, catalog.access?.decide(kind, name, hidden.upstream), hidden);
  const withheld = kind === "tools" ? catalog.withheld.get(name) : undefined;
  if (withheld && !hidden) call.entry?.denied?.(withheld.by, withheld.route);
  return undefined;
}

/** Only who watches the call learns the true reason, where there is something to be denied. */
export function noteDenial({ entry }: ClientCall, decision: Decision | undefined, route: Route | undefined): void {
  if (decision && route) entry?.denied?.(decision.by, route);
}

/** The one way up: notes where the call goes, and puts what is noted about it into its `_meta`. */
export function send(route: Route, call: ClientCall, params: Edits = {}): Promise<Message> {
  const { entry, message } = call;
  entry?.routed(route);
  const noted = entry?.meta ? { ...call, message: withMeta(message, jsonOf(entry.meta)) } : call;
  return route.upstream.request(exactly(asFor(route, noted), params));
}

function jsonOf(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.stringify(text)]));
}

/** Writes anew what was decided by: of a key that stands there twice, a backend might read the other value. */
export function exactly(call: ClientCall, params: Edits): ClientCall {
  return { ...call, edits: { params } };
}

/** Where a modern client's tasks would be out of its reach, it is said to have none. */
function asFor({ upstream }: Route, call: ClientCall): ClientCall {
  const { session, era } = call.caller;
  if (era !== "modern" || upstream.sharing === "shared" || !hasTasks(session.capabilities)) return call;
  return { ...call, message: taskless(call.message) };
}
