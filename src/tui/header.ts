// The first line: which server this is, how it is, and whether we hear from it.
import { duration } from "./format.ts";
import type { Link, Store } from "./state.ts";
import { healthSymbol, linkSymbol } from "./symbols.ts";
import { cut, visible, widthOf } from "./text.ts";
import type { Line, Span } from "./theme.ts";
import type { Piece } from "./widgets/bar.ts";

/** So many columns of the reason why a link is lost are shown, at least and at most, and so many are around it and the server's name. */
const REASON = { least: 12, most: 60, around: 35 };

/** What stands on the left. */
export function serverPieces({ name, url, state }: Store, choose: () => void): Piece[] {
  const symbol: Span = state.snapshot ? healthSymbol(state.snapshot.health.status) : linkSymbol(state.link.phase);
  const line: Line = [
    [" "],
    symbol,
    [` ${name}`, "strong"],
    ...(url.includes(name) ? [] : [[`  ${url}`, "muted"] as const]),
  ];
  return [{ line: [[" Argus ", "accent"]] }, { line, click: choose }];
}

/** What stands on the right, at this moment of milliseconds since 1970, in a window of so many columns; the most important first. */
export function statePieces({ name, state }: Pick<Store, "name" | "state">, now: number, width: number): Piece[] {
  const { link, snapshot } = state;
  // Without a snapshot the reason is what the screen shows.
  if (!snapshot) return [{ line: linkLine(link, now, "") }];
  const room = Math.max(REASON.least, Math.min(REASON.most, width - widthOf(visible(name)) - REASON.around));
  const pieces: Piece[] = [{ line: linkLine(link, now, cut(link.message ?? "", room)) }];
  const { state: phase, started_at: started, version } = snapshot.status.service;
  if (phase !== "running") pieces.push({ line: [[`${phase} `, "warning"]] });
  if (link.phase === "live")
    pieces.push({ line: [[" up ", "muted"], [`${duration((now - Date.parse(started)) / 1_000)} `]] });
  pieces.push({ line: [[` ${version} `, "muted"]] });
  return pieces;
}

/** `● live`, or what is wrong and when it is tried again. */
function linkLine({ phase, nextTry }: Link, now: number, why: string): Line {
  const [symbol, role] = linkSymbol(phase);
  const reason = why === "" || phase === "connecting" ? "" : `: ${why}`;
  const again = nextTry === null ? "" : `, again in ${Math.max(0, Math.ceil((nextTry - now) / 1_000))} s`;
  return [[`${symbol} ${phase}${reason}${again} `, role]];
}
