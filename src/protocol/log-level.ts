// The levels of log messages.
import { GatewayError } from "../errors.ts";
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

/** The level that somebody wants. Throws GatewayError `invalid_params` for what is none. */
export function knownLevel(level: unknown): string {
  if (typeof level === "string" && LOG_LEVELS.includes(level)) return level;
  const what = typeof level === "string" ? JSON.stringify(level) : "that is no string";
  throw new GatewayError("invalid_params", `unknown log level ${what}; known are ${LOG_LEVELS.join(", ")}`);
}

/** Whether a message of this level is for somebody who wants those of `wanted` and above; one of an unknown level is for everybody. */
export function isWanted(level: unknown, wanted: string): boolean {
  const rank = LOG_LEVELS.indexOf(textOf(level));
  return rank < 0 || rank >= LOG_LEVELS.indexOf(wanted);
}
