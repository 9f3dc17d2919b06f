// What a backend asks: answered under its own id, or with an error, or not at all once it has cancelled.
import { expect, test } from "bun:test";
import { Questions } from "../../../src/backend/questions.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { AskOptions, Message } from "../../../src/model.ts";
import { notification, parse } from "../../../src/protocol/message.ts";
import { gone } from "./scripted.ts";

const exact = "12345678901234567890";

/** A backend's question under this id (JSON text), what is sent to it, and the way to answer. */
function asked(id: string) {
  const sent: string[] = [];
  const questions = new Questions((text) => sent.push(text));
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  let options: AskOptions | undefined;
  const answered = questions.answer(parse(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`), (given) => {
    options = given;
    return promise;
  });
  return { sent, questions, resolve, reject, answered, options: () => options };
}

test.each(["7", '"a\\"b"', exact])(
  "the answer comes under the backend's own id %s, otherwise as it came",
  async (id) => {
    const { sent, resolve, answered } = asked(id);
    resolve(parse('{"jsonrpc":"2.0", "result":{"n":1.0},"id":3}'));
    await answered;
    expect(sent).toEqual([`{"jsonrpc":"2.0", "result":{"n":1.0},"id":${id}}`]);
  },
);

test.each(["7", '"a"', exact])("a ping is answered at once, under its id %s", async (id) => {
  const sent: string[] = [];
  const nobody = () => Promise.reject(new Error("nobody should ask"));
  await new Questions((text) => sent.push(text)).answer(parse(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`), nobody);
  expect(sent).toEqual([`{"jsonrpc":"2.0","id":${id},"result":{}}`]);
});

test("what cannot be asked is answered with an error", async () => {
  const { sent, reject, answered } = asked("7");
  reject(new GatewayError("unavailable", "nobody is there"));
  await answered;
  expect(sent.map((text) => JSON.parse(text))).toEqual([
    { jsonrpc: "2.0", id: 7, error: expect.objectContaining({ message: "nobody is there" }) },
  ]);
});

test("so many can be open at once, and one under an id", async () => {
  const sent: string[] = [];
  const questions = new Questions((text) => sent.push(text));
  const ask = (id: number) =>
    questions.answer(parse(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`), () => new Promise(() => undefined));
  for (let id = 1; id <= 1_000; id++) void ask(id);
  expect(sent).toEqual([]);
  await Promise.all([ask(1), ask(1_001)]);
  const answers = sent.map((text) => JSON.parse(text));
  expect(answers).toMatchObject([1, 1_001].map((id) => ({ id, error: { code: -32600 } })));
});

test("a client's progress goes to the backend as it is", () => {
  const { sent, options } = asked("7");
  const progress = notification("notifications/progress", { progressToken: 1 });
  options()?.progress(progress);
  expect(sent).toEqual([progress.text]);
});

test.each(["7", '"7"', exact])("a backend that cancels %s gets no answer to it", async (id) => {
  const { sent, questions, reject, answered, options } = asked(id);
  const cancel = (of: string) =>
    parse(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${of}}}`);
  questions.cancel(cancel('"another"'));
  expect(options()?.signal.aborted).toBe(false);
  const reason = cancel(id);
  questions.cancel(reason);
  expect(options()?.signal.reason).toBe(reason);
  reject(gone);
  await answered;
  expect(sent).toEqual([]);
});

test("the end of the link cancels what is open, with the reason", async () => {
  const { questions, options } = asked("7");
  questions.end(gone);
  expect(options()?.signal.reason).toMatchObject({
    body: { method: "notifications/cancelled", params: { reason: gone.message } },
  });
});
