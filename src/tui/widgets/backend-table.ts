// The backends as a table: the columns that all screens share.
import { count, latency } from "../format.ts";
import type { BackendRecord } from "../state.ts";
import { phaseSymbol, phaseWord } from "../symbols.ts";
import type { Line, Span } from "../theme.ts";
import type { Column } from "./columns.ts";

/** Columns from the name to the error; in a narrow window the least important ones are left out. */
export const BACKEND_COLUMNS: readonly Column<BackendRecord>[] = [
  { title: "", width: 1, cell: ({ phase }) => [phaseSymbol(phase)] },
  {
    title: "name",
    width: "fit",
    max: 28,
    min: 14,
    cell: ({ name, phase }) => [[name, phase === "disabled" ? "muted" : "strong"]],
  },
  { title: "phase", width: "fit", rank: 2, cell: ({ phase }) => [[phaseWord(phase), phaseSymbol(phase)[1]]] },
  { title: "type", width: "fit", rank: 4, cell: ({ type }) => [[type, "muted"]] },
  { title: "era", width: 6, rank: 7, cell: ({ era }) => [[era ?? "–", "muted"]] },
  { title: "group", width: "fit", max: 16, rank: 6, cell: ({ group }) => [[group, "muted"]] },
  { title: "latency", width: 7, align: "right", rank: 3, cell: ({ health }) => [[latency(health.latency_ms)]] },
  { title: "restarts", width: 8, align: "right", rank: 5, cell: ({ restarts }) => [figure(restarts, "warning")] },
  { title: "tools", width: 5, align: "right", rank: 1, cell: ({ capabilities }) => [figure(capabilities.tools)] },
  {
    title: "resources",
    width: 9,
    align: "right",
    rank: 7,
    cell: ({ capabilities }) => [figure(capabilities.resources)],
  },
  { title: "prompts", width: 7, align: "right", rank: 8, cell: ({ capabilities }) => [figure(capabilities.prompts)] },
  { title: "error", width: "fit", max: 24, min: 16, grow: 1, cell: errorOf },
];

/** Nought is quiet, so that what is there stands out. */
function figure(value: number, role: Span[1] = "text"): Span {
  return value === 0 ? ["0", "muted"] : [count(value), role];
}

/** The last error, red while it matters. */
function errorOf({ error, phase }: BackendRecord): Line {
  if (error === null) return [];
  return [[error, phase === "ready" || phase === "disabled" ? "muted" : "bad"]];
}
