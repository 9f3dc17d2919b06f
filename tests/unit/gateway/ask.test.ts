// Whose answer a backend wants: the one client that it must be, or none.
import { describe, expect, test } from "bun:test";
import { askedBy, belongsTo } from "../../../src/gateway/ask.ts";
import { Tasks } from "../../../src/gateway/tasks.ts";
import type { Caller, JsonObject, Origin } from "../../../src/model.ts";
import { notification, request } from "../../../src/protocol/message.ts";
import { callerOf, session, upstream } from "./stand-ins.ts";

const backend = upstream("backend", {});
const capable = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
const [ann, bob] = [session("ann", capable), session("bob", capable)];
const sampling = request(1, "sampling/createMessage", {});

/** A message that came while these calls were in flight. */
function during(calls: Caller[], more: Partial<Origin> = {}): Origin {
  return { upstream: backend, inFlight: () => calls, ...more };
}

describe("a message belongs to", () => {
  const [first, second, other] = [callerOf(ann), callerOf(ann), callerOf(bob)];
  const cases: [string, Origin, unknown][] = [
    ["the caller on whose stream it came", during([first, other], { caller: first }), first],
    ["the session whose connection it came on", during([], { session: ann }), ann],
    ["that session's latest call, while there is one", during([first, second], { session: ann }), second],
    ["the only caller of a shared connection", during([other]), other],
    ["the latest of several calls of one session", during([first, second]), second],
    ["nobody while several sessions have calls in flight", during([first, other]), undefined],
    ["nobody when there is no call", during([]), undefined],
  ];
  test.each(cases)("%s", (_, origin, expected) => {
    expect(belongsTo(sampling, origin, new Tasks())).toBe(expected as Caller);
  });

  test("the session that has the task it is about", () => {
    const tasks = new Tasks();
    tasks.note(bob, { result: { task: { taskId: "t" } } }, { upstream: backend, tool: undefined });
    const about = (taskId: unknown) =>
      request(1, "elicitation/create", { _meta: { "io.modelcontextprotocol/related-task": { taskId } } });
    expect(belongsTo(about("t"), during([callerOf(ann)]), tasks)).toBe(bob);
    expect(belongsTo(about("t"), during([], { upstream: upstream("another", {}) }), tasks)).toBeUndefined();
    expect(belongsTo(about("u"), during([]), tasks)).toBeUndefined();
    tasks.forget(bob);
    expect(belongsTo(about("t"), during([]), tasks)).toBeUndefined();
  });
});

describe("of several sessions of one user", () => {
  const own = (away: boolean, { userKey = "one", name = "program", subject = "ann" as string | null } = {}): Caller => {
    const hello = request(0, "initialize", { clientInfo: { name } });
    const identity = { subject, issuer: null, roles: [] };
    const caller = callerOf({ ...session(crypto.randomUUID(), capable), hello, userKey, identity });
    return { ...caller, era: "modern", away };
  };
  const [waiting, present, another] = [own(true), own(false), own(false)];
  const owner = (...calls: Caller[]) => belongsTo(sampling, during(calls), new Tasks());

  test("the only call is asked whose client can be asked now", () => {
    expect(owner(waiting, present)).toBe(present);
    expect(owner(present, own(true, { name: "other" }))).toBe(present);
    expect(owner(waiting)).toBe(waiting);
  });

  test("the latest of the same program is asked, and none where it could be another one's", () => {
    expect(owner(present, another)).toBe(another);
    expect(owner(present, own(false, { name: "other" }))).toBeUndefined();
  });

  test("none is asked of several that show nothing, but one that cannot be asked now stands back", () => {
    const nobody = (away: boolean) => own(away, { userKey: "local", subject: null });
    const [one, two] = [nobody(false), nobody(true)];
    expect(owner(one, nobody(false))).toBeUndefined();
    expect(owner(two, one)).toBe(one);
    expect(owner(one)).toBe(one);
  });

  test("none hears what is only said, unless it is the only one", () => {
    const log = notification("notifications/message", { level: "info" });
    expect(belongsTo(log, during([present, another]), new Tasks())).toBeUndefined();
    expect(belongsTo(log, during([waiting, present]), new Tasks())).toBe(present);
  });

  test("nor where one of another user could be meant, though it has been asked", () => {
    expect(owner(own(true, { userKey: "two" }), present)).toBeUndefined();
    expect(owner(callerOf(ann), present)).toBeUndefined();
  });

  test("a modern caller says itself what its client lacks", () => {
    const incapable: Caller = { ...callerOf(session("x", {})), era: "modern" };
    expect(askedBy(sampling, during([incapable]), new Tasks())).toBe(incapable);
  });
});

describe("a request", () => {
  const ask = (message: ReturnType<typeof request>, origin: Origin) => () => askedBy(message, origin, new Tasks());

  test("that could be for several is refused, and the error says what to set", () => {
    const origin = during([callerOf(ann), callerOf(bob)]);
    expect(ask(sampling, origin)).toThrow(/sharing: session.*"backend"/);
  });

  test("that belongs to no call is refused", () => {
    expect(ask(sampling, during([]))).toThrow("belongs to no client's call");
  });

  const form = { mode: "form" };
  const url = { mode: "url" };
  test.each<[string, JsonObject, JsonObject, boolean]>([
    ["sampling/createMessage", {}, { sampling: {} }, true],
    ["sampling/createMessage", {}, { roots: {} }, false],
    ["roots/list", {}, { roots: {} }, true],
    ["roots/list", {}, {}, false],
    ["elicitation/create", {}, { elicitation: {} }, true],
    ["elicitation/create", form, { elicitation: { form: {} } }, true],
    ["elicitation/create", form, { elicitation: { url: {} } }, false],
    ["elicitation/create", url, { elicitation: { form: {}, url: {} } }, true],
    ["elicitation/create", url, { elicitation: {} }, false],
    ["elicitation/create", form, {}, false],
    ["vendor/unknown", {}, {}, true],
  ])("%s %j goes to a client with %j: %p", (method, params, capabilities, goes) => {
    const caller = callerOf(session("one", capabilities));
    const asking = ask(request(1, method, params), during([caller]));
    if (goes) expect(asking()).toBe(caller);
    else expect(asking).toThrow("the client does not support");
  });

  test("on a session's own connection goes to it whatever it declared: the backend was told", () => {
    const plain = session("plain");
    expect(ask(sampling, during([], { session: plain }))()).toBe(plain);
  });
});
