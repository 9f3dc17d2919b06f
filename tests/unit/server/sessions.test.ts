// Whose session makes room when there are too many.
import { expect, test } from "bun:test";
import { Gateway } from "../../../src/gateway/gateway.ts";
import { EventConnection } from "../../../src/observe/event-stream.ts";
import { ANONYMOUS } from "../../../src/server/auth.ts";
import { Sessions } from "../../../src/server/sessions.ts";

function sessionsOf(limit: number) {
  const sessions = new Sessions(
    () => ({ sessions: limit, sessionIdle: 60 }),
    () => undefined,
    () => undefined,
  );
  const gateway = new Gateway();
  const open = (address: string) =>
    sessions.open({ gateway, identity: ANONYMOUS, transport: "streamable-http", group: null, serverInfo: {}, address });
  const owners = () => sessions.status().map(({ id }) => names.get(id));
  const names = new Map<string, string>();
  const add = (address: string, busy = false) => {
    const session = open(address);
    names.set(session.id, address);
    if (busy) session.main.attach(new EventConnection(() => undefined));
    return session;
  };
  return { sessions, add, owners };
}

test("the idlest of whoever has the most", () => {
  const { sessions, add, owners } = sessionsOf(4);
  for (const address of ["a", "b", "b", "b", "c"]) add(address);
  expect(owners()).toEqual(["a", "b", "b", "c"]);
  add("d");
  expect(owners()).toEqual(["a", "b", "c", "d"]);
  add("e");
  expect(owners()).toEqual(["b", "c", "d", "e"]);
  void sessions.stop();
});

test("one's own, for who opens more and more", () => {
  const { sessions, add, owners } = sessionsOf(3);
  const quiet = add("quiet");
  for (let count = 0; count < 20; count++) add("greedy");
  expect(owners()).toEqual(["quiet", "greedy", "greedy"]);
  expect(sessions.find(quiet.key, { identity: ANONYMOUS, address: () => null })).toBe(quiet);
  void sessions.stop();
});

test("nobody's, when one's own are busy and others have fewer", () => {
  const { sessions, add, owners } = sessionsOf(3);
  add("quiet");
  add("greedy", true);
  add("greedy", true);
  expect(() => add("greedy")).toThrow("server.limits.sessions");
  add("new");
  expect(owners()).toEqual(["greedy", "greedy", "new"]);
  void sessions.stop();
});
