// An event as the API shows it.
import { t } from "elysia";
import type { Event as BusEvent, Severity, Stage } from "../model.ts";
import { anything, nullable, object, oneOf, Time } from "./schemas.ts";

const SEVERITIES = ["debug", "info", "warning", "error"] as const satisfies Severity[];

const STAGES = [
  "status",
  "config",
  "config_reloaded",
  "config_rejected",
  "backend_connecting",
  "backend_connected",
  "backend_disconnected",
  "backend_retrying",
  "backend_failed",
  "capability_change",
  "capability_conflict",
  "health",
  "session_opened",
  "session_closed",
  "auth_failed",
  "shutdown",
] as const satisfies Stage[];

const ID = /^[0-9a-z]{9}-[0-9a-z]{7}$/;

export const EventId = t.String({ title: "event id", pattern: ID.source });

export function isEventId(text: string): boolean {
  return ID.test(text);
}

export const Level = oneOf([...SEVERITIES], "This level and above.");

export const Event = object({
  id: t.String({ description: "Sorts by age; unique across restarts." }),
  timestamp: Time,
  stage: oneOf([...STAGES], "What it is about."),
  message: t.String(),
  severity: oneOf([...SEVERITIES], "How bad it is."),
  backend: nullable(t.String({ description: "The backend that it is about." })),
  details: nullable(anything("For programs.")),
});

export function eventOf({ id, timestamp, stage, message, severity, ...event }: BusEvent) {
  return { id, timestamp, stage, message, severity, backend: event.backend ?? null, details: event.details ?? null };
}

/** Gives what finds the events of this level and above; without a level, all. */
export function atLeast(least: Severity = "debug") {
  return ({ severity }: BusEvent) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
