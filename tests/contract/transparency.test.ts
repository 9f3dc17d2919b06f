// What passes the gateway comes out byte by byte as it went in: unknown keys at every level, odd numbers and strings.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { startGateway } from "../fixtures/gateway.ts";
import { rawBackend } from "../fixtures/raw-backend.ts";
import { connectRaw, type RawClient } from "../fixtures/raw-client.ts";
import { member } from "../fixtures/raw-json.ts";
import { objectWith } from "./odd-json.ts";
import * as odd from "./odd-messages.ts";

setDefaultTimeout(120_000);

for (const [transport, path] of [
  ["sse", "/sse"],
  ["streamable-http", "/mcp"],
] as const) {
  describe(`${transport} client, stdio backend`, () => {
    const opened = new AsyncDisposableStack();
    let client: RawClient;
    beforeAll(async () => {
      const gateway = opened.use(await startGateway({ version: "1", backends: { raw: rawBackend(odd.offer) } }));
      client = opened.use(await connectRaw(transport, gateway.url + path));
    });
    afterAll(() => opened.disposeAsync());
    const check = <T>(sample: fc.Arbitrary<T>, predicate: (sample: T) => Promise<void>) =>
      fc.assert(fc.asyncProperty(sample, predicate), { numRuns: 50 });

    for (const [method, known] of Object.entries(odd.requests)) {
      test(`${method} and its answer`, async () => {
        const exchange = odd.outcome.chain(([kind, answer]) =>
          fc.record({
            kind: fc.constant(kind),
            answer: fc.constant(answer),
            sent: odd.params(known, { [kind]: answer }),
          }),
        );
        await check(exchange, async ({ kind, answer, sent }) => {
          expect(member(await client.request(method, sent), kind)).toBe(answer);
          const came = member(await odd.lineOf(client, (message) => message.method === method), "params");
          expect(came).toBe(odd.withTokenOf(came, sent));
        });
      });
    }

    for (const [method, known] of Object.entries(odd.questions)) {
      test(`${method} of the backend and its answer`, async () => {
        const exchange = fc.tuple(odd.params(known), odd.outcome);
        await check(exchange, async ([asked, [kind, answer]]) => {
          const call = client.request("tools/call", odd.telling({ ask: { method, params: asked } }));
          const question = await client.incoming.take((text) => JSON.parse(text).method === method);
          const came = member(question, "params");
          expect(came).toBe(odd.withTokenOf(came, asked));
          await client.send(`{"jsonrpc":"2.0","id":${member(question, "id")},"${kind}":${answer}}`);
          await call;
          const line = await odd.lineOf(client, (message) => message.method === undefined);
          expect(member(line, kind)).toBe(answer);
        });
      });
    }

    for (const [method, known] of Object.entries(odd.notifications)) {
      test(`${method} of the backend`, async () => {
        await check(objectWith(...known), async (sent) => {
          await client.request("tools/call", odd.telling({ notify: { method, params: sent } }));
          const came = await client.incoming.take((text) => JSON.parse(text).method === method);
          expect(member(came, "params")).toBe(sent);
        });
      });
    }

    test("a notification of the client", async () => {
      const method = "notifications/vendor/unknown";
      await check(objectWith(), async (sent) => {
        await client.send(`{"jsonrpc":"2.0","method":"${method}","params":${sent}}`);
        const line = await odd.lineOf(client, (message) => message.method === method);
        expect(member(line, "params")).toBe(sent);
      });
    });
  });
}
