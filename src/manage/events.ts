// What happened: the newest events as a list, and as a stream.
import { Elysia, t } from "elysia";
import { errors } from "./errors.ts";
import { atLeast, Event, EventId, eventOf, isEventId, Level } from "./event.ts";
import type { EventStreams } from "./event-streams.ts";
import type { Program } from "./program.ts";
import { integer, object } from "./schemas.ts";

const LIMIT = 100;

const Query = t.Object(
  {
    limit: t.Optional(integer({ minimum: 1, maximum: 1_000, default: LIMIT, description: "The newest so many." })),
    since: t.Optional(
      t.Union([EventId, t.String({ format: "date-time" }), t.String({ format: "date" })], {
        description: "Only what came after the event of this id, or at this time or later.",
      }),
    ),
    severity: t.Optional(Level),
  },
  { additionalProperties: true },
);

const Events = object({ events: t.Array(Event) }, { description: "Oldest first." });

const Stream = t.String({
  contentMediaType: "text/event-stream",
  description: "Each event has its stage as `event`, its id as `id`, and the event itself as `data`.",
});

/** `GET /events` and `/events/stream`. */
export function events(program: Program, streams: EventStreams) {
  return new Elysia()
    .get("/events", ({ query }) => ({ events: newest(program, query) }), {
      // A query holds texts only.
      transform: ({ query }) => {
        if (/^\d+$/.test(`${query.limit}`)) query.limit = Number(query.limit);
      },
      query: Query,
      response: { 200: Events, ...errors(400) },
      detail: { tags: ["Events"], operationId: "listEvents", summary: "The newest events" },
    })
    .get("/events/stream", ({ query, headers }) => streams.open(headers["last-event-id"], query.severity), {
      query: t.Object({ severity: t.Optional(Level) }, { additionalProperties: true }),
      headers: t.Object({ "last-event-id": t.Optional(EventId) }, { additionalProperties: true }),
      response: { 200: Stream, ...errors(400) },
      detail: {
        ...{ tags: ["Events"], operationId: "streamEvents", summary: "Events as they happen" },
        description: "With `Last-Event-ID` it begins with what has happened since, as far as that is still held.",
      },
    });
}

function newest(program: Program, { limit = LIMIT, since = "", severity }: typeof Query.static) {
  const id = isEventId(since) ? since : undefined;
  const start = id === undefined && since !== "" ? Date.parse(since) : 0;
  return program
    .events(id)
    .filter(({ timestamp }) => Date.parse(timestamp) >= start)
    .filter(atLeast(severity))
    .slice(-limit)
    .map(eventOf);
}
