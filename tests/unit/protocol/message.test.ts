// JSON-RPC messages: what is one, what is none and why, and that the text stays what came.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { GatewayError } from "../../../src/errors.ts";
import {
  kindOf,
  notification,
  parse,
  parseBatch,
  request,
  resultMessage,
  resultText,
} from "../../../src/protocol/message.ts";
import { jsonText, objectText } from "./json-text.ts";

/** What a reader throws, as code and message. */
function refusal(read: () => unknown): [string, string] {
  try {
    read();
  } catch (error) {
    const { code, message } = error as GatewayError;
    return [code, message];
  }
  throw new Error("it was taken");
}

describe("parse", () => {
  test.each([
    ["request", '{"jsonrpc":"2.0","id":0,"method":"ping"}'],
    ["request", '{"jsonrpc":"2.0","id":"","method":"tools/call","params":{}}'],
    ["notification", '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
    ["response", '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ["response", '{"jsonrpc":"2.0","id":1,"result":null}'],
    ["response", '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'],
  ])("takes a %s: %s", (kind, text) => {
    const message = parse(text);
    expect(message).toEqual({ text, body: JSON.parse(text) });
    expect(kindOf(message)).toBe(kind as ReturnType<typeof kindOf>);
  });

  test.each([
    ["parse_error", "", /^not valid JSON: /],
    ["parse_error", '{"jsonrpc":"2.0"}\n{}', /^not valid JSON: /],
    ["invalid_request", "[]", /must be an object/],
    ["invalid_request", "null", /must be an object/],
    ["invalid_request", '"2.0"', /must be an object/],
    ["invalid_request", '{"id":1,"method":"ping"}', /"jsonrpc"/],
    ["invalid_request", '{"jsonrpc":2.0,"id":1,"method":"ping"}', /"jsonrpc"/],
    ["invalid_request", '{"jsonrpc":"2.0","id":1}', /"method" is missing/],
    ["invalid_request", '{"jsonrpc":"2.0","id":1,"method":null}', /"method" must be/],
    ["invalid_request", '{"jsonrpc":"2.0","id":null,"method":"ping"}', /"id" must be/],
    ["invalid_request", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', /"id" must be/],
    ["invalid_request", '{"jsonrpc":"2.0","id":{},"method":"ping"}', /"id" must be/],
    ["invalid_request", '{"jsonrpc":"2.0","method":"ping","params":[1]}', /"params" must be/],
    ["invalid_request", '{"jsonrpc":"2.0","method":"ping","params":null}', /"params" must be/],
  ])("refuses as %s: %s", (code, text, reason) => {
    expect(refusal(() => parse(text))).toEqual([code, expect.stringMatching(reason)]);
  });

  test("makes one line of the text, of the same meaning", () => {
    fc.assert(
      fc.property(jsonText, (params) => {
        const { text, body } = parse(`{"jsonrpc":"2.0",\r\n"method":"x","vendor":${params}\n}`);
        expect(text).not.toMatch(/[\r\n]/);
        expect(JSON.parse(text)).toEqual(body);
      }),
    );
  });
});

describe("parseBatch", () => {
  const message = objectText.map((vendor) => `{"jsonrpc":"2.0","method":"x","vendor":${vendor}}`);

  test("takes a message that stands alone as parse does", () => {
    fc.assert(fc.property(message, (text) => expect(parseBatch(text)).toEqual(parse(text))));
  });

  test("takes several, each with its own text", () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (texts) => {
        expect(parseBatch(` [ ${texts.join(" ,\n")}\t] `)).toEqual(texts.map(parse));
      }),
    );
  });

  test.each([
    ["none", "[]"],
    ["what is no message", "[1]"],
    ["a batch", '[[{"jsonrpc":"2.0","method":"x"}]]'],
  ])("refuses one of %s", (_, text) => {
    expect(refusal(() => parseBatch(text))[0]).toBe("invalid_request");
  });
});

test("messages of our own are what they say", () => {
  const own = [
    request(1, "ping"),
    request("a", "tools/list", { cursor: '"' }),
    notification("notifications/cancelled", { requestId: 1 }),
    resultMessage({ tools: [] }),
  ];
  for (const message of own) expect(parse(message.text)).toMatchObject({ ...message });
  expect(own.map(kindOf)).toEqual(["request", "request", "notification", "response"]);
  expect(own.map(({ text }) => JSON.parse(text).params)).toEqual([
    undefined,
    { cursor: '"' },
    { requestId: 1 },
    undefined,
  ]);
});

test("a result is passed on as text", () => {
  const text = '{"jsonrpc":"2.0","id":"a\\"b","result":{"n":1.0,"n":1e400}}';
  expect(resultText('a"b', '{"n":1.0,"n":1e400}')).toBe(text);
  expect(resultMessage('{"n":1.0}').text).toBe('{"jsonrpc":"2.0","id":0,"result":{"n":1.0}}');
});
