// Subscriptions as messages: the filter, its acknowledgement, and what comes under an id.
import { describe, expect, test } from "bun:test";
import { notification, parse, request } from "../../../src/protocol/message.ts";
import { acknowledgement, farewell, filterOf, tagged } from "../../../src/protocol/modern-listen.ts";

const ID = "io.modelcontextprotocol/subscriptionId";
const listen = (notifications: unknown) => filterOf(request(1, "subscriptions/listen", { notifications }));

test("a filter names what is listened to; the rest of it is not honoured", () => {
  const filter = listen({
    toolsListChanged: true,
    promptsListChanged: false,
    resourcesListChanged: "yes",
    resourceSubscriptions: ["a:b", "a:b", "c:d"],
    taskIds: ["t", "t"],
    "vendor/else": true,
  });
  expect([...filter.changes]).toEqual(["notifications/tools/list_changed"]);
  expect(filter.resources).toEqual(["a:b", "c:d"]);
  expect(filter.tasks).toEqual(["t"]);
  expect(acknowledgement(filter).body).toEqual({
    jsonrpc: "2.0",
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: { toolsListChanged: true, resourceSubscriptions: ["a:b", "c:d"], taskIds: ["t"] } },
  });
  expect(acknowledgement(listen({})).body.params).toEqual({ notifications: {} });
});

const malformed = [
  undefined,
  null,
  [],
  { resourceSubscriptions: "a:b" },
  { resourceSubscriptions: [1] },
  { resourceSubscriptions: Array(1_001).fill("a:b") },
  { taskIds: "t" },
  { taskIds: [{}] },
];
test.each(malformed.map((filter) => [filter]))("a filter is not %#", (wrong) => {
  expect(() => listen(wrong)).toThrow(expect.objectContaining({ code: "invalid_params" }));
});

describe("a notification gets the id", () => {
  const cases: [string, object][] = [
    ['{"jsonrpc":"2.0","method":"m"}', { _meta: { [ID]: "sub" } }],
    ['{"jsonrpc":"2.0","method":"m","params":{}}', { _meta: { [ID]: "sub" } }],
    [
      '{"jsonrpc":"2.0","method":"m","params":{"uri":"a:b","_meta":{"x":1}}}',
      { uri: "a:b", _meta: { x: 1, [ID]: "sub" } },
    ],
    [`{"jsonrpc":"2.0","method":"m","params":{"_meta":{"${ID}":"forged"}}}`, { _meta: { [ID]: "sub" } }],
    ['{"jsonrpc":"2.0","method":"m","params":{"_meta":null}}', { _meta: { [ID]: "sub" } }],
  ];
  test.each(cases)("%s", (text, params) => {
    expect(JSON.parse(tagged(parse(text), '"sub"'))).toEqual({ jsonrpc: "2.0", method: "m", params });
  });

  test("as it is, also when it is a number", () => {
    expect(JSON.parse(tagged(notification("m"), "7")).params).toEqual({ _meta: { [ID]: 7 } });
  });
});

test("the last message is the response", () => {
  expect(JSON.parse(farewell("7", { name: "argus-mcp" }))).toEqual({
    jsonrpc: "2.0",
    id: 7,
    result: {
      resultType: "complete",
      _meta: { [ID]: 7, "io.modelcontextprotocol/serverInfo": { name: "argus-mcp" } },
    },
  });
});
