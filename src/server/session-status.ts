// What others see of a session: the management API while it lasts, and the events of its beginning and end.
import type { Counts, Era, Fact, Message } from "../model.ts";
import { isObject } from "../protocol/message.ts";

export type SessionTransport = "streamable-http" | "sse";

/** A session as the management API shows it. */
export interface SessionStatus {
  /** Not the protocol's session id, which is a secret. */
  id: string;
  transport: SessionTransport;
  era: Era;
  version: string;
  client: { name: string; version: string };
  user: string | null;
  group: string | null;
  capabilities: Counts;
  createdAt: Date;
  /** Seconds. */
  idle: number;
  /** Seconds of silence after which it ends. */
  timeToLive: number;
}

/** What is told when a session has been opened. */
export function openedFact(session: Omit<SessionStatus, "timeToLive">): Fact {
  const { era, id, transport } = session;
  return { ...factOf(session), stage: "session_opened", message: `${era} session ${id} opened over ${transport}` };
}

/** What is told when a session has ended. */
export function closedFact(session: Omit<SessionStatus, "timeToLive">): Fact {
  const { era, id, client } = session;
  return { ...factOf(session), stage: "session_closed", message: `${era} session ${id} closed (${client.name})` };
}

function factOf({ id, era, transport, group, user }: Omit<SessionStatus, "timeToLive">) {
  return { severity: "debug", details: { session: id, era, transport, group, user } } as const;
}

/** How a client calls itself in the request that opens a session; what is no text counts for nothing. */
export function clientOf({ body }: Message): SessionStatus["client"] {
  const info = body.params?.clientInfo;
  const { name, version } = isObject(info) ? info : {};
  const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
  return { name: text(name, "unnamed client"), version: text(version, "") };
}
