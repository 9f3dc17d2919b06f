// What the server runs with, and how the link to it is, as lines.
import { ago, counted, duration } from "../format.ts";
import type { Seen } from "../screen.ts";
import type { Store } from "../state.ts";
import { linkSymbol } from "../symbols.ts";
import type { Line, Span } from "../theme.ts";
import { type Fact, factLines, section } from "../widgets/facts.ts";

export interface ConfigFacts {
  seen: Seen;
  link: Pick<Store, "url" | "withToken">;
  /** Keys that count after a restart only, as far as a reload has told. */
  restart: readonly string[];
  /** Milliseconds since 1970. */
  now: number;
}

/** The file and when it was read, the features, where it listens, and the link. */
export function configLines({ seen, link, restart, now }: ConfigFacts, width: number): Line[] {
  const { config, feature_flags: flags, service } = seen.snapshot.status;
  const { streamable_http_url: http, sse_url: sse } = seen.snapshot.status.transport;
  const age = duration((now - Date.parse(service.started_at)) / 1_000);
  const up = seen.link.phase === "live" ? `  up ${age}` : "";
  const waiting: Line =
    restart.length === 0
      ? [["not needed", "muted"]]
      : [
          ["for ", "muted"],
          [restart.join(", "), "warning"],
        ];
  const file: Fact[] = [
    ["file", config.file_path],
    ["read", [[ago(config.loaded_at, now)], [`  ${new Date(config.loaded_at).toLocaleString("sv")}`, "muted"]]],
    ["backends", [[counted(config.backend_count, "backend")]]],
    ["features", Object.keys(flags).flatMap((flag): Span[] => flagSpans(flag, flags[flag] ?? false))],
    ["restart", waiting],
    ["server", [[service.version], [up, "muted"]]],
    ["http", [[http, "accent"]]],
    ["sse", [[sse]]],
  ];
  return [...factLines(file, width), ...section("Link", linkLines(seen, link, width))];
}

function flagSpans(flag: string, on: boolean): Span[] {
  return [
    [on ? "✔ " : "✖ ", on ? "good" : "muted"],
    [`${flag.replaceAll("_", " ")}  `, on ? "text" : "muted"],
  ];
}

function linkLines({ link: { phase, message } }: Seen, { url, withToken }: ConfigFacts["link"], width: number): Line[] {
  const [symbol, role] = linkSymbol(phase);
  const facts: Fact[] = [
    ["state", [[`${symbol} ${phase}`, role]]],
    ["why", message ?? []],
    ["from", [[url]]],
    [
      "token",
      withToken
        ? [["is sent", "good"]]
        : [
            ["none", "warning"],
            [": the server serves this machine without", "muted"],
          ],
    ],
  ];
  return factLines(facts, width);
}
