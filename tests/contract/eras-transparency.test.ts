// Where a modern client or server is concerned, messages come out byte by byte as they went in too, but for the translations that are listed.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { startGateway } from "../fixtures/gateway.ts";
import { rawBackend } from "../fixtures/raw-backend.ts";
import { connectRaw, type RawClient, type Self } from "../fixtures/raw-client.ts";
import { member, members, objectOf } from "../fixtures/raw-json.ts";
import { enveloped, rawModernClient } from "../fixtures/raw-modern-client.ts";
import { objectWith, value } from "./odd-json.ts";
import * as odd from "./odd-messages.ts";
import { type Era, expectTranslated, TOKEN } from "./translations.ts";

setDefaultTimeout(120_000);

/** The answers of a backend, which in the modern era say of what type they are and how long they may be kept. */
function outcomes(era: Era): fc.Arbitrary<["result" | "error", string]> {
  const modern = ['"resultType":"complete"', '"ttlMs":1.0e3', '"cacheScope":"private"'].map((text) =>
    fc.constant(text),
  );
  const structured = value.map((text) => `"structuredContent":${text}`);
  const result = era === "modern" ? objectWith(...modern, structured) : odd.result;
  const codes = era === "modern" ? ["-31000", "-32602"] : ["-31000", "-32602", "-32002"];
  const code = fc.constantFrom(...codes.map((text) => `"code":${text}`));
  const error = objectWith(
    code,
    fc.constant('"message":"No."'),
    value.map((text) => `"data":${text}`),
  );
  return fc.oneof(fc.tuple(fc.constant("result" as const), result), fc.tuple(fc.constant("error" as const), error));
}

/** States that a modern server may have, which is to get back exactly what it has sent. */
const states = fc.oneof(
  fc.constantFrom('"\\ud800"', '"\\u0061\\/"', '""'),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
);

/** What a backend of this era may ask a client of the other. */
function questions(era: Era): [string, fc.Arbitrary<string>[]][] {
  const { "vendor/unknown": _, ...both } = odd.questions;
  const id = era === "legacy" ? [fc.constant('"elicitationId":"one"')] : [];
  const page = [fc.constant('"mode":"url"'), fc.constant('"url":"https://example.com/"'), ...id];
  return [...Object.entries(both), ["elicitation/create", page], ["roots/list", []]];
}

const PAIRS = [
  { client: "legacy", transport: "sse", path: "/sse", backend: "modern" },
  { client: "legacy", transport: "streamable-http", path: "/mcp", backend: "modern" },
  { client: "modern", transport: "streamable-http", path: "/mcp", backend: "legacy" },
  { client: "modern", transport: "streamable-http", path: "/mcp", backend: "modern" },
] as const;

