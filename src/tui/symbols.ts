// Symbols that say in one column how something is, so that no colour has to; and the colour beside.
import type { BackendRecord, EventRecord, Health, LinkPhase } from "./state.ts";
import type { Role, Span } from "./theme.ts";

type Symbols<Key extends string> = Readonly<Record<Key, Span>>;

const PHASES: Symbols<BackendRecord["phase"]> = {
  ready: ["●", "good"],
  degraded: ["▲", "warning"],
  initializing: ["◐", "info"],
  retrying: ["↻", "warning"],
  failed: ["✖", "bad"],
  pending: ["◌", "muted"],
  shutting_down: ["◑", "muted"],
  disabled: ["○", "muted"],
};

const HEALTH: Symbols<Health["status"]> = {
  healthy: ["●", "good"],
  degraded: ["▲", "warning"],
  unhealthy: ["✖", "bad"],
};

const LINKS: Symbols<LinkPhase> = {
  live: ["●", "good"],
  connecting: ["◐", "info"],
  lost: ["▲", "warning"],
  refused: ["✖", "bad"],
};

const SEVERITIES: Symbols<EventRecord["severity"]> = {
  debug: ["·", "muted"],
  info: ["•", "info"],
  warning: ["▲", "warning"],
  error: ["✖", "bad"],
};

export function phaseSymbol(phase: BackendRecord["phase"]): Span {
  return PHASES[phase];
}

export function healthSymbol(status: Health["status"]): Span {
  return HEALTH[status];
}

export function linkSymbol(phase: LinkPhase): Span {
  return LINKS[phase];
}

export function severitySymbol(severity: EventRecord["severity"]): Span {
  return SEVERITIES[severity];
}

/** The colour in which a message of this severity is written. */
export function severityRole(severity: EventRecord["severity"]): Role {
  if (severity === "warning" || severity === "error") return SEVERITIES[severity][1] ?? "text";
  return severity === "debug" ? "muted" : "text";
}

/** A phase as a word: `shutting down`. */
export function phaseWord(phase: BackendRecord["phase"]): string {
  return phase.replace("_", " ");
}
