// The panels on top of the dashboard: what runs there, how busy it is, and who is connected.
import { count, counted, duration } from "../format.ts";
import type { Seen } from "../screen.ts";
import type { Health, SessionRecord, Snapshot } from "../state.ts";
import { healthSymbol } from "../symbols.ts";
import { fit, widthOf } from "../text.ts";
import type { Line, Role, Span } from "../theme.ts";
import type { Column } from "../widgets/columns.ts";
import { factLine } from "../widgets/facts.ts";
import { sparkline } from "../widgets/sparkline.ts";

const LABEL = 8;
/** One value of the rates covers so many seconds. */
const TICK = 2;
/** That many of them are kept. */
const KEPT = 60;

/** `● healthy 3/3`. */
export function healthLine({ status, backends }: Health): Line {
  const [symbol, role] = healthSymbol(status);
  return [
    [`${symbol} ${status}`, role],
    [` ${backends.connected}/${backends.total}`, "muted"],
  ];
}

/** How much all backends offer together. */
export function offerLine({ backends }: Snapshot): Line {
  const kinds = ["tool", "resource", "prompt"] as const;
  return kinds.flatMap((kind, index): Span[] => {
    const total = backends.reduce((sum, { capabilities }) => sum + capabilities[`${kind}s`], 0);
    return [[`${index > 0 ? "  " : ""}${count(total)}`], [total === 1 ? ` ${kind}` : ` ${kind}s`, "muted"]];
  });
}

/** Where it is and how it is set up, the most important first. */
export function serverLines({ status, security }: Snapshot, width: number): Line[] {
  const { service, transport, config, feature_flags: flags } = status;
  const { incoming_auth: auth, authorization } = security;
  const on = Object.keys(flags).filter((flag) => flags[flag]);
  const policies = authorization.enabled ? counted(authorization.policies.length, "policy", "policies") : "no policies";
  const labelled = (label: string, value: Line) => factLine(label, value, LABEL);
  return [
    labelled("HTTP", [[transport.streamable_http_url, "accent"]]),
    labelled("SSE", [[transport.sse_url]]),
    labelled("config", [[ending(config.file_path, width - LABEL)]]),
    labelled("access", [
      [auth.type, auth.type === "anonymous" ? "text" : "good"],
      [`, ${policies}`, "muted"],
    ]),
    labelled("started", [[new Date(service.started_at).toLocaleString("sv")]]),
    labelled("flags", [[on.join(", ").replaceAll("_", " ") || "none", "muted"]]),
  ];
}

/** The end of a path matters most. */
function ending(path: string, columns: number): string {
  return widthOf(path) <= columns ? path : `…${path.slice(1 - columns)}`;
}

/** The calls and errors of the last two minutes, in so many lines. */
export function trafficLines({ calls, errors }: Seen, width: number, height: number): Line[] {
  const rows = Math.max(1, height - 2);
  return [
    ...graph("calls", calls, { width, rows, role: "good" }),
    ...graph("errors", errors, { width, rows: 1, role: "bad" }),
    [[fit("", LABEL)], ...axisOf(columnsOf(width))],
  ];
}

interface GraphOptions {
  width: number;
  rows: number;
  role: Role;
}

/** A name, bars, and on the last line the newest rate. */
function graph(name: string, values: readonly number[], { width, rows, role }: GraphOptions): Line[] {
  const rate = `${((values.at(-1) ?? 0) / TICK).toFixed(1)}/s`;
  return sparkline(values, columnsOf(width), rows).map((bars, row): Line => {
    if (row < rows - 1) return [[fit("", LABEL)], [bars, role]];
    return [[fit(name, LABEL), "muted"], ...aboveZero(bars, role), [fit(rate, 9, "right"), "strong"]];
  });
}

/** Where nothing was, the line is none of the figure's colour. */
function aboveZero(bars: string, role: Role): Span[] {
  return bars.split(/(▁+)/).map((piece): Span => [piece, piece.startsWith("▁") ? "border" : role]);
}

function columnsOf(width: number): number {
  return Math.max(1, Math.min(KEPT, width - LABEL - 9));
}

/** From when to when: `2 min ago ────── now`. */
function axisOf(columns: number): Line {
  const seconds = columns * TICK;
  const from = seconds >= 120 ? "2 min ago " : `${seconds} s ago `;
  return [
    [from, "muted"],
    ["─".repeat(Math.max(0, columns - from.length - 4)), "border"],
    [" now", "muted"],
  ];
}

const COLUMNS: readonly Column<SessionRecord>[] = [
  { title: "client", width: 12, grow: 1, cell: ({ client }) => [[client.name], [` ${client.version}`, "muted"]] },
  {
    title: "tools",
    width: "fit",
    align: "right",
    cell: ({ tool_count: tools }) => [[counted(tools, "tool"), "muted"]],
  },
  { title: "age", width: 7, align: "right", cell: ({ created_at: since }) => [[age(since), "muted"]] },
];

function age(since: string): string {
  return duration((Date.now() - Date.parse(since)) / 1_000);
}

/** The sessions in few words. */
export const SESSION_LINES = { columns: COLUMNS, empty: [["No client is connected.", "muted"]] } as const;
