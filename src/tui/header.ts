// The first line: which server this is, how it is, and whether we hear from it.
import { duration } from "./format.ts";
import type { Link, Store } from "./state.ts";
import { healthSymbol, linkSymbol } from "./symbols.ts";
import { cut } from "./text.ts";
import type { Line, Span } from "./theme.ts";
import type { Piece } from "./widgets/bar.ts";

/** So many columns of the reason why a link is lost are shown. */
const REASON = 40;

/** What stands on the left. */
export function serverPieces({ name, url, state }: Store, choose: () => void): Piece[] {
  const symbol: Span = state.snapshot ? healthSymbol(state.snapshot.health.status) : linkSymbol(state.link.phase);
  const line: Line = [
    [" "],
    symbol,
    [` ${name}`, "strong"],
    ...(url.includes(name) ? [] : [[`  ${url}`, "muted"] as const]),
  ];
  return [{ line: [[" Argus ", "badge"]] }, { line, click: choose }];
}

/** What stands on the right, at this moment of milliseconds since 1970; the most important first. */
export function statePieces({ link, snapshot }: Store["state"], now: number): Piece[] {
  const pieces: Piece[] = [{ line: linkLine(link, now) }];
  if (!snapshot) return pieces;
  const { state, started_at: started, version } = snapshot.status.service;
  if (state !== "running") pieces.push({ line: [[`${state} `, "warning"]] });
  pieces.push({ line: [[" up ", "muted"], [`${duration((now - Date.parse(started)) / 1_000)} `]] });
  pieces.push({ line: [[` ${version} `, "muted"]] });
  return pieces;
}

/** `● live`, or what is wrong and when it is tried again. */
function linkLine({ phase, message, nextTry }: Link, now: number): Line {
  const [symbol, role] = linkSymbol(phase);
  const reason = message === null || phase === "connecting" ? "" : `: ${cut(message, REASON)}`;
  const again = nextTry === null ? "" : `, again in ${Math.max(0, Math.ceil((nextTry - now) / 1_000))} s`;
  return [[`${symbol} ${phase}${reason}${again} `, role]];
}
