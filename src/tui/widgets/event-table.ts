// Events as a log: time, severity, backend, message; and those of one thing, in its detail.
import { timeOfDay } from "../format.ts";
import type { EventRecord } from "../state.ts";
import { severityRole, severitySymbol } from "../symbols.ts";
import type { Line } from "../theme.ts";
import type { Column } from "./columns.ts";
import { hanging } from "./facts.ts";
import { marked } from "./marked.ts";

/** Time, severity, what it is, backend and message, with what `find` finds marked. */
export function eventColumns(find: () => RegExp | null = () => null): Column<EventRecord>[] {
  return [
    { title: "time", width: 8, cell: ({ timestamp }) => [[timeOfDay(timestamp), "muted"]] },
    { title: "", width: 1, cell: ({ severity }) => [severitySymbol(severity)] },
    {
      title: "event",
      ...{ width: "fit", max: 20, rank: 2 },
      cell: ({ stage }) => marked(stage.replaceAll("_", " "), find(), "muted"),
    },
    {
      title: "backend",
      ...{ width: "fit", max: 20, min: 10, rank: 1 },
      cell: ({ backend }) => marked(backend ?? "", find(), "key"),
    },
    {
      title: "message",
      ...{ width: 28, grow: 1 },
      cell: ({ message, severity }) => marked(message, find(), severityRole(severity)),
    },
  ];
}

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
