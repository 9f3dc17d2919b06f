// The way back: which client a backend's message is for. A guess could show one user's question to another, so there is none.
import { GatewayError } from "../errors.ts";
import type { Caller, Message, Origin, Session } from "../model.ts";
import { missingCapability } from "../protocol/capability.ts";
import { isObject } from "../protocol/message.ts";
import type { Tasks } from "./tasks.ts";

const RELATED_TASK = "io.modelcontextprotocol/related-task";

/** Finds the client whom a request is for. Throws GatewayError when that is not clear, or when it did not declare what is asked of it. */
export function askedBy(message: Message, origin: Origin, tasks: Tasks): Caller | Session {
  const { method = "" } = message.body;
  const found = belongsTo(message, origin, tasks);
  if (!found) throw new GatewayError("invalid_request", nobody(method, origin));
  // A modern caller sees to that itself, for its client must learn what is missing.
  if (!origin.session && !isModern(found)) mustDeclare(sessionOf(found), message);
  return found;
}

/** Whether somebody speaks of one request only, and sees itself to what belongs to it. */
export function isModern(client: Caller | Session): boolean {
  return "era" in client && client.era === "modern";
}

export function sessionOf(client: Caller | Session): Session {
  return "session" in client ? client.session : client;
}

/** The session's or caller's way back that a message belongs to; nothing when none or several come into question. */
export function belongsTo(message: Message, origin: Origin, tasks: Tasks): Caller | Session | undefined {
  if (origin.caller) return origin.caller;
  const callers = origin.inFlight();
  if (origin.session) return callers.at(-1) ?? origin.session;
  return taskOwner(message, origin, tasks) ?? onlyOne(callers, message);
}

/**
 * The one caller that a message can be for, or the latest of one client: a question is shown to the right user then, and the
 * answer goes where it was asked. What is only said belongs to one request of a modern client, and to no other of its requests.
 * Who cannot be asked now stands back, but only behind others of the same user: its backend waits for an answer already, and if
 * that never comes, nobody could be asked anything until the call is given up.
 */
function onlyOne(callers: readonly Caller[], { body }: Message): Caller | undefined {
  const ready = callers.filter(({ away }) => !away);
  const candidates = ready.length > 0 ? ready : callers;
  const [first] = candidates;
  if (first && isModern(first) && body.id === undefined && candidates.length > 1) return undefined;
  const alone = first && candidates.every(({ session }) => isSameClient(session, first.session));
  return alone && callers.every(({ session }) => isSameUser(session, first.session)) ? candidates.at(-1) : undefined;
}

function isSameUser(a: Session, b: Session): boolean {
  return a === b || (a.userKey !== undefined && a.userKey === b.userKey);
}

/** Whether both are the same program of one user, as far as it says. Who shows nothing may be another one with each request, on one machine too. */
function isSameClient(a: Session, b: Session): boolean {
  if (a === b) return true;
  return isSameUser(a, b) && a.identity.subject !== null && a.group === b.group && a.hello.text === b.hello.text;
}

function taskOwner({ body }: Message, { upstream }: Origin, tasks: Tasks): Session | undefined {
  const meta = body.params?._meta;
  const related = isObject(meta) ? meta[RELATED_TASK] : undefined;
  return isObject(related) ? tasks.sessionOf(upstream, related.taskId) : undefined;
}

function nobody(method: string, { upstream, inFlight }: Origin): string {
  if (inFlight().length === 0) return `${method} belongs to no client's call`;
  return (
    `${method} could be for any of several calls in flight on this shared connection; ` +
    `set "sharing: session" for backend "${upstream.name}" to give each client its own`
  );
}

/** On a shared connection the gateway has declared more than a single client may have. */
function mustDeclare({ capabilities }: Session, message: Message): void {
  const missing = missingCapability(message, capabilities);
  if (missing) throw new GatewayError("invalid_request", `the client does not support ${missing.name}`);
}
