// What modern servers say, as legacy clients know it.
import { expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import type { Message } from "../../../src/model.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import {
  answering,
  helloOf,
  inputRequestsOf,
  isWrapped,
  legacyResponse,
  legacyTool,
  resultTypeOf,
  unsubscribed,
} from "../../../src/protocol/translate.ts";

const answer = (result: string): Message => parse(`{"jsonrpc":"2.0","id":1,"result":${result}}`);
const resultOf = ({ text }: Message) => JSON.stringify(JSON.parse(text).result);

test("a discovery says what initialize did", () => {
  const meta = { "io.modelcontextprotocol/serverInfo": { name: "s", version: "2" } };
  const result = { supportedVersions: ["2025-11-25", "2026-07-28"], capabilities: { tools: {} }, instructions: "Do." };
  const hello = helloOf(answer(JSON.stringify({ ...result, _meta: meta, ttlMs: 0, cacheScope: "public" })));
  const expected = {
    protocolVersion: "2026-07-28",
    capabilities: { tools: {} },
    serverInfo: { name: "s", version: "2" },
    instructions: "Do.",
  };
  expect(hello?.body).toEqual(expected);
  expect(JSON.parse(hello?.text ?? "")).toEqual(expected);
});

test.each([
  '{"result":{"supportedVersions":["2025-11-25"],"capabilities":{}}}',
  '{"result":{"supportedVersions":["2026-07-28"]}}',
  '{"result":{}}',
  '{"result":[]}',
  '{"error":{"code":-32601,"message":"x"}}',
])("%s is no discovery of a modern server", (said) => {
  expect(helloOf(parse(`{"jsonrpc":"2.0","id":1,${said.slice(1)}`))).toBeUndefined();
});

test("what only the modern era has is taken out of results, and nothing else", () => {
  const result = '{"resultType":"complete","ttlMs":5,"n":12345678901234567890,"cacheScope":"public","_meta":{"a":1}}';
  expect(legacyResponse(answer(result)).text).toContain('"result":{"n":12345678901234567890,"_meta":{"a":1}}');
  expect(resultTypeOf(answer(result))).toBe("complete");
  expect(resultTypeOf(answer("{}"))).toBe("complete");
});

test.each([
  ["[1,2]", false, '{"result":[1,2]}'],
  ["null", false, '{"result":null}'],
  ['"x"', false, '{"result":"x"}'],
  ['{"a":1}', false, '{"a":1}'],
  ['{"a":1}', true, '{"result":{"a":1}}'],
])("structured content %s, of a tool with a wrapped schema: %p, becomes %s", (content, wrapped, expected) => {
  const response = answer(`{"content":[],"structuredContent":${content}}`);
  expect(JSON.parse(legacyResponse(response, wrapped).text).result.structuredContent).toEqual(JSON.parse(expected));
});

test("content that is wrapped stays where it stood", () => {
  const { text } = legacyResponse(answer('{"a":1.0,"structuredContent":[1.0, 2],"content":[]}'));
  expect(text).toContain('"result":{"a":1.0,"structuredContent":{"result":[1.0, 2]},"content":[]}');
});

test("output schemas of no objects are wrapped", () => {
  expect(isWrapped({ outputSchema: { type: "object" } })).toBe(false);
  expect(isWrapped({})).toBe(false);
  for (const schema of [{ type: "array" }, { anyOf: [] }, true]) expect(isWrapped({ outputSchema: schema })).toBe(true);
  const wrapped = legacyTool('{"name":"t","outputSchema":{"type":"array"}}');
  expect(JSON.parse(wrapped)).toEqual({
    name: "t",
    outputSchema: { type: "object", properties: { result: { type: "array" } }, required: ["result"] },
  });
});

test("what a server wants to know is asked in its own words", () => {
  const params = '{"message":"é","requestedSchema":{"n":1.0}}';
  const asked = inputRequestsOf(
    answer(`{"resultType":"input_required","inputRequests":{"a":{"method":"elicitation/create","params":${params}}}}`),
  );
  expect(asked.map(({ key }) => key)).toEqual(["a"]);
  expect(asked[0]?.request.text).toBe(`{"params":${params},"jsonrpc":"2.0","id":0,"method":"elicitation/create"}`);
});

test("a page to open has an id, for clients that know of its end by one", () => {
  const page = '{"mode":"url","message":"m","url":"https://example.com"}';
  const [asked] = inputRequestsOf(
    answer(`{"resultType":"input_required","inputRequests":{"p":{"method":"elicitation/create","params":${page}}}}`),
  );
  expect(JSON.parse(asked?.request.text ?? "").params.elicitationId).toMatch(/^[0-9a-f-]{36}$/);
});

test.each(['{"a":{"method":"tools/call"}}', '{"a":null}', "[]", '"x"'])(
  "%s is nothing to be asked",
  (inputRequests) => {
    const required = answer(`{"resultType":"input_required","inputRequests":${inputRequests}}`);
    expect(() => inputRequestsOf(required)).toThrow(GatewayError);
  },
);

test("a request goes again with the answers and the exact state, and no others", () => {
  const state = '"\\u0061 \\"quoted\\" 1"';
  const first = request(1, "tools/call", { name: "t", requestState: "the client's", inputResponses: {} });
  const again = answering(first, answer(`{"resultType":"input_required","requestState":${state}}`), { k: '{"n":1.0}' });
  expect(again.text).toContain(`"requestState":${state}`);
  expect(again.text).toContain('"inputResponses":{"k":{"n":1.0}}');
  expect(again.text).not.toContain("the client's");
  const third = answering(again, answer('{"resultType":"input_required","inputRequests":{}}'), {});
  expect(JSON.parse(third.text).params).toEqual({ name: "t" });
});

test("notifications lose the subscription that they came by", () => {
  const of = (params: string) => {
    const { text, body } = unsubscribed(parse(`{"jsonrpc":"2.0","method":"m","params":${params}}`));
    expect(body).toEqual(JSON.parse(text));
    return body;
  };
  const id = '"io.modelcontextprotocol/subscriptionId":3';
  expect(of(`{"uri":"x","_meta":{${id}}}`).params).toEqual({ uri: "x" });
  expect(of(`{"uri":"x","_meta":{${id},"v":1}}`).params).toEqual({ uri: "x", _meta: { v: 1 } });
});

test("an error is as it came", () => {
  const error = parse('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"m","data":{"n":1.0}}}');
  expect(legacyResponse(error).text).toBe(error.text);
  expect(resultOf(answer("{}"))).toBe("{}");
});
