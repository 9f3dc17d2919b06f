// All that is known of one backend, as lines.
import { ago, counted, latency, timeOfDay } from "../format.ts";
import type { BackendRecord, EventRecord } from "../state.ts";
import { phaseSymbol, phaseWord } from "../symbols.ts";
import { fit, visible, widthOf } from "../text.ts";
import type { Line, Role, Span } from "../theme.ts";
import { newestLines } from "../widgets/event-table.ts";
import { type Fact, factLines, hanging, section, wrapLine } from "../widgets/facts.ts";
import type { Output } from "./printed.ts";

/** So many of its events are shown. */
const EVENTS = 8;
/** And so many of its conditions. */
const CONDITIONS = 4;
/** Columns of what stands before its message. */
const CONDITION = 42;

export interface BackendDetail {
  backend: BackendRecord;
  /** Its own, oldest first. */
  events: readonly EventRecord[];
  output: Output;
  /** Milliseconds since 1970. */
  now: number;
}

/** Sections from the most important to the longest, for so many columns. */
export function detailLines(detail: BackendDetail, width: number): Line[] {
  return [
    ...factLines(factsOf(detail.backend, detail.now), width),
    ...section("Last error", errorLines(detail.backend, width)),
    ...section("Conditions", conditionLines(detail, width)),
    ...section("Events", newestLines(detail.events, EVENTS, width)),
    ...section("Printed", printedLines(detail.output, width)),
  ];
}

function factsOf(backend: BackendRecord, now: number): Fact[] {
  const { type, group, labels, health, capabilities, connected_at: connected, pid, restarts } = backend;
  const { server_info: server, era, protocol_version: version } = backend;
  return [
    ["phase", [[...phaseSymbol(backend.phase)], [` ${phaseWord(backend.phase)}`, phaseSymbol(backend.phase)[1]]]],
    ["type", [[type], [`, ${labels.sharing ?? "shared"}, group ${group}`, "muted"]]],
    ["connected", connected === null ? [["no", "muted"]] : [[ago(connected, now)], ...processOf(pid)]],
    ["restarts", [[String(restarts), restarts > 0 ? "warning" : "text"]]],
    ["health", healthLine(health, now)],
    [
      "offers",
      [
        [counted(capabilities.tools, "tool")],
        [`, ${counted(capabilities.resources, "resource")}, ${counted(capabilities.prompts, "prompt")}`],
      ],
    ],
    ["server", [[`${String(server?.name ?? "unknown")} ${String(server?.version ?? "")}`]]],
    ["speaks", era === null ? [["not known yet", "muted"]] : [[`MCP ${version}`], [`, ${era} era`, "muted"]]],
  ];
}

function processOf(pid: number | null): Span[] {
  return pid === null ? [] : [[`, process ${pid}`, "muted"]];
}

function healthLine({ status, latency_ms: time, last_check: checked }: BackendRecord["health"], now: number): Line {
  const role: Role = status === "healthy" ? "good" : status === "unhealthy" ? "bad" : "muted";
  const when = checked === null ? "not asked yet" : `asked ${ago(checked, now)}`;
  return [[status, role], [time === null ? "" : `  ${latency(time)}`], [`  ${when}`, "muted"]];
}

function errorLines({ error, phase }: BackendRecord, width: number): Line[] {
  if (error === null) return [];
  const role: Role = phase === "ready" ? "muted" : "bad";
  return wrapLine([[error, role]], width);
}

function conditionLines({ backend, now }: BackendDetail, width: number): Line[] {
  const newest = backend.conditions.slice(-CONDITIONS).toReversed();
  return newest.flatMap(({ type, status, reason, message, last_transition: since }): Line[] => {
    const head: Line = [
      [`${status ? "✔" : "✖"} ${fit(type, 8)}`, status ? "good" : "warning"],
      [fit(reason, 20)],
      [fit(ago(since, now), 12), "muted"],
    ];
    if (widthOf(visible(message)) <= width - CONDITION) return [[...head, [message, "muted"]]];
    return [head, ...hanging([[message, "muted"]], { width, head: [["  "]], indent: 2 })];
  });
}

/** The newest first, as with events: what matters is on top. */
function printedLines({ lines, failure }: Output, width: number): Line[] {
  if (failure !== null) return hanging([[failure, "muted"]], { width, head: [["  "]], indent: 2 });
  return lines
    .toReversed()
    .flatMap(({ timestamp, line }) =>
      hanging(line, { width, head: [[`${timeOfDay(timestamp)} `, "muted"]], indent: 9 }),
    );
}
