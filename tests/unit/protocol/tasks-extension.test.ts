// The tasks extension as messages: who has it, what is a task, and under which id.
import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { parse } from "../../../src/protocol/message.ts";
import {
  createdTask,
  hasTasks,
  listenToTasks,
  mustHaveTasks,
  taskIdsOf,
  taskless,
  withTaskId,
} from "../../../src/protocol/tasks-extension.ts";

const TASKS = "io.modelcontextprotocol/tasks";
const able = { extensions: { [TASKS]: {} } };

test("whoever declares it has it", () => {
  expect(hasTasks(able)).toBe(true);
  for (const other of [
    {},
    { tasks: {} },
    { extensions: {} },
    { extensions: [TASKS] },
    { extensions: { [TASKS]: true } },
  ])
    expect(hasTasks(other)).toBe(false);
  expect(() => mustHaveTasks(able)).not.toThrow();
  expect(() => mustHaveTasks({})).toThrow(GatewayError);
  expect(() => mustHaveTasks({})).toThrow(
    expect.objectContaining({ code: "missing_capability", data: { requiredCapabilities: able } }),
  );
});

test("a request is left as it is but for the extension", () => {
  const of = (extensions: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"a":1.0,"_meta":{"io.modelcontextprotocol/clientCapabilities":{"big":12345678901234567890${extensions}}}}}`;
  const both = of(`,"extensions":{"${TASKS}":{},"x":{"y":1.0}}`);
  expect(taskless(parse(both)).text).toBe(of(',"extensions":{"x":{"y":1.0}}'));
  for (const plain of [of(""), of(',"extensions":{"x":{"y":1.0}}'), '{"jsonrpc":"2.0","id":1,"method":"m"}'])
    expect(taskless(parse(plain)).text).toBe(plain);
});

describe("the task of an answer", () => {
  const answer = (result: string) => parse(`{"jsonrpc":"2.0","id":1,"result":${result}}`);

  test("is what says that it is one", () => {
    expect(createdTask(answer('{"resultType":"task","taskId":"1"}'))).toBe("1");
    for (const other of ['{"taskId":"1"}', '{"resultType":"task"}', '{"resultType":"task","taskId":1}', "[]"])
      expect(createdTask(answer(other))).toBeUndefined();
    expect(createdTask(parse('{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}'))).toBeUndefined();
  });

  test("gets another id, and nothing else", () => {
    const { text, body } = withTaskId(answer('{"n":1.0,"taskId":"1","result":{"taskId":"1"}}'), "result", 'a"b');
    expect(text).toBe('{"jsonrpc":"2.0","id":1,"result":{"n":1.0,"taskId":"a\\"b","result":{"taskId":"1"}}}');
    expect(body).toEqual(JSON.parse(text));
    const told = withTaskId(parse('{"jsonrpc":"2.0","method":"m","params":{"taskId":"1"}}'), "params", "2");
    expect(JSON.parse(told.text)).toEqual({ jsonrpc: "2.0", method: "m", params: { taskId: "2" } });
    const ack = answer('{"resultType":"complete"}');
    expect(withTaskId(ack, "result", "2")).toEqual(ack);
  });
});

test("a filter names tasks", () => {
  expect(taskIdsOf(listenToTasks(["1", "2"]).body.params?.notifications)).toEqual(["1", "2"]);
  for (const none of [undefined, null, [], {}, { taskIds: "1" }]) expect(taskIdsOf(none)).toEqual([]);
  expect(taskIdsOf({ taskIds: ["1", 2, null] })).toEqual(["1"]);
});
