// What is shown while a server has not answered: why, and what to do.
import type { Store } from "./state.ts";
import { linkSymbol } from "./symbols.ts";
import { wrap } from "./text.ts";
import type { Line, Span } from "./theme.ts";

const ADVICE: Readonly<Record<Store["state"]["link"]["phase"], readonly Span[]>> = {
  connecting: [],
  live: [],
  lost: [
    ["Start one here with "],
    ["argus-mcp server", "strong"],
    [", or name another with "],
    ["--server URL", "strong"],
  ],
  refused: [["Give its token with "], ["--token T", "strong"], [" or "], ["ARGUS_MGMT_TOKEN", "strong"]],
};

/** Lines for a pane of so many columns. */
export function offlineLines({ url, state }: Store, width: number): Line[] {
  const { phase, message } = state.link;
  const [symbol, role] = linkSymbol(phase);
  const said = wrap(message ?? (phase === "connecting" ? "Asking for the state of things." : ""), Math.max(1, width));
  const title = phase === "connecting" ? "Connecting to" : "No answer from";
  return [
    [
      [`${symbol} `, role],
      [`${title} `, "strong"],
      [url, "accent"],
    ],
    [],
    ...said.map((line): Line => [[line]]),
    ...(ADVICE[phase].length > 0 ? [[], ADVICE[phase]] : []),
    [],
    [
      ["ctrl+o", "key"],
      [" try again now    ", "muted"],
      ["s", "key"],
      [" another server", "muted"],
    ],
  ];
}
