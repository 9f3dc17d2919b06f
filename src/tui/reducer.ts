// What an event changes in what is known of a server: a pure function.
import type { BackendRecord, EventRecord, ServerState, Snapshot } from "./state.ts";

/** So many events are kept. */
const KEPT = 1_000;

export const EMPTY: ServerState = {
  link: { phase: "connecting", message: null, nextTry: null },
  snapshot: null,
  capabilities: null,
  events: [],
  calls: [],
  errors: [],
};

/** After these something has changed that the event itself does not tell, such as a backend's counts or the clients' names. */
const TELL_TOO_LITTLE: ReadonlySet<EventRecord["stage"]> = new Set([
  "status",
  "config_reloaded",
  "backend_connecting",
  "backend_connected",
  "backend_disconnected",
  "backend_retrying",
  "backend_failed",
  "capability_change",
  "health",
  "session_opened",
  "session_closed",
]);

/** After these the capabilities may be others. */
const CHANGE_CAPABILITIES: ReadonlySet<EventRecord["stage"]> = new Set([
  "config_reloaded",
  "backend_connected",
  "backend_disconnected",
  "capability_change",
  "capability_conflict",
]);

/** Whether the snapshot has to be taken anew after this event. */
export function outdatesSnapshot({ stage }: EventRecord): boolean {
  return TELL_TOO_LITTLE.has(stage);
}

/** Whether the capabilities have to be loaded anew after this event. */
export function outdatesCapabilities({ stage }: EventRecord): boolean {
  return CHANGE_CAPABILITIES.has(stage);
}

/** The state after an event. What the snapshot knows already changes nothing in it, and no event is kept twice. */
export function reduce(state: ServerState, event: EventRecord): ServerState {
  const { snapshot, events } = state;
  if (event.id <= (events.at(-1)?.id ?? "")) return state;
  const known = snapshot === null || event.id <= (snapshot.last_event_id ?? "");
  return {
    ...state,
    events: [...events, event].slice(-KEPT),
    snapshot: known ? snapshot : next(snapshot, event),
  };
}

/** The state with another snapshot. One of the same server is brought up to date by what was heard since then; another server begins anew. */
export function renew(state: ServerState, snapshot: Snapshot): ServerState {
  if (startOf(state.snapshot) !== startOf(snapshot))
    return { ...EMPTY, link: state.link, snapshot, events: snapshot.events };
  const last = snapshot.last_event_id ?? "";
  const since = state.events.filter(({ id }) => id > last);
  return { ...state, snapshot: since.reduce(next, snapshot) };
}

function startOf(snapshot: Snapshot | null): string | undefined {
  return snapshot?.status.service.started_at;
}

function next(snapshot: Snapshot, event: EventRecord): Snapshot {
  return { ...applied(snapshot, event), last_event_id: event.id };
}

function applied(snapshot: Snapshot, event: EventRecord): Snapshot {
  const { backend, details, message, severity, stage, timestamp } = event;
  const here = { phase: "ready", state: "connected", error: null } as const;
  const away = { state: "disconnected", connected_at: null, pid: null } as const;
  switch (stage) {
    case "backend_connecting":
      return withBackend(snapshot, backend, { ...away, phase: "initializing" });
    case "backend_connected":
      return withBackend(snapshot, backend, { ...here, connected_at: timestamp });
    case "backend_retrying":
      return withBackend(snapshot, backend, { ...away, phase: "retrying" });
    case "backend_failed":
      return withBackend(snapshot, backend, { ...away, phase: "failed", error: message });
    case "backend_disconnected":
      // One session's own connection is not the backend, and what was asked for, or is no longer there, is no loss.
      if (details?.session !== undefined || severity === "info") return snapshot;
      return withBackend(snapshot, backend, { ...away, phase: "retrying", error: message });
    case "session_closed":
      return { ...snapshot, sessions: snapshot.sessions.filter(({ id }) => id !== details?.session) };
    case "shutdown":
      return withState(snapshot, "stopping");
    default:
      return snapshot;
  }
}

function withState(snapshot: Snapshot, state: Snapshot["status"]["service"]["state"]): Snapshot {
  const { status } = snapshot;
  return { ...snapshot, status: { ...status, service: { ...status.service, state } } };
}

function withBackend(snapshot: Snapshot, name: string | null, change: Partial<BackendRecord>): Snapshot {
  const backends = snapshot.backends.map((backend) => (backend.name === name ? { ...backend, ...change } : backend));
  return { ...snapshot, backends, health: healthOf(snapshot.health, backends) };
}

/** As the server itself reckons it. */
function healthOf(before: Snapshot["health"], all: readonly BackendRecord[]): Snapshot["health"] {
  const backends = all.filter(({ phase }) => phase !== "disabled");
  const connected = backends.filter(({ state }) => state === "connected");
  const healthy = connected.filter(({ health }) => health.status !== "unhealthy").length;
  const some = connected.length > 0 ? "degraded" : "unhealthy";
  return {
    ...before,
    status: connected.length === backends.length ? "healthy" : some,
    backends: { total: backends.length, connected: connected.length, healthy },
  };
}
