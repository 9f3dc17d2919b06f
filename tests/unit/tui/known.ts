// A server as a store knows it, and events of it.
import { EMPTY } from "../../../src/tui/reducer.ts";
import type { BackendRecord, EventRecord, ServerState, SessionRecord, Snapshot } from "../../../src/tui/state.ts";

/** The id of an event by its number. */
export const idOf = (number: number): string => `m00000000-${String(number).padStart(7, "0")}`;

export const time = "2026-01-02T03:04:05.678Z";

export function event(number: number, more: Partial<EventRecord> = {}): EventRecord {
  return {
    ...{ id: idOf(number), timestamp: time, stage: "status", message: `${number}`, severity: "info" },
    ...{ backend: null, details: null },
    ...more,
  };
}

export function backend(name: string, more: Partial<BackendRecord> = {}): BackendRecord {
  return {
    ...{ name, type: "stdio", group: "default", phase: "ready", state: "connected", connected_at: time, error: null },
    capabilities: { tools: 1, resources: 0, prompts: 0 },
    health: { status: "healthy", last_check: time, latency_ms: 1 },
    conditions: [],
    labels: { sharing: "shared" },
    ...{ pid: 7, restarts: 0, era: "legacy", protocol_version: "2025-11-25", server_info: { name, version: "1" } },
    ...more,
  };
}

export function session(id: string): SessionRecord {
  return {
    ...{
      id,
      transport_type: "sse",
      era: "legacy",
      protocol_version: "2025-11-25",
      client: { name: "c", version: "1" },
    },
    ...{ user: null, group: null, tool_count: 1, capability_snapshot: { tools: 1, resources: 0, prompts: 0 } },
    ...{ created_at: time, age_seconds: 1, idle_seconds: 1, ttl: 1_800, expired: false },
  };
}

/** Two backends, one session and so many events. */
export function snapshot(events = 0, more: Partial<Snapshot> = {}): Snapshot {
  const numbers = Array.from({ length: events }, (_, index) => index + 1);
  return {
    last_event_id: events > 0 ? idOf(events) : null,
    health: {
      status: "healthy",
      uptime_seconds: 1,
      version: "1.2.3",
      backends: { total: 2, connected: 2, healthy: 2 },
    },
    status: {
      service: { name: "Argus MCP", version: "1.2.3", state: "running", uptime_seconds: 1, started_at: time },
      config: { file_path: "/config.yaml", loaded_at: time, backend_count: 2 },
      transport: { sse_url: "http://a/sse", streamable_http_url: "http://a/mcp", host: "127.0.0.1", port: 9000 },
      feature_flags: { hot_reload: true },
    },
    backends: [backend("one"), backend("two")],
    sessions: [session("s")],
    events: numbers.slice(-100).map((number) => event(number)),
    security: {
      incoming_auth: { type: "anonymous", issuer: null, audience: null },
      authorization: { enabled: false, default_effect: "deny", policies: [] },
      denials: [],
      tool_lock: { mode: "off", pending: 0 },
    },
    ...more,
  };
}

/** A state that began with this. */
export function known(of: Snapshot = snapshot()): ServerState {
  return { ...EMPTY, snapshot: of, events: of.events };
}
