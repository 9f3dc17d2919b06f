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
  withMeta,
} from "../../../src/protocol/message.ts";
import { jsonKey, jsonText, objectText } from "./json-text.ts";

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

describe("withMeta", () => {
  const params = fc
    .tuple(objectText, fc.option(objectText, { nil: undefined }), fc.boolean())
    .map(([rest, meta, last]) => {
      const members = [rest.trim().slice(1, -1), ...(meta === undefined ? [] : [`"_meta" : ${meta}`])];
      const filled = members.filter((member) => member.trim() !== "");
      return `{${(last ? filled : filled.toReversed()).join()}}`;
    });
  const text = fc
    .tuple(params, jsonText)
    .map(
      ([inside, vendor]) =>
        `{"jsonrpc":"2.0", "id":12345678901234567890,"method":"x","params":${inside},"v":${vendor}}`,
    );
  const metaOf = (message: string): Record<string, unknown> => JSON.parse(message).params?._meta ?? {};
  const jsonOf = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.stringify(text)]));
  const without = (message: string, key: string) => {
    const { [key]: _, ...rest } = JSON.parse(message);
    return rest;
  };

  test("sets the members, and every other member stays what it was", () => {
    const members = fc.dictionary(fc.oneof(jsonKey, fc.string()), fc.string(), { maxKeys: 3 });
    fc.assert(
      fc.property(text, members, (before, set) => {
        const message = parse(before);
        const { text: after, body } = withMeta(message, jsonOf(set));
        const expected = Object.fromEntries([...Object.entries(metaOf(message.text)), ...Object.entries(set)]);
        expect(new Map(Object.entries(metaOf(after)))).toEqual(new Map(Object.entries(expected)));
        expect(without(after, "params")).toEqual(without(message.text, "params"));
        const { _meta: _, ...others } = JSON.parse(after).params;
        const { _meta: __, ...same } = JSON.parse(message.text).params;
        expect(others).toEqual(same);
        expect(body).toBe(message.body);
      }),
    );
  });

  test("leaves every other byte as it was", () => {
    const added = '"traceparent":"00-1","tracestate":"\\""';
    fc.assert(
      fc.property(text, (before) => {
        const message = parse(before);
        const { text: after } = withMeta(message, jsonOf({ traceparent: "00-1", tracestate: '"' }));
        const [start = "", end = ""] = after.includes(`"_meta":{${added}}`)
          ? after.split(`"_meta":{${added}}`)
          : after.split(added);
        expect([start + end, start + end.slice(1)]).toContain(message.text);
      }),
    );
  });

  test("replaces what stands there under the same key, however often, and only that", () => {
    const meta = '{"a" : 1.0,"b":{"a":2},"\\u0061":"3","progressToken":1e400}';
    const before = (inside: string) => `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":0,"_meta":${inside}}}`;
    const { text: after } = withMeta(parse(before(meta)), jsonOf({ a: "new", c: "more" }));
    expect(after).toBe(before('{"a":"new","c":"more","b":{"a":2},"progressToken":1e400}'));
  });

  test("without members changes nothing", () => {
    fc.assert(fc.property(text, (before) => expect(withMeta(parse(before), {}).text).toBe(parse(before).text)));
  });

  test.each([
    ["no params", '{"jsonrpc":"2.0","id":1,"method":"x"}'],
    ["empty params", '{"jsonrpc":"2.0","id":1,"method":"x","params":{ }}'],
    ["null", '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":null,"a":1}}'],
  ])("sets them where there is %s for _meta", (_, before) => {
    const { text: after } = withMeta(parse(before), { a: '"1"' });
    expect(JSON.parse(after).params?._meta).toEqual({ a: "1" });
    expect(JSON.parse(after)).toMatchObject({ jsonrpc: "2.0", id: 1, method: "x" });
  });

  test.each(["null", '"text"', "[]", "7"])("leaves no second _meta where there is %s", (meta) => {
    const before = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"_meta":${meta}}}`;
    expect(withMeta(parse(before), { a: '"1"' }).text.split('"_meta"')).toHaveLength(2);
  });
});
