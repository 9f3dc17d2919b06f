// Questions of a modern server to a legacy client: what is asked together is answered together, or withdrawn together.
import { expect, test } from "bun:test";
import { ask } from "../../../src/backend/input.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { AskOptions, Caller, JsonObject, Message } from "../../../src/model.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { session } from "../gateway/stand-ins.ts";
import { fateOf } from "./scripted.ts";

const everything = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };

/** A client that answers when the test says so. */
function client(capabilities: JsonObject = everything) {
  const asked = new Map<string, { answer(said: string): void; options: AskOptions }>();
  const caller: Caller = {
    session: session("s", capabilities),
    notify: () => undefined,
    ask: ({ body }, options) => {
      const { promise, resolve, reject } = Promise.withResolvers<Message>();
      options.signal.addEventListener("abort", () => reject(new GatewayError("cancelled", "withdrawn")));
      asked.set(body.method ?? "", { options, answer: (said) => resolve(parse(`{"jsonrpc":"2.0","id":1,${said}}`)) });
      return promise;
    },
  };
  return { caller, asked };
}

const roots = { key: "folders", request: request(0, "roots/list", {}) };
const sampling = { key: "model", request: request(0, "sampling/createMessage", {}) };

test("all are asked at the same time, and answers are kept as they came", async () => {
  const { caller, asked } = client();
  const answers = ask([roots, sampling], caller);
  expect([...asked.keys()]).toEqual(["roots/list", "sampling/createMessage"]);
  asked.get("sampling/createMessage")?.answer('"result":{"n":1.0}');
  asked.get("roots/list")?.answer('"result":{"roots":[]}');
  expect(await answers).toEqual({ folders: '{"roots":[]}', model: '{"n":1.0}' });
});

test("what a client did not declare is not asked, and nothing else either", async () => {
  const { caller, asked } = client({ roots: {} });
  await expect(ask([roots, sampling], caller)).rejects.toThrow("asks for sampling, which the client does not support");
  expect(asked.size).toBe(0);
});

test("one that is answered with an error withdraws the others", async () => {
  const { caller, asked } = client();
  const fate = fateOf(ask([roots, sampling], caller));
  asked.get("roots/list")?.answer('"error":{"code":-1,"message":"not for you"}');
  await Bun.sleep(0);
  expect(fate.error).toMatchObject({ code: "invalid_request", data: { code: -1 } });
  expect(asked.get("sampling/createMessage")?.options.signal.reason.body.method).toBe("notifications/cancelled");
});

test("with the call its questions are withdrawn", async () => {
  const { caller, asked } = client();
  const call = new AbortController();
  const fate = fateOf(ask([roots], caller, call.signal));
  call.abort();
  await Bun.sleep(0);
  expect(fate.error).toMatchObject({ code: "cancelled" });
  expect(asked.get("roots/list")?.options.signal.aborted).toBe(true);
});
