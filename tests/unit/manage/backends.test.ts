// Backends and groups, with exactly the fields of the contract.
import { describe, expect, test } from "bun:test";
import type { BackendStatus } from "../../../src/backend/status.ts";
import type { Phase } from "../../../src/model.ts";
import { backendOf, manage, programOf } from "../../fixtures/program.ts";

const lastTransition = new Date("2026-01-02T03:04:08Z");
const condition: BackendStatus["conditions"][number] = {
  type: "Ready",
  status: true,
  reason: "Connected",
  message: "it is connected",
  lastTransition,
};

const one = backendOf({ conditions: [condition] });
const two = backendOf({
  ...{ name: "two", type: "sse", group: "other", sharing: "session", phase: "failed" },
  ...{ connectedAt: null, error: "it is away", pid: null, restarts: 2 },
  ...{ era: null, protocolVersion: null, serverInfo: null },
  health: { status: "unknown", lastCheck: null, latencyMs: null },
});
const three = backendOf({ name: "three", phase: "disabled" });

const { ask, get } = manage(programOf({ backends: () => [one, two, three] }));

const shown = {
  ...{ name: "one", type: "stdio", group: "default", phase: "ready", state: "connected" },
  connected_at: "2026-01-02T03:04:07.000Z",
  error: null,
  capabilities: { tools: 3, resources: 2, prompts: 1 },
  health: { status: "healthy", last_check: "2026-01-02T03:05:00.000Z", latency_ms: 1.5 },
  conditions: [
    {
      ...{ type: "Ready", status: true, reason: "Connected", message: "it is connected" },
      last_transition: "2026-01-02T03:04:08.000Z",
    },
  ],
  labels: { sharing: "shared" },
  ...{ pid: 4711, restarts: 0, era: "legacy", protocol_version: "2025-11-25" },
  server_info: { name: "server", version: "1.0.0" },
};

describe("GET /backends", () => {
  test("gives all in their order, what there is not as null", async () => {
    expect(await get("/backends")).toStrictEqual({
      backends: [
        shown,
        {
          ...{ name: "two", type: "sse", group: "other", phase: "failed", state: "disconnected" },
          ...{ connected_at: null, error: "it is away" },
          capabilities: { tools: 3, resources: 2, prompts: 1 },
          health: { status: "unknown", last_check: null, latency_ms: null },
          conditions: [],
          labels: { sharing: "session" },
          ...{ pid: null, restarts: 2, era: null, protocol_version: null, server_info: null },
        },
        expect.objectContaining({ name: "three", phase: "disabled", state: "disconnected" }),
      ],
    });
  });

  test.each<[Phase, string]>([
    ["pending", "disconnected"],
    ["initializing", "disconnected"],
    ["ready", "connected"],
    ["degraded", "connected"],
    ["retrying", "disconnected"],
    ["failed", "disconnected"],
    ["shutting_down", "disconnected"],
    ["disabled", "disconnected"],
  ])("%s is %s", async (phase, state) => {
    const { get: ofOne } = manage(programOf({ backends: () => [backendOf({ phase })] }));
    expect(await ofOne("/backends/one")).toMatchObject({ phase, state });
  });
});

describe("GET /backends/{name}", () => {
  test("gives one", async () => {
    expect(await get("/backends/one")).toStrictEqual(shown);
    expect(await get("/backends/%6fne")).toStrictEqual(shown);
  });

  test.each(["four", "ONE", "one%2f", "constructor"])("%s is not found", async (name) => {
    const response = await ask("GET", `/backends/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
  });
});

describe("GET /groups", () => {
  const other = { servers: ["two"], count: 1 };

  test("gives all, disabled backends included", async () => {
    expect(await get("/groups")).toStrictEqual({
      groups: { default: { servers: ["one", "three"], count: 2 }, other },
      ...{ total_groups: 2, total_servers: 3 },
    });
  });

  test("gives one, or none", async () => {
    expect(await get("/groups?group=other")).toStrictEqual({ groups: { other }, total_groups: 1, total_servers: 1 });
    expect(await get("/groups?group=none")).toStrictEqual({ groups: {}, total_groups: 0, total_servers: 0 });
  });

  test("has a group of any name", async () => {
    const { ask: ofOne } = manage(programOf({ backends: () => [backendOf({ group: "__proto__" })] }));
    expect(await (await ofOne("GET", "/groups")).text()).toContain('"__proto__":{"servers":["one"],"count":1}');
  });
});
