// What is asked in the middle of a call, and what comes back.
import { describe, expect, test } from "bun:test";
import { parse, request } from "../../../src/protocol/message.ts";
import {
  inputRequest,
  inputRequired,
  inputResponses,
  requiredPages,
  sameCall,
} from "../../../src/protocol/modern-input.ts";

test("a question keeps its words, but not the id that is of the legacy era", () => {
  const asked = parse(
    '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"mode":"url","elicitationId":"e","n":1.0,"n":12345678901234567890}}',
  );
  expect(inputRequest(asked)).toBe(
    '{"method":"elicitation/create","params":{"mode":"url","n":1.0,"n":12345678901234567890}}',
  );
  expect(inputRequest(request(1, "roots/list"))).toBe('{"method":"roots/list","params":{}}');
});

test("all questions make one result", () => {
  const questions = new Map([
    ['a"b', '{"method":"roots/list","params":{}}'],
    ["2", '{"method":"x","params":{}}'],
  ]);
  expect(JSON.parse(inputRequired(questions, 'st"ate'))).toEqual({
    jsonrpc: "2.0",
    id: 0,
    result: {
      resultType: "input_required",
      inputRequests: { 'a"b': { method: "roots/list", params: {} }, "2": { method: "x", params: {} } },
      requestState: 'st"ate',
    },
  });
});

describe("answers", () => {
  const call = (given: string) =>
    parse(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","inputResponses":${given}}}`);

  test("are objects, word for word", () => {
    const given = '{"a":{"n":1.0},"b":12345,"c":null,"d":[1]}';
    expect([...inputResponses(call(given))]).toEqual([["a", '{"n":1.0}']]);
    expect(inputResponses(request(1, "tools/call", {})).size).toBe(0);
  });

  test.each(["null", "[]", "1", '"x"'])("must not be %s", (given) => {
    expect(() => inputResponses(call(given))).toThrow(expect.objectContaining({ code: "invalid_params" }));
  });
});

describe("the same call", () => {
  const text = (params: string, method = "tools/call") =>
    sameCall(parse(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`));
  const first = text('{"name":"t","arguments":{"n":1},"_meta":{"progressToken":1}}');

  test("may come with answers, other metadata and keys in another order", () => {
    expect(text('{"requestState":"s","inputResponses":{},"arguments":{"n":1},"name":"t","_meta":{}}')).toBe(first);
  });

  const others = [
    '{"name":"u","arguments":{"n":1}}',
    '{"name":"t","arguments":{"n":2}}',
    '{"name":"t"}',
    '{"name":"t","arguments":{"n":1.0}}',
  ];
  test.each(others)("is not %s", (params) => expect(text(params)).not.toBe(first));

  test("is of the same method", () => {
    expect(text('{"name":"t","arguments":{"n":1}}', "prompts/get")).not.toBe(first);
  });
});

describe("pages that must be opened first", () => {
  const failed = (error: string) => requiredPages(parse(`{"jsonrpc":"2.0","id":1,"error":${error}}`));

  test("are input", () => {
    const elicitations = '[{"elicitationId":"e","url":"https://a","message":"m"},{"mode":"url","url":"https://b"}]';
    const found = failed(`{"code":-32042,"message":"first","data":{"elicitations":${elicitations}}}`);
    expect([...(found ?? [])].map(([key, text]) => [key, JSON.parse(text)])).toEqual([
      ["e", { method: "elicitation/create", params: { mode: "url", url: "https://a", message: "m" } }],
      ["1", { method: "elicitation/create", params: { mode: "url", url: "https://b" } }],
    ]);
  });

  test.each([
    '{"code":-32042,"message":"no"}',
    '{"code":-32042,"data":{"elicitations":[]}}',
    '{"code":-1,"data":{"elicitations":[{}]}}',
  ])("are not in %s", (error) => expect(failed(error)).toBeUndefined());
});
