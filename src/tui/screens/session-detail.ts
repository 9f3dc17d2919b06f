// All that is known of one session, as lines.
import { counted, duration } from "../format.ts";
import type { EventRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import { newestLines } from "../widgets/event-table.ts";
import { type Fact, factLines, section } from "../widgets/facts.ts";
import { leftRole, type SessionNow } from "./session-list.ts";

/** So many of its events are shown. */
const EVENTS = 12;

/** The facts, then the session's own events, the newest first. */
export function sessionLines(row: SessionNow, events: readonly EventRecord[], width: number): Line[] {
  return [...factLines(factsOf(row), width), ...section("Events", newestLines(events, EVENTS, width))];
}

function factsOf(row: SessionNow): Fact[] {
  const { session, age, idle, left } = row;
  const { client, user, group, era, transport_type: transport, protocol_version: version } = session;
  const { tools, resources, prompts } = session.capability_snapshot;
  return [
    [
      "client",
      [
        [client.name, "strong"],
        [` ${client.version}`, "muted"],
      ],
    ],
    ["user", [user === null ? ["nobody has shown who it is", "muted"] : [user]]],
    ["sees", [[`${counted(tools, "tool")}, ${counted(resources, "resource")}, ${counted(prompts, "prompt")}`]]],
    ["group", [group === null ? ["all of them", "muted"] : [group, "key"]]],
    ["speaks", [[`MCP ${version}`], [` over ${transport}, ${era} era`, "muted"]]],
    ["opened", [[`${duration(age)} ago`], [`  ${new Date(session.created_at).toLocaleString("sv")}`, "muted"]]],
    ["silent", [idle === 0 ? ["no, it listens or waits for an answer", "good"] : [`for ${duration(idle)}`]]],
    ["ends", left === 0 ? [["now", "warning"]] : [[`after ${duration(left)} more of silence`, leftRole(row)]]],
    ["id", session.id],
  ];
}

/** The events that name this session. */
export function eventsOfSession(events: readonly EventRecord[], id: string | undefined): EventRecord[] {
  return events.filter(({ details }) => details?.session === id);
}
