// The first line: which server this is, how it is, and whether we hear from it.
import { duration } from "./format.ts";
import type { Link, Store } from "./state.ts";
import { healthSymbol, linkSymbol } from "./symbols.ts";
import type { Line, Span } from "./theme.ts";
import type { Piece } from "./widgets/bar.ts";

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

/** What stands on the right, at this moment of milliseconds since 1970. */
export function statePieces({ link, snapshot }: Store["state"], now: number): Piece[] {
  const parts: Line[] = [linkLine(link, now)];
  if (snapshot) {
    const { service } = snapshot.status;
    if (service.state !== "running") parts.push([[service.state, "warning"]]);
    parts.push([["up ", "muted"], [duration((now - Date.parse(service.started_at)) / 1_000)]]);
    parts.push([[service.version, "muted"]]);
  }
  return [{ line: [...parts.flatMap((part, index) => (index > 0 ? [["  "] as const, ...part] : part)), [" "]] }];
}

function linkLine({ phase, nextTry }: Link, now: number): Line {
  const [symbol, role] = linkSymbol(phase);
  return [[`${symbol} ${phase}${nextTry === null ? "" : `, again in ${secondsUntil(nextTry, now)} s`}`, role]];
}

function secondsUntil(time: number, now: number): number {
  return Math.max(0, Math.ceil((time - now) / 1_000));
}
