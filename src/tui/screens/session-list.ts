// The sessions as a table: who is connected, what they see, and for how long.
import { count, duration } from "../format.ts";
import type { SessionRecord } from "../state.ts";
import type { Role, Span } from "../theme.ts";
import type { Column } from "../widgets/columns.ts";

/** A session at a moment. */
export interface SessionNow {
  readonly session: SessionRecord;
  /** Seconds. */
  readonly age: number;
  /** Seconds of silence; 0 while it listens or waits for an answer. */
  readonly idle: number;
  /** Until silence ends it; not below 0. */
  readonly left: number;
}

/** Below so many seconds of silence somebody is at work there. */
const BUSY = 60;
/** Below so many seconds to live the end is near. */
const SOON = 120;

/**
 * The sessions of a snapshot as they are `now`, in milliseconds since 1970. How long they were silent is only as new as what was
 * heard of them, so what was asked for since then, `newest`, counts instead; it is true of the moment `at`.
 */
export function sessionsNow(
  sessions: readonly SessionRecord[],
  newest: readonly SessionRecord[],
  at: number,
  now: number,
): SessionNow[] {
  const known = new Map(newest.map((session) => [session.id, session]));
  return sessions.map((listed) => {
    const session = known.get(listed.id) ?? listed;
    const { idle_seconds: was } = session;
    // Nought is a stream or a call that is open, and stays so.
    const idle = was === 0 || !known.has(listed.id) ? was : was + Math.max(0, now - at) / 1_000;
    const age = Math.max(0, now - Date.parse(session.created_at)) / 1_000;
    return { session, age, idle, left: Math.max(0, session.ttl - idle) };
  });
}

/** `●` for one that is at work, `○` for one that is silent, `▲` for one that is about to end. */
export function sessionSymbol({ idle, left }: SessionNow): Span {
  if (left < SOON) return ["▲", "warning"];
  return idle < BUSY ? ["●", "good"] : ["○", "muted"];
}

/** The role in which the time left is written. */
export function leftRole({ left }: SessionNow): Role {
  return left < SOON ? "warning" : "muted";
}

function idleSpan(idle: number): Span {
  return idle === 0 ? ["open", "good"] : [duration(idle), idle < BUSY ? "text" : "muted"];
}

/** A transport in few columns; what there is no short word for stays. */
function short(transport: string): string {
  return transport === "streamable-http" ? "http" : transport;
}

/** Columns from the client to its end; in a narrow window the least important ones are left out. */
export const SESSION_COLUMNS: readonly Column<SessionNow>[] = [
  { title: "", width: 1, cell: (row) => [sessionSymbol(row)] },
  {
    title: "client",
    ...{ width: "fit", max: 30, min: 20, grow: 1 },
    cell: ({ session: { client } }) => [
      [client.name, "strong"],
      [` ${client.version}`, "muted"],
    ],
  },
  {
    title: "user",
    ...{ width: "fit", max: 24, min: 8, rank: 1 },
    cell: ({ session }) => [session.user === null ? ["–", "muted"] : [session.user]],
  },
  {
    title: "group",
    ...{ width: "fit", max: 16, rank: 4 },
    cell: ({ session }) => [session.group === null ? ["all", "muted"] : [session.group, "key"]],
  },
  { title: "via", width: "fit", rank: 3, cell: ({ session }) => [[short(session.transport_type)]] },
  { title: "era", width: 6, rank: 3, cell: ({ session }) => [[session.era]] },
  { title: "protocol", width: "fit", rank: 6, cell: ({ session }) => [[session.protocol_version, "muted"]] },
  figures("tools", 2),
  figures("resources", 8),
  figures("prompts", 7),
  { title: "age", width: 8, align: "right", rank: 5, cell: ({ age }) => [[duration(age), "muted"]] },
  { title: "idle", width: 8, align: "right", cell: ({ idle }) => [idleSpan(idle)] },
  { title: "left", width: 8, align: "right", rank: 1, cell: (row) => [[duration(row.left), leftRole(row)]] },
];

function figures(title: "tools" | "resources" | "prompts", rank: number): Column<SessionNow> {
  return {
    ...{ title, rank, width: title.length, align: "right" },
    cell: ({ session }) => {
      const value = session.capability_snapshot[title];
      return [[count(value), value === 0 ? "muted" : "text"]];
    },
  };
}
