// One line of the audit trail: what it says, and in which shape.
import type { Identity, JsonObject, Session } from "../model.ts";
import { excerpt } from "./excerpt.ts";
import type { Redactor } from "./redact.ts";

/** What a line says, besides when and under which id. */
export interface Facts {
  type: "mcp_operation" | "auth_failed" | "management";
  source: Source;
  target?: Target;
  outcome: {
    status: "success" | "failure" | "denied";
    /** In milliseconds; null where nothing took time. */
    latency: number | null;
    error: string | null;
  };
}

export interface Source {
  /** Where from; null where it is not known, or where the gateway itself did it. */
  address: string | null;
  session?: Session;
  identity?: Identity;
}

export interface Target {
  backend: string | null;
  method: string;
  /** The exposed name or URI. */
  name: string | null;
  /** The same as the backend knows it. */
  original: string | null;
}

/** What a client names may be of any length; this is more than any name that leads anywhere. */
const LONGEST = 512;

/** So much of it is looked at, of which what is shown is left where secrets become shorter. */
const READ = 8 * LONGEST;

/** The line without its line break. Every member is there in every line, as null where there is nothing to say. */
export function lineOf({ type, source, target, outcome }: Facts, redactor: Redactor): string {
  const shown = (text: unknown) => (typeof text === "string" ? cut(redactor.redact(excerpt(text, READ))) : null);
  const { session, address, identity = session?.identity } = source;
  const { name = null, original = null } = target ?? {};
  const capability = shown(name);
  return JSON.stringify({
    timestamp: new Date().toISOString(),
    event_id: Bun.randomUUIDv7(),
    event_type: type,
    source: {
      session_id: session?.id ?? null,
      client_ip: address,
      user_id: shown(identity?.subject),
      client: session ? clientOf(session, shown) : null,
    },
    target: {
      backend: target?.backend ?? null,
      method: shown(target?.method),
      capability_name: capability,
      original_name: original === name ? capability : shown(original),
    },
    outcome: { status: outcome.status, latency_ms: outcome.latency, error: shown(outcome.error) },
  });
}

/** How a client calls itself. */
function clientOf({ hello }: Session, shown: (text: unknown) => string | null): JsonObject {
  const { name, version } = (hello.body.params?.clientInfo ?? {}) as JsonObject;
  return { name: shown(name), version: shown(version) };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
