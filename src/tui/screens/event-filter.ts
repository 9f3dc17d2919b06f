// Which events are shown: by severity, backend, and words.
import type { EventRecord } from "../state.ts";
import { severitySymbol } from "../symbols.ts";
import type { Line, Span } from "../theme.ts";
import { finder } from "../widgets/marked.ts";

export type Severity = EventRecord["severity"];

const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Replaced whole with each change. */
export interface EventFilter {
  /** This severity and above. */
  readonly least: Severity;
  /** Events of this backend only. */
  readonly backend: string | null;
  readonly query: string;
}

export const EVERYTHING: EventFilter = { least: "debug", backend: null, query: "" };

/** The events that it admits. */
export function filtered(
  events: readonly EventRecord[],
  { least, backend, query }: EventFilter,
): readonly EventRecord[] {
  const find = finder(query);
  const lowest = SEVERITIES.indexOf(least);
  if (lowest === 0 && backend === null && !find) return events;
  return events.filter(
    (event) =>
      SEVERITIES.indexOf(event.severity) >= lowest &&
      (backend === null || event.backend === backend) &&
      (!find || textOf(event).search(find) >= 0),
  );
}

/** What is searched in, also what only the detail shows. */
function textOf({ stage, backend, message, details }: EventRecord): string {
  const more = details === null ? "" : JSON.stringify(details);
  return [stage.replaceAll("_", " "), backend ?? "", message, more].join("\n");
}

/** The severity after this one; after the highest, all again. */
export function nextSeverity(severity: Severity): Severity {
  return SEVERITIES[(SEVERITIES.indexOf(severity) + 1) % SEVERITIES.length] ?? "debug";
}

/** Whether it leaves anything out. */
export function narrows({ least, backend, query }: EventFilter): boolean {
  return least !== "debug" || backend !== null || query !== "";
}

/** What it leaves: `▲ warning and above  files  /timeout`. */
export function filterLine({ least, backend, query }: EventFilter): Line {
  const parts: Span[] = [];
  if (least !== "debug") {
    const [symbol, role] = severitySymbol(least);
    parts.push([`${symbol} ${least}${least === "error" ? "" : "+"}  `, role]);
  }
  if (backend !== null) parts.push([`${backend}  `, "key"]);
  if (query !== "") parts.push([`/${query}  `, "key"]);
  return parts;
}

/** How many events there are of each backend, by name. */
export function backendsIn(events: readonly EventRecord[]): [name: string, events: number][] {
  const groups = Map.groupBy(
    events.filter(({ backend }) => backend !== null),
    ({ backend }) => backend ?? "",
  );
  return [...groups].map(([name, { length }]): [string, number] => [name, length]).sort();
}
