// Whose answer a backend wants: the one client that it must be, or none.
import { describe, expect, test } from "bun:test";
import { askedBy, belongsTo } from "../../../src/gateway/ask.ts";
import { Tasks } from "../../../src/gateway/tasks.ts";
import type { Caller, JsonObject, Origin } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
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
