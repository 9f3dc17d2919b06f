// Who is connected, and the end of a session.
import { Elysia, t } from "elysia";
import type { SessionStatus } from "../server/session-status.ts";
import { ApiError, errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { Counts, countsOf, integer, nullable, object, oneOf, Time } from "./schemas.ts";

export const Session = object({
  id: t.String({ description: "Not the protocol's session id, which is a secret." }),
  transport_type: oneOf(["sse", "streamable-http"], "How the client is connected."),
  era: oneOf(["legacy", "modern"], "Modern clients (2026-07-28 on) have no session of the protocol."),
  protocol_version: t.String(),
  client: object({ name: t.String(), version: t.String() }),
  user: nullable(t.String({ description: "The verified subject." })),
  group: nullable(t.String({ description: "The only group that it sees." })),
  tool_count: integer(),
  capability_snapshot: Counts,
  created_at: Time,
  age_seconds: t.Number(),
  idle_seconds: t.Number(),
  ttl: t.Number({ description: "Seconds of silence after which it ends." }),
  expired: t.Boolean({ description: "It has been silent for longer." }),
});

const Sessions = object(
  { active_sessions: integer(), sessions: t.Array(Session) },
  { description: "All sessions; of clients that have none, those that listen, make a call, or are known again." },
);

/** `GET /sessions` and `DELETE /sessions/{id}`. */
export function sessions(program: Program) {
  return new Elysia()
    .get("/sessions", () => sessionsOf(program.sessions()), {
      response: { 200: Sessions, ...errors() },
      detail: { tags: ["Sessions"], operationId: "listSessions", summary: "All sessions" },
    })
    .delete(
      "/sessions/:id",
      ({ params, status }) => {
        if (!program.endSession(params.id)) throw new ApiError("not_found", "no session of this id");
        return status(204, undefined);
      },
      {
        params: object({ id: t.String({ description: "As in the list of sessions." }) }),
        response: { 204: t.Void({ description: "It has ended." }), ...errors() },
        detail: { tags: ["Sessions"], operationId: "endSession", summary: "End a session" },
      },
    );
}

function sessionsOf(all: SessionStatus[]) {
  return { active_sessions: all.length, sessions: all.map(sessionOf) };
}

/** A session as the API shows it. */
export function sessionOf({ id, transport, era, version, client, user, group, ...session }: SessionStatus) {
  const { capabilities, createdAt, idle, timeToLive } = session;
  return {
    id,
    transport_type: transport,
    era,
    protocol_version: version,
    client: { name: client.name, version: client.version },
    ...{ user, group },
    tool_count: capabilities.tools,
    capability_snapshot: countsOf(capabilities),
    created_at: createdAt.toISOString(),
    age_seconds: (Date.now() - createdAt.getTime()) / 1_000,
    idle_seconds: idle,
    ttl: timeToLive,
    expired: idle > timeToLive,
  };
}
