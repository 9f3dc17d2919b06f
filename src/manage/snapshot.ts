// All that a user interface needs to begin with, in one answer.
import { Elysia, t } from "elysia";
import { Backend, backendOf } from "./backends.ts";
import { errors } from "./errors.ts";
import { Event, eventOf } from "./event.ts";
import { Health, healthOf } from "./health.ts";
import type { Program } from "./program.ts";
import { nullable, object } from "./schemas.ts";
import { Security, securityOf } from "./security.ts";
import { Session, sessionOf } from "./sessions.ts";
import { Status, statusOf } from "./status.ts";

/** So many of the newest events come along. */
const EVENTS = 100;

export const Snapshot = object(
  {
    last_event_id: nullable(
      t.String({ description: "Of the newest event; `/events/stream` with it as `Last-Event-ID` goes on from here." }),
    ),
    health: Health,
    status: Status,
    backends: t.Array(Backend, { description: "In configuration order." }),
    sessions: t.Array(Session),
    events: t.Array(Event, { description: "The newest hundred, oldest first." }),
    security: Security,
  },
  { description: "Everything as it is now." },
);

/** `GET /snapshot`. */
export function snapshot(program: Program) {
  return new Elysia().get("/snapshot", () => snapshotOf(program), {
    response: { 200: Snapshot, ...errors() },
    detail: { tags: ["Health"], operationId: "getSnapshot", summary: "All that a user interface begins with" },
  });
}

/** Made in one go: nothing can happen between one part and the next. */
function snapshotOf(program: Program) {
  const events = program.events();
  // Secrets are looked for in all that is asked for, so it is asked for once.
  const backends = program.backends();
  const still = { ...program, backends: () => backends };
  return {
    last_event_id: events.at(-1)?.id ?? null,
    health: healthOf(still),
    status: statusOf(still),
    backends: backends.map(backendOf),
    sessions: program.sessions().map(sessionOf),
    events: events.slice(-EVENTS).map(eventOf),
    security: securityOf(program),
  };
}
