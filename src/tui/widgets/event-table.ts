// Events as a log: time, severity, backend, message; and those of one thing, in its detail.
import { timeOfDay } from "../format.ts";
import type { EventRecord } from "../state.ts";
import { severityRole, severitySymbol } from "../symbols.ts";
import type { Line } from "../theme.ts";
import type { Column } from "./columns.ts";
import { hanging } from "./facts.ts";

/** Columns of a log of events. */
export const EVENT_COLUMNS: readonly Column<EventRecord>[] = [
  { title: "time", width: 8, cell: ({ timestamp }) => [[timeOfDay(timestamp), "muted"]] },
  { title: "", width: 1, cell: ({ severity }) => [severitySymbol(severity)] },
  { title: "event", width: "fit", max: 20, rank: 2, cell: ({ stage }) => [[stage.replaceAll("_", " "), "muted"]] },
  { title: "backend", width: "fit", max: 20, min: 10, rank: 1, cell: ({ backend }) => [[backend ?? "", "key"]] },
  {
    title: "message",
    width: "fit",
    max: 60,
    min: 28,
    grow: 1,
    cell: ({ message, severity }) => [[message, severityRole(severity)]],
  },
];

/** So many columns stand before a message. */
const INDENT = 11;

/** The newest of these events, so many of them, the very newest on top, for so many columns. */
export function newestLines(events: readonly EventRecord[], most: number, width: number): Line[] {
  return events
    .slice(-most)
    .toReversed()
    .flatMap(({ timestamp, severity, message }) => {
      const head: Line = [[`${timeOfDay(timestamp)} `, "muted"], severitySymbol(severity), [" "]];
      return hanging([[message, severityRole(severity)]], { width, head, indent: INDENT });
    });
}
