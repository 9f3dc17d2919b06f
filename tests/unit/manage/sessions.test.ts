// The sessions of clients, and their end.
import { expect, mock, test } from "bun:test";
import type { SessionStatus } from "../../../src/server/session.ts";
import { manage, programOf } from "../../fixtures/program.ts";

const session: SessionStatus = {
  ...{ id: "s-1", transport: "streamable-http", version: "2025-11-25" },
  client: { name: "test", version: "1.0.0" },
  ...{ user: null, group: null },
  capabilities: { tools: 3, resources: 2, prompts: 1 },
  createdAt: new Date(Date.now() - 60_000),
  ...{ idle: 30, timeToLive: 30 },
};
const silent: SessionStatus = { ...session, id: "s-2", transport: "sse", user: "me", group: "dev", idle: 30.5 };

test("GET /sessions gives all", async () => {
  const { get } = manage(programOf({ sessions: () => [session, silent] }));
  const shown = {
    ...{ id: "s-1", transport_type: "streamable-http", protocol_version: "2025-11-25" },
    client: { name: "test", version: "1.0.0" },
    ...{ user: null, group: null, tool_count: 3 },
    capability_snapshot: { tools: 3, resources: 2, prompts: 1 },
    created_at: session.createdAt.toISOString(),
    age_seconds: expect.any(Number),
    ...{ idle_seconds: 30, ttl: 30, expired: false },
  };
  const all = await get("/sessions");
  expect(all).toStrictEqual({
    active_sessions: 2,
    sessions: [
      shown,
      { ...shown, id: "s-2", transport_type: "sse", user: "me", group: "dev", idle_seconds: 30.5, expired: true },
    ],
  });
  expect((all as { sessions: { age_seconds: number }[] }).sessions[0]?.age_seconds).toBeGreaterThanOrEqual(60);
});

test("DELETE /sessions/{id} ends one, or does not find it", async () => {
  const endSession = mock((id: string) => id === "s-1");
  const { ask } = manage(programOf({ endSession }));
  const ended = await ask("DELETE", "/sessions/s-1");
  expect([ended.status, await ended.text()]).toEqual([204, ""]);
  const missing = await ask("DELETE", "/sessions/s-9");
  expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: "not_found" } }]);
  expect(endSession.mock.calls).toEqual([["s-1"], ["s-9"]]);
});
