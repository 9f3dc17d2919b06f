// The way back: which client a backend's message is for. A guess could show one user's question to another, so there is none.
import { GatewayError } from "../errors.ts";
import type { Caller, JsonObject, Message, Origin, Session } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import type { Tasks } from "./tasks.ts";

const RELATED_TASK = "io.modelcontextprotocol/related-task";

/** Finds the client whom a request is for. Throws GatewayError when that is not clear, or when it did not declare what is asked of it. */
export function askedBy(message: Message, origin: Origin, tasks: Tasks): Caller | Session {
  const { method = "" } = message.body;
  const found = belongsTo(message, origin, tasks);
  if (!found) throw new GatewayError("invalid_request", nobody(method, origin));
  if (!origin.session) mustDeclare(sessionOf(found), message);
  return found;
}

export function sessionOf(client: Caller | Session): Session {
  return "session" in client ? client.session : client;
}

/** The session's or caller's way back that a message belongs to; nothing when none or several come into question. */
export function belongsTo(message: Message, origin: Origin, tasks: Tasks): Caller | Session | undefined {
  if (origin.caller) return origin.caller;
  const callers = origin.inFlight();
  if (origin.session) return callers.at(-1) ?? origin.session;
  const [first] = callers;
  const alone = first && callers.every(({ session }) => session === first.session);
  return taskOwner(message, origin, tasks) ?? (alone ? callers.at(-1) : undefined);
}

function taskOwner({ body }: Message, { upstream }: Origin, tasks: Tasks): Session | undefined {
  const meta = body.params?._meta;
  const related = isObject(meta) ? meta[RELATED_TASK] : undefined;
  return isObject(related) ? tasks.sessionOf(upstream, related.taskId) : undefined;
}

function nobody(method: string, { upstream, inFlight }: Origin): string {
  if (inFlight().length === 0) return `${method} belongs to no client's call`;
  return (
    `${method} could be for any of several clients with calls in flight on this shared connection; ` +
    `set "sharing: session" for backend "${upstream.name}" to give each client its own`
  );
}

/** On a shared connection the gateway has declared more than a single client may have. */
function mustDeclare({ capabilities }: Session, { body }: Message): void {
  const [needed, declared] = requirement(body.method ?? "", body.params ?? {}, capabilities);
  if (!declared) throw new GatewayError("invalid_request", `the client does not support ${needed}`);
}

function requirement(method: string, params: JsonObject, capabilities: JsonObject): [string, boolean] {
  if (method === "sampling/createMessage") return ["sampling", capabilities.sampling !== undefined];
  if (method === "roots/list") return ["roots", capabilities.roots !== undefined];
  if (method !== "elicitation/create") return [method, true];
  const { elicitation } = capabilities;
  if (params.mode === "url") return ["elicitation by URL", isObject(elicitation) && elicitation.url !== undefined];
  // Before 2025-11-25 there was only the form, declared by an empty object.
  return [
    "elicitation by form",
    isObject(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined),
  ];
}