describe.each(PAIRS)("$client $transport client, $backend stdio backend", ({ transport, path, ...pair }) => {
  const opened = new AsyncDisposableStack();
  let client: RawClient;
  beforeAll(async () => {
    const raw = rawBackend({ ...odd.offer, modern: pair.backend === "modern" });
    const url = opened.use(await startGateway({ version: "1", backends: { raw } })).url + path;
    client = opened.use(pair.client === "modern" ? rawModernClient(url) : await connectRaw(transport, url));
  });
  afterAll(() => opened.disposeAsync());
  const check = <T>(sample: fc.Arbitrary<T>, predicate: (sample: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(sample, predicate), { numRuns: 50 });

  test.each(Object.entries(odd.requests))("%s and its answer", async (method, known) => {
    const exchange = outcomes(pair.backend).chain(([kind, answer]) =>
      fc.record({ kind: fc.constant(kind), answer: fc.constant(answer), sent: odd.params(known, { [kind]: answer }) }),
    );
    await check(exchange, async ({ kind, answer, sent }) => {
      const response = member(await client.request(method, sent), kind);
      expectTranslated(pair, [kind, method], answer, response);
      const came = member(await odd.lineOf(client, (message) => message.method === method), "params");
      expectTranslated(pair, ["request", method], pair.client === "modern" ? enveloped(sent) : sent, came);
    });
  });

  test.each(questions(pair.backend))("%s of the backend and its answer", async (method, known) => {
    const exchange = fc.record({ asked: odd.params(known), answer: odd.result, state: states });
    await check(exchange, async ({ asked, answer, state }) => {
      const call = odd.telling({ ask: { method, params: asked, state } });
      const came = await (pair.client === "modern" ? askedAsInput : askedMeanwhile)(client, call, answer);
      expectTranslated(pair, ["question", method], asked, came);
      const again = await odd.lineOf(client, ({ method, params }) => !method || params?.inputResponses !== undefined);
      if (pair.backend === "legacy") return expect(member(again, "result")).toBe(answer);
      const { inputResponses = "", requestState } = Object.fromEntries(members(member(again, "params")));
      expect([member(inputResponses, "it"), requestState]).toEqual([answer, state]);
    });
  });

  test("a question that the modern era does not have", async () => {
    const call = odd.telling({ ask: { method: "vendor/unknown", params: "{}" } });
    const response = await client.request("tools/call", call);
    // What is between two of that era is theirs.
    if (pair.client === pair.backend) expect(response).toContain('"it":{"method":"vendor/unknown","params":{}}');
    else if (pair.client === "legacy") expect(response).toContain("vendor/unknown, which is no input");
    else expect(await odd.lineOf(client, ({ method }) => !method)).toContain('"code":-32601');
  });

  const notifications = { ...odd.notifications, "notifications/progress": [fc.constant('"progress":1.0')] };
  test.each(Object.entries(notifications))("%s of the backend", async (method, known) => {
    await check(objectWith(...known), async (sent) => {
      await client.request("tools/call", odd.telling({ notify: { method, params: sent } }, TOKEN));
      const came = member(await client.incoming.take((text) => JSON.parse(text).method === method), "params");
      expectTranslated(pair, ["notification", method], sent, came);
    });
  });

  test("notifications/resources/updated, which the client wants to hear of", async () => {
    const method = "notifications/resources/updated";
    await subscribe(client, pair.client, "raw://resource");
    const meta = objectWith().map((text) => `"_meta":${text}`);
    const updated = fc
      .constantFrom([], [meta])
      .chain((perhaps) => objectWith(fc.constant('"uri":"raw://resource"'), ...perhaps));
    await check(updated, async (sent) => {
      await client.request("tools/call", odd.telling({ notify: { method, params: sent } }));
      const came = member(await client.incoming.take((text) => JSON.parse(text).method === method), "params");
      expectTranslated(pair, ["notification", method], sent, came);
    });
  });

  test("a notification of the client, which the modern era does not have, goes nowhere", async () => {
    const method = "notifications/vendor/unknown";
    await client.send(`{"jsonrpc":"2.0","method":"${method}","params":{}}`);
    const { result } = JSON.parse(await client.request("tools/call", '{"name":"lines"}'));
    expect(result.lines.filter((line: string) => JSON.parse(line).method === method)).toEqual([]);
  });
});

async function subscribe(client: RawClient, era: Era, uri: string): Promise<void> {
  if (era === "legacy") {
    await client.request("resources/subscribe", JSON.stringify({ uri }));
    return;
  }
  const listening = client.request("subscriptions/listen", `{"notifications":{"resourceSubscriptions":["${uri}"]}}`);
  listening.catch(() => undefined);
  await client.incoming.take((text) => JSON.parse(text).method.endsWith("acknowledged"));
}

/** What clients may say of themselves. */
const selves: fc.Arbitrary<Self> = fc.record({
  capabilities: objectWith(
    ...['"roots":{"listChanged":true}', '"tasks":{"list":{}}'].map((text) => fc.constant(text)),
    objectWith().map((text) => `"extensions":${text}`),
    objectWith().map((text) => `"sampling":${text}`),
  ),
  clientInfo: objectWith(fc.constant('"name":"odd"'), fc.constant('"version":"1.0"')),
});

test.each(PAIRS)("what a $client $transport client says of itself, to a $backend stdio backend", async (pair) => {
  const raw = { ...rawBackend({ ...odd.offer, modern: pair.backend === "modern" }), sharing: "session" };
  await using gateway = await startGateway({ version: "1", backends: { raw } });
  const url = gateway.url + pair.path;
  const heard = async (self: Self) => {
    using client = pair.client === "modern" ? rawModernClient(url, self) : await connectRaw(pair.transport, url, self);
    await client.request("tools/call", '{"name":"call"}');
    const method = pair.backend === "legacy" ? "initialize" : "tools/call";
    const params = member(await odd.lineOf(client, (message) => message.method === method), "params");
    if (pair.backend === "legacy") return [member(params, "clientInfo"), member(params, "capabilities")];
    const meta = Object.fromEntries(members(member(params, "_meta")));
    return ["clientInfo", "clientCapabilities"].map((key) => meta[`io.modelcontextprotocol/${key}`]);
  };
  const check = async (self: Self) => {
    const [clientInfo, capabilities = ""] = await heard(self);
    expect(clientInfo).toBe(self.clientInfo);
    expectTranslated(pair, ["capabilities", "initialize"], self.capabilities, capabilities);
  };
  await fc.assert(fc.asyncProperty(selves, check), { numRuns: 10 });
});

/** Calls, answers what is asked before the call is answered, and gives what was asked. */
async function askedMeanwhile(client: RawClient, params: string, answer: string): Promise<string> {
  const call = client.request("tools/call", params);
  const question = await client.incoming.take((text) => JSON.parse(text).id !== undefined);
  await client.send(`{"jsonrpc":"2.0","id":${member(question, "id")},"result":${answer}}`);
  await call;
  return member(question, "params");
}

/** Calls, calls again with an answer to the input that is required, and gives what was asked. */
async function askedAsInput(client: RawClient, params: string, answer: string): Promise<string> {
  const required = member(await client.request("tools/call", params), "result");
  const [[key, request] = ["", ""]] = members(member(required, "inputRequests"));
  const again = members(params)
    .set("inputResponses", objectOf([[key, answer]]))
    .set("requestState", member(required, "requestState"));
  await client.request("tools/call", objectOf(again));
  return member(request, "params");
}
