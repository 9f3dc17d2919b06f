// Whose calls and subscriptions make room when there are too many: no client can lock out the others.
import { expect, test } from "bun:test";
import { Gateway } from "../../../src/gateway/gateway.ts";
import type { Message } from "../../../src/model.ts";
import { parse } from "../../../src/protocol/message.ts";
import { ANONYMOUS } from "../../../src/server/auth.ts";
import { ModernListens } from "../../../src/server/modern-listens.ts";
import type { ModernSession } from "../../../src/server/modern-session.ts";
import { ModernSessions } from "../../../src/server/modern-sessions.ts";

const envelope = { version: "2026-07-28", capabilities: {}, clientInfo: { name: "test" }, progressToken: undefined };
const text = (notifications: object) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "subscriptions/listen",
  params: { notifications },
});
const message: Message = parse(JSON.stringify(text({ toolsListChanged: true })));
const request = new Request("http://localhost/mcp", { method: "POST" });

function optionsFor(sessions: number) {
  return {
    gateway: new Gateway(),
    serverInfo: {},
    limits: () => ({ sessions, sessionIdle: 60 }),
    emit: () => undefined,
  };
}

/** Who is somebody keeps a session between calls; everybody has an address of their own. */
function visitorOf(name: string, known = true) {
  const identity = known ? { subject: name, issuer: null, roles: [] } : ANONYMOUS;
  return { identity, group: null, address: () => name };
}

function sessionsOf(limit: number) {
  const sessions = new ModernSessions(optionsFor(limit));
  const ended: string[] = [];
  const begin = (name: string, known = true): ModernSession => {
    const session = sessions.lend({ request, visitor: visitorOf(name, known), message }, envelope);
    session.cancel = (reason) => void ended.push(`${name}: ${reason}`);
    return session;
  };
  return { sessions, begin, ended, [Symbol.dispose]: () => sessions.stop() };
}

test("as many calls as there may be sessions, and no more", () => {
  using world = sessionsOf(3);
  for (let count = 0; count < 3; count++) world.begin("203.0.113.1", false);
  expect(() => world.begin("203.0.113.1", false)).toThrow("server.limits.sessions");
  expect(world.ended).toEqual([]);
});

test("what is kept for nobody's call goes first, then what waits for a client, and at last a call of whoever has most", () => {
  using world = sessionsOf(4);
  const [kept, waiting] = [world.begin("greedy"), world.begin("greedy")];
  for (let count = 0; count < 2; count++) world.begin("greedy");
  waiting.waitsSince = performance.now();
  world.sessions.giveBack(kept);
  world.begin("one");
  expect(world.ended).toEqual([]);
  world.begin("two");
  expect(world.ended).toEqual(["greedy: made room for another call (server.limits.sessions)"]);
  world.begin("three");
  expect(world.ended).toHaveLength(2);
  expect(() => world.begin("greedy")).toThrow("server.limits.sessions");
  expect(() => world.begin("four")).toThrow("server.limits.sessions");
});

test("calls that wait for their client cannot take all places", () => {
  using world = sessionsOf(2);
  const [later, first] = [world.begin("asked later"), world.begin("asked first")];
  first.waitsSince = 1;
  later.waitsSince = 2;
  world.begin("asked first");
  expect(world.ended).toEqual([expect.stringContaining("asked first")]);
});

test("a session that is kept makes no room for who has more", () => {
  using world = sessionsOf(3);
  const quiet = world.begin("quiet");
  world.sessions.giveBack(quiet);
  for (let count = 0; count < 2; count++) world.begin("greedy");
  expect(() => world.begin("greedy")).toThrow("server.limits.sessions");
  expect(world.begin("quiet")).toBe(quiet);
});

test("a subscription of whoever has most ends for another client's", async () => {
  const listens = new ModernListens(optionsFor(3));
  const open = (name: string) =>
    listens.open(
      { request, visitor: visitorOf(name), message, id: `"${name}"`, accepts: { json: true, events: true } },
      envelope,
    );
  const streams = [open("greedy"), open("greedy"), open("greedy")];
  expect(() => open("greedy")).toThrow("server.limits.sessions");
  open("one");
  expect(await streams[0]?.text()).toContain('"id":"greedy","result"');
  expect(listens.status().map(({ user }) => user)).toEqual(["greedy", "greedy", "one"]);
  expect(() => open("greedy")).toThrow("server.limits.sessions");
  expect(() => open("one")).toThrow("server.limits.sessions");
  listens.stop();
});
