// Health, readiness and status, as computed from the program.
import { describe, expect, test } from "bun:test";
import type { BackendStatus } from "../../../src/backend/status.ts";
import type { Phase } from "../../../src/model.ts";
import { backendOf, manage, programOf } from "../../fixtures/program.ts";

const ill: BackendStatus["health"] = { status: "unhealthy", lastCheck: null, latencyMs: null };
const unknown: BackendStatus["health"] = { status: "unknown", lastCheck: null, latencyMs: null };

function inPhases(...phases: Phase[]): BackendStatus[] {
  return phases.map((phase) => backendOf({ phase }));
}

describe("GET /health", () => {
  test.each([
    ["healthy", [], { total: 0, connected: 0, healthy: 0 }],
    ["healthy", inPhases("disabled"), { total: 0, connected: 0, healthy: 0 }],
    ["healthy", inPhases("ready", "degraded", "disabled"), { total: 2, connected: 2, healthy: 2 }],
    ["healthy", [backendOf({ health: unknown })], { total: 1, connected: 1, healthy: 1 }],
    ["healthy", [backendOf({ health: ill })], { total: 1, connected: 1, healthy: 0 }],
    ["degraded", inPhases("ready", "pending", "initializing"), { total: 3, connected: 1, healthy: 1 }],
    ["unhealthy", inPhases("retrying", "failed", "shutting_down"), { total: 3, connected: 0, healthy: 0 }],
    ["unhealthy", [backendOf({ phase: "failed", health: ill })], { total: 1, connected: 0, healthy: 0 }],
  ])("%s %#", async (status, all, backends) => {
    const { ask } = manage(programOf({ backends: () => all }));
    const response = await ask("GET", "/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toStrictEqual({
      ...{ status, backends },
      uptime_seconds: expect.any(Number),
      version: "1.2.3",
    });
  });
});

test("GET /ready is 503 with its reason until every backend was tried", async () => {
  let tried = false;
  const { ask } = manage(programOf({ tried: () => tried }));
  const early = await ask("GET", "/ready");
  expect([early.status, await early.json()]).toEqual([503, { ready: false, reason: expect.stringMatching(/tried/) }]);
  tried = true;
  const late = await ask("GET", "/ready");
  expect([late.status, await late.json()]).toEqual([200, { ready: true, reason: null }]);
});

test("GET /status", async () => {
  const backends = () => [backendOf(), backendOf({ name: "two", phase: "disabled" })];
  const { get } = manage(programOf({ backends, state: () => "starting" }));
  expect(await get("/status")).toStrictEqual({
    service: {
      ...{ name: "Argus MCP", version: "1.2.3", state: "starting" },
      uptime_seconds: expect.any(Number),
      started_at: "2026-01-02T03:04:05.678Z",
    },
    config: { file_path: "/etc/argus/config.yaml", loaded_at: "2026-01-02T03:04:06.000Z", backend_count: 2 },
    transport: {
      sse_url: "http://127.0.0.1:9000/sse",
      streamable_http_url: "http://127.0.0.1:9000/mcp",
      ...{ host: "127.0.0.1", port: 9000 },
    },
    feature_flags: { hot_reload: true },
  });
});

test("GET /metrics passes on what the program gives", async () => {
  const response = await manage(programOf()).ask("GET", "/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4");
  expect(await response.text()).toBe("up 1\n");
});
