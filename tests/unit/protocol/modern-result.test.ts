// Results and errors as the modern era has them.
import { describe, expect, test } from "bun:test";
import type { Message } from "../../../src/model.ts";
import { parse, resultMessage } from "../../../src/protocol/message.ts";
import {
  cacheable,
  completed,
  leastFresh,
  modernized,
  statusOf,
  withMembers,
  withoutExecution,
} from "../../../src/protocol/modern-result.ts";

const resultOf = (text: string) => JSON.parse(text).result;
const response = (result: string): Message => parse(`{"jsonrpc":"2.0","id":1,"result":${result}}`);

describe("members", () => {
  const texts = [
    '{"jsonrpc":"2.0","id":1,"result":{"a":1}}',
    '{"jsonrpc":"2.0","id":"x","result":{ "a":1}}',
    '{"result":{"a":1},"jsonrpc":"2.0","id":1}',
    ' { "id": 1, "result" : { "a" : 1 } , "jsonrpc":"2.0" }',
    '{"jsonrpc":"2.0","id":"a\\"b","result":{"a":1}}',
  ];
  test.each(texts)("are added to %s", (text) => {
    const { result, ...rest } = JSON.parse(withMembers(text, '"b":2'));
    const { result: _, ...before } = JSON.parse(text);
    expect([result, rest]).toEqual([{ b: 2, a: 1 }, before]);
  });

  test("are added to nothing", () => {
    for (const empty of ["{}", "{ }"])
      expect(resultOf(withMembers(`{"jsonrpc":"2.0","id":1,"result":${empty}}`, '"b":2'))).toEqual({ b: 2 });
  });
});

test("a result is complete, unless it says what it is", () => {
  expect(resultOf(completed(response('{"content":[]}')))).toEqual({ resultType: "complete", content: [] });
  const task = response('{"resultType":"task","taskId":"1"}');
  expect(completed(task)).toBe(task.text);
});

describe("what may be kept", () => {
  const shared = { ttlMs: 5, cacheScope: "public" } as const;

  test("is said where it was not", () => {
    const dressed = cacheable(resultMessage('{"tools":[]}'), shared);
    expect(resultOf(dressed)).toEqual({ ttlMs: 5, cacheScope: "public", resultType: "complete", tools: [] });
  });

  test("stays as a backend has said it, but is for nobody else where it must not be", () => {
    const said = response('{"resultType":"complete","ttlMs":9,"cacheScope":"public","contents":[]}');
    expect(cacheable(said, shared)).toBe(said.text);
    expect(resultOf(cacheable(said, shared, true))).toMatchObject({ ttlMs: 9, cacheScope: "private" });
    expect(resultOf(cacheable(resultMessage('{"tools":[]}'), shared, true))).toMatchObject({ cacheScope: "private" });
  });

  test("is not said of what is no answer yet", () => {
    const asks = response('{"resultType":"input_required","requestState":"x"}');
    expect(cacheable(asks, shared)).toBe(asks.text);
  });

  test("of several parts is what holds for all", () => {
    expect(leastFresh([])).toEqual({ ttlMs: 0, cacheScope: "private" });
    expect(leastFresh([shared, { ttlMs: 3, cacheScope: "public" }])).toEqual({ ttlMs: 3, cacheScope: "public" });
    expect(leastFresh([shared, { ttlMs: 30, cacheScope: "private" }])).toEqual({ ttlMs: 5, cacheScope: "private" });
  });
});

test("tools lose what only legacy tasks need, and nothing else", () => {
  const tools = '[{"name":"a","execution":{"taskSupport":"optional"},"x":1.0},{"name":"execution"},{"execution":{}}]';
  const text = withoutExecution(`{"jsonrpc":"2.0","id":0,"result":{"tools":${tools}}}`);
  expect(text).toBe('{"jsonrpc":"2.0","id":0,"result":{"tools":[{"name":"a","x":1.0},{"name":"execution"},{}]}}');
});

describe("errors", () => {
  const cases: [unknown, number][] = [
    [undefined, 200],
    [{ code: -32601 }, 404],
    [{ code: -32020 }, 400],
    [{ code: -32021 }, 400],
    [{ code: -32022 }, 400],
    [{ code: -32700 }, 400],
    [{ code: -32600 }, 400],
    [{ code: -32602 }, 200],
    [{ code: -31999 }, 200],
    ["nonsense", 200],
  ];
  test.each(cases)("%j", (error, status) => expect(statusOf({ error })).toBe(status));

  test("a resource that is not there has the code of wrong parameters", () => {
    const missing = parse('{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"no","data":{"uri":"a:b"}}}');
    const { text, body } = modernized(missing);
    expect(text).toBe('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no","data":{"uri":"a:b"}}}');
    expect(body.error).toEqual({ code: -32602, message: "no", data: { uri: "a:b" } });
    const other = parse('{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}');
    expect(modernized(other)).toBe(other);
  });
});
