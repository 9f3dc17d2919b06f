// All that is known of one backend, as lines.
import { ago, counted, latency, timeOfDay } from "../format.ts";
import type { BackendRecord, EventRecord } from "../state.ts";
import { phaseSymbol, phaseWord, severityRole, severitySymbol } from "../symbols.ts";
import { fit, visible, widthOf, wrap } from "../text.ts";
import type { Line, Role, Span } from "../theme.ts";
import type { Output } from "./printed.ts";

const LABEL = 10;
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
    ...factLines(detail.backend, detail.now),
    ...errorLines(detail.backend, width),
    ...conditionLines(detail, width),
    ...eventLines(detail.events, width),
    ...printedLines(detail.output, width),
  ];
}

function factLines(backend: BackendRecord, now: number): Line[] {
  const { type, group, labels, health, capabilities, connected_at: connected, pid, restarts } = backend;
  const { server_info: server, era, protocol_version: version } = backend;
  const facts: [label: string, line: Line][] = [
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
  return facts.map(([label, line]) => [[fit(label, LABEL), "muted"], ...line]);
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
  return section(
    "Last error",
    wrap(error, width).map((line): Line => [[line, role]]),
  );
}

function conditionLines({ backend, now }: BackendDetail, width: number): Line[] {
  const newest = backend.conditions.slice(-CONDITIONS).toReversed();
  return section(
    "Conditions",
    newest.flatMap(({ type, status, reason, message, last_transition: since }): Line[] => {
      const head: Line = [
        [`${status ? "✔" : "✖"} ${fit(type, 8)}`, status ? "good" : "warning"],
        [fit(reason, 20)],
        [fit(ago(since, now), 12), "muted"],
      ];
      if (widthOf(visible(message)) <= width - CONDITION) return [[...head, [message, "muted"]]];
      return [head, ...wrap(message, width - 2).map((line): Line => [["  "], [line, "muted"]])];
    }),
  );
}

function eventLines(events: readonly EventRecord[], width: number): Line[] {
  const newest = events.slice(-EVENTS).toReversed();
  return section(
    "Events",
    newest.flatMap(({ timestamp, severity, message }): Line[] => {
      const [first = "", ...rest] = wrap(message, width - 11);
      const role = severityRole(severity);
      const head: Line = [[`${timeOfDay(timestamp)} `, "muted"], severitySymbol(severity), [` ${first}`, role]];
      return [head, ...rest.map((line): Line => [[" ".repeat(11)], [line, role]])];
    }),
  );
}

/** The newest first, as with events: what matters is on top. */
function printedLines({ lines, failure }: Output, width: number): Line[] {
  if (failure !== null) return section("Printed", indented(failure, width));
  return section(
    "Printed",
    lines.toReversed().flatMap(({ timestamp, line }): Line[] => {
      const [first = "", ...rest] = wrap(line, width - 9);
      return [
        [[`${timeOfDay(timestamp)} `, "muted"], [first]],
        ...rest.map((piece): Line => [[" ".repeat(9)], [piece]]),
      ];
    }),
  );
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [[], [[title, "accent"]], ...lines];
}

function indented(text: string, width: number): Line[] {
  return text === "" ? [] : wrap(text, width - 2).map((line): Line => [["  "], [line, "muted"]]);
}
