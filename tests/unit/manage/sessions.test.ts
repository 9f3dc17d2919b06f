// The sessions of clients, and their end.
import { expect, mock, test } from "bun:test";
import type { SessionStatus } from "../../../src/server/session-status.ts";
import { manage, programOf } from "../../fixtures/program.ts";

const session: SessionStatus = {
  ...{ id: "s-1", transport: "streamable-http", era: "legacy", version: "2025-11-25" },
  client: { name: "test", version: "1.0.0" },
  ...{ user: null, group: null },
  capabilities: { tools: 3, resources: 2, prompts: 1 },
  createdAt: new Date(Date.now() - 60_000),
  ...{ idle: 30, timeToLive: 30 },
};
const modern = { era: "modern", version: "2026-07-28" } as const;
const silent: SessionStatus = { ...session, ...modern, id: "s-2", user: "me", group: "dev", idle: 30.5 };

test("GET /sessions gives all", async () => {
  const { get } = manage(programOf({ sessions: () => [session, silent] }));
  const shown = {
    ...{ id: "s-1", transport_type: "streamable-http", era: "legacy", protocol_version: "2025-11-25" },
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
      {
        ...{ ...shown, id: "s-2", era: "modern", protocol_version: "2026-07-28", user: "me", group: "dev" },
        ...{ idle_seconds: 30.5, expired: true },
      },
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
