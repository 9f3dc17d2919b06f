// Health and readiness: always public, for probes and load balancers.
import { Elysia, t } from "elysia";
import { isConnected } from "./backends.ts";
import { only } from "./errors.ts";
import type { Program } from "./program.ts";
import { integer, nullable, object, oneOf } from "./schemas.ts";

export const Health = object(
  {
    status: oneOf(["healthy", "degraded", "unhealthy"], "All, some or none of the backends are connected."),
    uptime_seconds: t.Number(),
    version: t.String(),
    backends: object(
      { total: integer(), connected: integer(), healthy: integer() },
      { description: "Disabled ones do not count." },
    ),
  },
  { description: "How the gateway is." },
);

const Ready = (description: string) =>
  object({ ready: t.Boolean(), reason: nullable(t.String({ description: "Why not." })) }, { description });

/** `GET /health` and `/ready`. */
export function health(program: Program) {
  return new Elysia()
    .get("/health", () => healthOf(program), {
      response: { 200: Health, ...only(405, 500) },
      detail: { tags: ["Health"], operationId: "getHealth", summary: "Is the gateway well?", security: [] },
    })
    .get(
      "/ready",
      ({ status }) => {
        if (program.tried()) return { ready: true, reason: null };
        return status(503, { ready: false, reason: "not every backend was tried yet" });
      },
      {
        response: {
          200: Ready("Every enabled backend was tried once."),
          503: Ready("Not every enabled backend was tried yet."),
          ...only(405, 500),
        },
        detail: { tags: ["Health"], operationId: "getReady", summary: "May clients come?", security: [] },
      },
    );
}

/** How the program is, as the API shows it. */
export function healthOf(program: Program) {
  const backends = program.backends().filter(({ phase }) => phase !== "disabled");
  const connected = backends.filter(isConnected);
  return {
    status: statusOf(backends.length, connected.length),
    uptime_seconds: uptime(program),
    version: program.version,
    backends: {
      total: backends.length,
      connected: connected.length,
      healthy: connected.filter((backend) => backend.health.status !== "unhealthy").length,
    },
  };
}

function statusOf(total: number, connected: number) {
  if (connected === total) return "healthy" as const;
  return connected > 0 ? ("degraded" as const) : ("unhealthy" as const);
}

/** Seconds since the start. */
export function uptime({ startedAt }: Program): number {
  return (Date.now() - startedAt.getTime()) / 1_000;
}
