// What the server tells without being asked as a client: its first page, its health, and whether it is ready.
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { script, tiny } from "../fixtures/backends.ts";
import { ready, startGateway } from "../fixtures/gateway.ts";

const good = tiny("good");
const bad = { type: "stdio", command: "/nowhere/at-all" };
const disabled = { ...bad, enabled: false };

test("GET / shows the version, the endpoints and how to connect", async () => {
  await using gateway = await startGateway({ version: "1" });
  const response = await fetch(gateway.url);
  expect(response.status).toBe(200);
  const page = await response.text();
  for (const content of [version, `${gateway.url}/mcp`, `${gateway.url}/sse`]) expect(page).toContain(content);
});

describe("GET /manage/v1/health", () => {
  test.each([
    ["healthy without backends", {}, { status: "healthy", total: 0, connected: 0 }],
    ["healthy when all are connected", { one: good, two: tiny("two") }, { status: "healthy", total: 2, connected: 2 }],
    ["degraded when some are", { good, bad }, { status: "degraded", total: 2, connected: 1 }],
    ["unhealthy when none is", { bad }, { status: "unhealthy", total: 1, connected: 0 }],
    ["healthy whatever is disabled", { good, disabled }, { status: "healthy", total: 1, connected: 1 }],
    ["healthy when all are disabled", { disabled }, { status: "healthy", total: 0, connected: 0 }],
  ])("is %s", async (_, backends, { status, total, connected }) => {
    await using gateway = await startGateway({ version: "1", backends });
    const response = await fetch(`${gateway.url}/manage/v1/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("application/json");
    expect(await response.json()).toStrictEqual({
      status,
      uptime_seconds: expect.any(Number),
      version,
      backends: { total, connected, healthy: connected },
    });
  });
});

describe("GET /manage/v1/ready", () => {
  test("is 503 until every backend was tried, then 200", async () => {
    const waiting = script('until test -e open; do sleep 0.05; done; exec sh "$tiny" waiting');
    await using gateway = await startGateway({ version: "1", backends: { waiting, good, bad } }, { immediately: true });
    const early = await fetch(`${gateway.url}/manage/v1/ready`);
    expect(early.status).toBe(503);
    expect(await early.json()).toStrictEqual({ ready: false, reason: expect.any(String) });
    writeFileSync(join(gateway.directory, "open"), "");
    await ready(gateway.url);
    const late = await fetch(`${gateway.url}/manage/v1/ready`);
    expect(await late.json()).toMatchObject({ ready: true });
  }, 20_000);

  test("is 200 when all that was tried has failed", async () => {
    await using gateway = await startGateway({ version: "1", backends: { bad, disabled } });
    expect((await fetch(`${gateway.url}/manage/v1/ready`)).status).toBe(200);
  });
});
