// A modern client sees of a modern server through the gateway what it sees directly: every answer, its status and what comes before it.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { type ModernFixture, startModern } from "../fixtures/modern/start.ts";
import { type Answer, type ModernClient, modernClient, type SendOptions } from "../fixtures/modern-client.ts";

setDefaultTimeout(30_000);

type Json = Record<string, unknown>;

const capabilities = {
  sampling: { tools: {} },
  elicitation: { form: {}, url: {} },
  roots: {},
  extensions: { "vendor/extension": { level: 7 } },
};
const it = { action: "accept", content: { name: "Ada" } };

const messages: [string, string, Json, SendOptions?][] = [
  ["an echo of everything", "tools/call", { name: "echo", arguments: { n: 1.5, deep: [{}] }, "vendor/param": 1 }],
  ["metadata", "tools/call", { name: "echo", arguments: {} }, { meta: { traceparent: "00-1", "vendor/x": [1] } }],
  ["a tool's own error", "tools/call", { name: "fail" }],
  ["an error", "tools/call", { name: "throw" }],
  ["structured content that is no object", "tools/call", { name: "numbers" }],
  ["a missing capability", "tools/call", { name: "incapable" }],
  ["a question", "tools/call", { name: "elicit" }],
  ["several questions", "tools/call", { name: "several" }],
  ["an answer", "tools/call", { name: "elicit", inputResponses: { it } }],
  ["a first round", "tools/call", { name: "rounds", arguments: { rounds: 2 } }],
  [
    "a second round",
    "tools/call",
    { name: "rounds", arguments: { rounds: 2 }, requestState: "1", inputResponses: { it } },
  ],
  ["a state alone", "tools/call", { name: "state-only" }],
  ["a result of a type that nobody knows", "tools/call", { name: "odd" }],
  ["progress", "tools/call", { name: "progress" }, { meta: { progressToken: "mine" } }],
  ["log messages", "tools/call", { name: "log" }, { meta: { "io.modelcontextprotocol/logLevel": "error" } }],
  ["no log messages", "tools/call", { name: "log" }],
  ["a prompt", "prompts/get", { name: "greet", arguments: { a: "b" } }],
  ["a prompt that asks", "prompts/get", { name: "asking" }],
  [
    "a completion",
    "completion/complete",
    { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "x", value: "a" } },
  ],
  ["a resource", "resources/read", { uri: "modern://item/1" }],
  ["prompts", "prompts/list", {}],
  ["resources", "resources/list", {}],
  ["templates", "resources/templates/list", {}],
];

/**
 * Without what is not the same: the count of a reading, how much is left of the time that something may be kept, and the name of the
 * server in a list, which the gateway makes of what all its backends offer.
 */
function comparable(method: string, { status, body, before }: Answer) {
  const text = JSON.stringify({ status, body, before });
  const all = JSON.parse(text.replace(/reading \d+/, "reading").replace(/"ttlMs":\d{5,}/, '"ttlMs":"long"'));
  if (method.endsWith("/list")) delete all.body.result._meta;
  return all;
}

/** The answer to a request; to one for a list, all pages of it as one, since that is how the gateway gives lists. */
async function whole(client: ModernClient, [method, params, options]: [string, Json, SendOptions?]): Promise<Answer> {
  const answer = await client.send(method, params, options);
  const { nextCursor: cursor, ...page } = answer.body.result ?? {};
  if (!method.endsWith("/list") || cursor === undefined) return answer;
  const rest = (await whole(client, [method, { ...params, cursor }, options])).body.result;
  const joined = Object.entries(page).map(([key, value]) => [
    key,
    Array.isArray(value) ? [...value, ...items(rest, key)] : value,
  ]);
  return { ...answer, body: { ...answer.body, result: Object.fromEntries(joined) } };
}

const items = (result: Json | undefined, key: string) => result?.[key] as unknown[];

describe("over Streamable HTTP", () => {
  let fixture: ModernFixture;
  let gateway: Gateway;
  let direct: ModernClient;
  let through: ModernClient;

  beforeAll(async () => {
    fixture = await startModern("streamable-http");
    gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
    direct = modernClient(String(fixture.backend.url), { capabilities });
    through = modernClient(`${gateway.url}/mcp`, { capabilities });
  });

  afterAll(async () => {
    await gateway.stop();
    await fixture[Symbol.asyncDispose]();
  });

  test.each(messages)("%s", async (_, method, params, options = {}) => {
    const expected = comparable(method, await whole(direct, [method, params, options]));
    expect(comparable(method, await through.send(method, params, options))).toEqual(expected);
  });
});
