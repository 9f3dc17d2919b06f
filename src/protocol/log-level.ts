// The levels of log messages.
import { textOf } from "./names.ts";

/** Least severe first (RFC 5424 §6.2.1, MCP Logging). */
export const LOG_LEVELS: readonly string[] = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
];

/** From here on most servers send that were told nothing, and so this is what a client gets that has said nothing. */
export const USUAL_LEVEL = "info";

/** Whether a message of this level is for somebody who wants those of `wanted` and above; one of an unknown level is for everybody. */
export function isWanted(level: unknown, wanted: string): boolean {
  const rank = LOG_LEVELS.indexOf(textOf(level));
  return rank < 0 || rank >= LOG_LEVELS.indexOf(wanted);
}
