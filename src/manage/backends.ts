// The backends, one by one and by group.
import { Elysia, t } from "elysia";
import type { BackendStatus } from "../backend/status.ts";
import { ApiError, errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { anything, Counts, countsOf, integer, Name, nullable, object, oneOf, Time } from "./schemas.ts";

const PHASES = oneOf(
  ["pending", "initializing", "ready", "degraded", "retrying", "failed", "shutting_down", "disabled"],
  "Where it is in its life.",
);

const Condition = object({
  type: t.String(),
  status: t.Boolean(),
  reason: t.String({ description: "One word in CamelCase, for programs." }),
  message: t.String(),
  last_transition: Time,
});

export const Backend = object(
  {
    name: Name,
    type: t.String({ description: "stdio, sse or streamable-http." }),
    group: t.String(),
    phase: PHASES,
    state: oneOf(["connected", "disconnected"], "Connected in the phases ready and degraded."),
    connected_at: nullable(Time),
    error: nullable(t.String({ description: "What went wrong last." })),
    capabilities: Counts,
    health: object({
      status: oneOf(["unknown", "healthy", "unhealthy"], "What the probes say."),
      last_check: nullable(Time),
      latency_ms: nullable(t.Number()),
    }),
    conditions: t.Array(Condition, { description: "The newest ten, oldest first." }),
    labels: t.Record(t.String(), t.String(), { description: "`sharing` is shared or session." }),
    pid: nullable(integer({ description: "Of its process, where it has one." })),
    restarts: integer(),
    era: t.Union([t.Literal("legacy"), t.Literal("modern"), t.Null()], {
      description: "In which it is spoken to; null before it was connected.",
    }),
    protocol_version: nullable(t.String()),
    server_info: nullable(anything("How it introduces itself.")),
  },
  { description: "A backend." },
);

const Backends = object({ backends: t.Array(Backend) }, { description: "All backends, in configuration order." });

const Groups = object(
  {
    groups: t.Record(t.String(), object({ servers: t.Array(Name), count: integer() })),
    total_groups: integer(),
    total_servers: integer(),
  },
  { description: "The backends' names by group." },
);

/** `GET /backends`, `/backends/{name}` and `/groups`. */
export function backends(program: Program) {
  return new Elysia()
    .get("/backends", () => ({ backends: program.backends().map(backendOf) }), {
      response: { 200: Backends, ...errors() },
      detail: { tags: ["Backends"], operationId: "listBackends", summary: "All backends" },
    })
    .get("/backends/:name", ({ params }) => backendOf(find(program, params.name)), {
      params: object({ name: Name }),
      response: { 200: Backend, ...errors() },
      detail: { tags: ["Backends"], operationId: "getBackend", summary: "One backend" },
    })
    .get("/groups", ({ query }) => groupsOf(program.backends(), query.group), {
      query: t.Object(
        { group: t.Optional(t.String({ description: "Only this group." })) },
        { additionalProperties: true },
      ),
      response: { 200: Groups, ...errors() },
      detail: { tags: ["Backends"], operationId: "listGroups", summary: "Backends by group" },
    });
}

/** Whether it can take calls. */
export function isConnected({ phase }: BackendStatus): boolean {
  return phase === "ready" || phase === "degraded";
}

function find(program: Program, name: string): BackendStatus {
  const found = program.backends().find((backend) => backend.name === name);
  if (!found) throw new ApiError("not_found", `no backend ${JSON.stringify(name)}`);
  return found;
}

/** A backend as the API shows it. */
export function backendOf(backend: BackendStatus) {
  const { name, type, group, phase, error, capabilities, pid, restarts, health } = backend;
  return {
    ...{ name, type, group, phase },
    state: isConnected(backend) ? ("connected" as const) : ("disconnected" as const),
    connected_at: time(backend.connectedAt),
    error,
    capabilities: countsOf(capabilities),
    health: { status: health.status, last_check: time(health.lastCheck), latency_ms: health.latencyMs },
    conditions: backend.conditions.map(({ type, status, reason, message, lastTransition }) => ({
      ...{ type, status, reason, message },
      last_transition: lastTransition.toISOString(),
    })),
    labels: { sharing: backend.sharing },
    ...{ pid, restarts },
    era: backend.era,
    protocol_version: backend.protocolVersion,
    server_info: backend.serverInfo,
  };
}

function time(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

function groupsOf(all: BackendStatus[], wanted: string | undefined) {
  const shown = all.filter(({ group }) => wanted === undefined || group === wanted);
  const groups = [...Map.groupBy(shown, ({ group }) => group)].map(([group, members]) => {
    const servers = members.map(({ name }) => name);
    return [group, { servers, count: servers.length }] as const;
  });
  return { groups: Object.fromEntries(groups), total_groups: groups.length, total_servers: shown.length };
}
