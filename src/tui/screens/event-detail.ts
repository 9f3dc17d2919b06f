// All of one event, as lines: what it says in full, and its details as keys and values.
import { ago } from "../format.ts";
import type { EventRecord } from "../state.ts";
import { severityRole, severitySymbol } from "../symbols.ts";
import { wrap } from "../text.ts";
import type { Line } from "../theme.ts";
import { type Fact, factLines, section } from "../widgets/facts.ts";
import { valueLines } from "../widgets/values.ts";

/** The message, the details, then what there is of every event; `now` in milliseconds since 1970. */
export function eventDetail(event: EventRecord, now: number, width: number): Line[] {
  const { message, severity, details } = event;
  const nothing = details === null || Object.keys(details).length === 0;
  return [
    ...wrap(message, width).map((line): Line => [[line, severityRole(severity)]]),
    [],
    ...factLines(factsOf(event, now), width),
    ...section("Details", nothing ? [] : valueLines(details, width)),
  ];
}

function factsOf({ id, timestamp, stage, severity, backend }: EventRecord, now: number): Fact[] {
  const [symbol, role] = severitySymbol(severity);
  return [
    ["when", [[new Date(timestamp).toLocaleString("sv")], [`  ${ago(timestamp, now)}`, "muted"]]],
    ["severity", [[`${symbol} ${severity}`, role]]],
    ["event", [[stage.replaceAll("_", " ")]]],
    ["backend", backend === null ? [] : [[backend, "key"]]],
    ["id", [[id, "muted"]]],
  ];
}
