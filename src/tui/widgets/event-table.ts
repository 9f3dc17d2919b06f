// Events as a log: time, severity, backend, message.
import { timeOfDay } from "../format.ts";
import type { EventRecord } from "../state.ts";
import { severityRole, severitySymbol } from "../symbols.ts";
import type { Column } from "./columns.ts";

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
