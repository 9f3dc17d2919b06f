// What passes the gateway comes out byte by byte as it went in: unknown keys at every level, odd numbers and strings.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { startGateway } from "../fixtures/gateway.ts";
import { rawBackend, rawTools } from "../fixtures/raw-backend.ts";
import { connectRaw, type RawClient } from "../fixtures/raw-client.ts";
import { member } from "../fixtures/raw-json.ts";
import { members, objectWith, value } from "./odd-json.ts";

setDefaultTimeout(120_000);

const raw = rawBackend({
  tools: rawTools,
  prompts: [{ name: "ask" }],
  resources: [{ uri: "raw://resource", name: "resource" }],
  resourceTemplates: [{ uriTemplate: "raw://item/{id}", name: "item" }],
});

const unknownObject = members.map((all) => `{${all.join(",")}}`);

/** The members that requests of these methods need; all others are unknown. */
const requests: Record<string, fc.Arbitrary<string>[]> = {
  "tools/call": [fc.constant('"name":"call"'), unknownObject.map((text) => `"arguments":${text}`)],
  "prompts/get": [fc.constant('"name":"ask"'), unknownObject.map((text) => `"arguments":${text}`)],
  "resources/read": [fc.constantFrom('"uri":"raw://resource"', '"uri":"raw://item/a%20b"')],
  "completion/complete": [
    objectWith(fc.constant('"type":"ref/prompt"'), fc.constant('"name":"ask"')).map((text) => `"ref":${text}`),
    objectWith(fc.constant('"name":"a"'), fc.constant('"value":"b"')).map((text) => `"argument":${text}`),
  ],
  "vendor/unknown": [],
};

const questions: Record<string, fc.Arbitrary<string>[]> = {
  "sampling/createMessage": [
    fc.constant('"maxTokens":10'),
    objectWith(fc.constant('"role":"user"')).map((text) => `"messages":[${text}]`),
  ],
  "elicitation/create": [
    fc.constant('"message":"Who?"'),
    objectWith(fc.constant('"type":"object"')).map((text) => `"requestedSchema":${text}`),
  ],
  "vendor/unknown": [],
};

const notifications: Record<string, fc.Arbitrary<string>[]> = {
  "notifications/message": [fc.constant('"level":"error"'), value.map((text) => `"data":${text}`)],
  "notifications/vendor/unknown": [],
};

const result = objectWith(objectWith(fc.constant('"type":"vendor"')).map((text) => `"content":[${text}]`));
const error = objectWith(
  fc.constant('"code":-31000'),
  fc.constant('"message":"No."'),
  value.map((text) => `"data":${text}`),
);
const outcome = fc.oneof(fc.tuple(fc.constant("result"), result), fc.tuple(fc.constant("error"), error));

const sentToken = '"progressToken":"the token that was sent"';
const token = fc.constantFrom([], [fc.constant(sentToken)]);

/** Parameters with these members and a `_meta` that holds unknown ones, what the fixture is told, and perhaps a token. */
function params(known: fc.Arbitrary<string>[], told: object = {}): fc.Arbitrary<string> {
  const orders = Object.entries(told).map(([key, order]) => fc.constant(`"test/${key}":${JSON.stringify(order)}`));
  const meta = token.chain((perhaps) => objectWith(...orders, ...perhaps)).map((text) => `"_meta":${text}`);
  return objectWith(...known, meta);
}

/** What was sent, with the token that stands in what came: a token belongs to one connection. */
function withTokenOf(came: string, sent: string): string {
  return sent.replace(sentToken, () => `"progressToken":${member(member(came, "_meta"), "progressToken")}`);
}

for (const [transport, path] of [
  ["sse", "/sse"],
  ["streamable-http", "/mcp"],
] as const) {
  describe(`${transport} client, stdio backend`, () => {
    const opened = new AsyncDisposableStack();
    let client: RawClient;
    beforeAll(async () => {
      const gateway = opened.use(await startGateway({ version: "1", backends: { raw } }));
      client = opened.use(await connectRaw(transport, gateway.url + path));
    });
    afterAll(() => opened.disposeAsync());
    const check = <T>(sample: fc.Arbitrary<T>, predicate: (sample: T) => Promise<void>) =>
      fc.assert(fc.asyncProperty(sample, predicate), { numRuns: 50 });

    for (const [method, known] of Object.entries(requests)) {
      test(`${method} and its answer`, async () => {
        const exchange = outcome.chain(([kind, answer]) =>
          fc.record({ kind: fc.constant(kind), answer: fc.constant(answer), sent: params(known, { [kind]: answer }) }),
        );
        await check(exchange, async ({ kind, answer, sent }) => {
          expect(member(await client.request(method, sent), kind)).toBe(answer);
          const came = member(await lineOf(client, (message) => message.method === method), "params");
          expect(came).toBe(withTokenOf(came, sent));
        });
      });
    }

    for (const [method, known] of Object.entries(questions)) {
      test(`${method} of the backend and its answer`, async () => {
        const exchange = fc.tuple(params(known), outcome);
        await check(exchange, async ([asked, [kind, answer]]) => {
          const call = client.request("tools/call", telling({ ask: { method, params: asked } }));
          const question = await client.incoming.take((text) => JSON.parse(text).method === method);
          const came = member(question, "params");
          expect(came).toBe(withTokenOf(came, asked));
          await client.send(`{"jsonrpc":"2.0","id":${member(question, "id")},"${kind}":${answer}}`);
          await call;
          const line = await lineOf(client, (message) => message.method === undefined);
          expect(member(line, kind)).toBe(answer);
        });
      });
    }

    for (const [method, known] of Object.entries(notifications)) {
      test(`${method} of the backend`, async () => {
        await check(objectWith(...known), async (sent) => {
          await client.request("tools/call", telling({ notify: { method, params: sent } }));
          const came = await client.incoming.take((text) => JSON.parse(text).method === method);
          expect(member(came, "params")).toBe(sent);
        });
      });
    }

    test("a notification of the client", async () => {
      const method = "notifications/vendor/unknown";
      await check(objectWith(), async (sent) => {
        await client.send(`{"jsonrpc":"2.0","method":"${method}","params":${sent}}`);
        const line = await lineOf(client, (message) => message.method === method);
        expect(member(line, "params")).toBe(sent);
      });
    });
  });
}

/** Parameters of a call that tells the fixture what to do. */
function telling(told: object): string {
  const orders = Object.entries(told).map(([key, order]) => [`test/${key}`, order]);
  return JSON.stringify({ name: "call", _meta: Object.fromEntries(orders) });
}

/** The line on the fixture's stdin that matches, as soon as it has come; forgets the others. */
async function lineOf(client: RawClient, matches: (message: { method?: string }) => boolean): Promise<string> {
  for (;;) {
    const answer = JSON.parse(await client.request("tools/call", '{"name":"lines"}'));
    const lines: string[] = answer.result.lines;
    const line = lines.find((text) => matches(JSON.parse(text)));
    if (line !== undefined) return line;
  }
}
