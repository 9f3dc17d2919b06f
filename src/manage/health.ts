// Health and readiness: always public, for probes and load balancers.
import { Elysia, t } from "elysia";

/** What the endpoints ask of the program. */
export interface HealthSource {
  version: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  backends(): { total: number; connected: number };
  /** Whether every enabled backend was tried once. */
  tried(): boolean;
}

const Health = t.Object({
  status: t.UnionEnum(["healthy", "degraded", "unhealthy"]),
  uptime_seconds: t.Number(),
  version: t.String(),
  backends: t.Object({ total: t.Integer(), connected: t.Integer(), healthy: t.Integer() }),
});

const Ready = t.Object({ ready: t.Boolean(), reason: t.Nullable(t.String()) });

/** `GET /manage/v1/health` and `/ready`. */
export function healthRoutes(source: HealthSource) {
  return new Elysia({ prefix: "/manage/v1" })
    .get(
      "/health",
      () => {
        const { total, connected } = source.backends();
        return {
          status: statusOf(total, connected),
          uptime_seconds: (Date.now() - source.startedAt) / 1_000,
          version: source.version,
          backends: { total, connected, healthy: connected },
        };
      },
      { response: Health },
    )
    .get(
      "/ready",
      ({ status }) => {
        if (source.tried()) return { ready: true, reason: null };
        return status(503, { ready: false, reason: "not every backend was tried yet" });
      },
      { response: { 200: Ready, 503: Ready } },
    );
}

function statusOf(total: number, connected: number) {
  if (connected === total) return "healthy" as const;
  return connected > 0 ? ("degraded" as const) : ("unhealthy" as const);
}
