// What is shown while a server has not answered: why, and what to do.
import type { Store } from "./state.ts";
import { linkSymbol } from "./symbols.ts";
import { wrap } from "./text.ts";
import type { Line } from "./theme.ts";

type Phase = Store["state"]["link"]["phase"];

const TITLES: Readonly<Record<Phase, string>> = {
  connecting: "Connecting to",
  live: "Connecting to",
  lost: "No answer from",
  refused: "Not connected to",
};

/** Lines for a pane of so many columns. */
export function offlineLines({ url, state }: Store, width: number): Line[] {
  const { phase, message } = state.link;
  const [symbol, role] = linkSymbol(phase);
  const said = phase === "lost" || phase === "refused" ? wrap(message ?? "", Math.max(1, width)) : [];
  return [
    [
      [`${symbol} `, role],
      [`${TITLES[phase]} `, "strong"],
      [url, "accent"],
    ],
    ...(said.length > 0 ? [[], ...said.map((line): Line => [[line]])] : []),
    ...(phase === "lost" ? [[], ...adviceFor(url)] : []),
    [],
    [
      ["ctrl+o", "key"],
      [" try again now    ", "muted"],
      ["s", "key"],
      [" another server", "muted"],
    ],
  ];
}

/** What can be done about a server that is away; what has refused us says so itself. */
function adviceFor(url: string): Line[] {
  const { hostname } = new URL(url);
  const here = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  const start: Line = [["Is it running? "], ["argus-mcp server", "strong"], [" starts one here."]];
  const elsewhere: Line = [["Is it running, and is that its address?"]];
  return [here ? start : elsewhere, [["--server URL", "strong"], [" names another one."]]];
}
