// Values that are no names, such as objects that cannot even become text, wherever a message names something: what says so fails alone.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { rawBackend, rawTools } from "../fixtures/raw-backend.ts";
import { connectRaw, type RawClient } from "../fixtures/raw-client.ts";
import { rawModernClient } from "../fixtures/raw-modern-client.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(60_000);

/** What no name is. Of the first, neither text nor a number can be made. */
const odd = ['{"toString":1}', '[{"toString":1}]', "[]", "{}", "true"];

const clients: Record<string, (url: string) => Promise<RawClient>> = {
  legacy: (url) => connectRaw("streamable-http", `${url}/mcp`),
  modern: async (url) => rawModernClient(`${url}/mcp`),
};
const eras = Object.keys(clients);

const description = { toString: 1 };
const oddItems = [{ toString: 1 }, [], null].map((value) => ({ name: value, uri: value, uriTemplate: value }));
const offer = {
  tools: [
    ...oddItems,
    ...rawTools,
    { name: "described", uri: description, description, title: description, inputSchema: { type: "object" } },
  ],
  prompts: [...oddItems, { name: "ask", description, title: description }],
  resources: [...oddItems, { uri: "raw://one", name: description, description, title: description }],
  resourceTemplates: [...oddItems, { uriTemplate: "raw://item/{id}", name: description, description }],
};

const start = (era: string) =>
  startGateway({ version: "1", backends: { raw: rawBackend({ ...offer, modern: era === "modern" }) } });

/** What clients ask, by method: parameters with the odd value at its place. */
const asked: [method: string, params: (value: string) => string, what: string][] = [
  ["tools/call", (value) => `{"name":${value}}`, "name"],
  ["prompts/get", (value) => `{"name":${value}}`, "name"],
  ["resources/read", (value) => `{"uri":${value}}`, "uri"],
  ["tools/list", (value) => `{"cursor":${value}}`, "cursor"],
  ["tasks/get", (value) => `{"taskId":${value}}`, "taskId"],
  ["tasks/cancel", (value) => `{"taskId":${value}}`, "taskId"],
  ["completion/complete", (value) => `{"ref":{"type":"ref/prompt","name":${value}}}`, "ref.name"],
  ["completion/complete", (value) => `{"ref":{"type":"ref/resource","uri":${value}}}`, "ref.uri"],
  ["tools/call", (value) => `{"name":"call","_meta":{"progressToken":${value}}}`, "progressToken"],
];
/** What only legacy clients ask. */
const askedByLegacy: typeof asked = [
  ["resources/subscribe", (value) => `{"uri":${value}}`, "uri"],
  ["resources/unsubscribe", (value) => `{"uri":${value}}`, "uri"],
  ["logging/setLevel", (value) => `{"level":${value}}`, "level"],
  ["tasks/result", (value) => `{"taskId":${value}}`, "taskId"],
];

describe.each(eras)("a %s client", (era) => {
  test("is told what must be a string", async () => {
    await using gateway = await start("legacy");
    using client = (await clients[era]?.(gateway.url)) as RawClient;
    const all = era === "legacy" ? [...asked, ...askedByLegacy] : asked;
    for (const [method, params, what] of all)
      for (const value of odd) {
        const answer = JSON.parse(await client.request(method, params(value)));
        expect([method, value, answer.error?.code, answer.error?.message]).toEqual([
          method,
          value,
          -32602,
          expect.stringContaining(`"${what}" must be a string`),
        ]);
      }
    expect(gateway.log()).not.toContain("internal error");
  });
});

test("a legacy client's notifications and answers about nothing are dropped", async () => {
  await using gateway = await start("legacy");
  using client = await connectRaw("streamable-http", `${gateway.url}/mcp`);
  for (const value of [...odd, "[".repeat(60_000) + "]".repeat(60_000)]) {
    const said = [
      `"method":"notifications/cancelled","params":{"requestId":${value}}`,
      `"method":"notifications/progress","params":{"progressToken":${value},"progress":1}`,
      `"id":${value},"result":{}`,
      `"id":${value},"error":{"code":1,"message":${value}}`,
      `"method":"notifications/vendor","params":{"name":${value},"uri":${value},"taskId":${value}}`,
    ];
    for (const message of said) await client.send(`{"jsonrpc":"2.0",${message}}`).catch(() => undefined);
  }
  expect(JSON.parse(await client.request("tools/call", '{"name":"call"}')).result.backend).toBe("raw");
  expect(gateway.log()).not.toContain("internal error");
});

/** What backends say: messages with the odd value at its place. */
const said: ((value: string) => string)[] = [
  (value) => `"method":"notifications/progress","params":{"progressToken":${value},"progress":1}`,
  (value) => `"method":"notifications/cancelled","params":{"requestId":${value}}`,
  (value) => `"method":"notifications/resources/updated","params":{"uri":${value}}`,
  (value) => `"method":"notifications/elicitation/complete","params":{"elicitationId":${value}}`,
  (value) => `"method":"notifications/message","params":{"level":${value},"data":1}`,
  (value) => `"method":"notifications/tasks","params":{"taskId":${value}}`,
  (value) => `"method":"notifications/tasks/status","params":{"taskId":${value}}`,
  (value) =>
    `"method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":${value}}}`,
  (value) => `"id":${value},"result":{}`,
  (value) => `"id":${value},"error":{"code":${value},"message":${value}}`,
  (value) => `"id":"x","method":"sampling/createMessage","params":{"_meta":{"progressToken":${value}}}`,
  (value) => `"id":"x","method":"elicitation/create","params":{"mode":"url","elicitationId":${value}}`,
];

describe.each(eras.flatMap((backend) => eras.map((client) => [backend, client] as const)))(
  "a %s backend of a %s client",
  (backendEra, clientEra) => {
    const call = async (client: RawClient, told: object) =>
      JSON.parse(await client.request("tools/call", JSON.stringify({ name: "call", _meta: told })));
    const world = async () => {
      const gateway: Gateway = await start(backendEra);
      const client = (await clients[clientEra]?.(gateway.url)) as RawClient;
      return { gateway, client };
    };

    test("that names nothing loses that message alone", async () => {
      const { gateway, client } = await world();
      await using _ = gateway;
      using __ = client;
      for (const message of said)
        for (const value of odd) {
          const line = `{"jsonrpc":"2.0",${message(value)}}`;
          expect([line, (await call(client, { "test/line": line })).result?.backend]).toEqual([line, "raw"]);
        }
      expect(gateway.log()).not.toContain("internal error");
      expect(gateway.log()).not.toContain("No default value");
      expect(gateway.log()).not.toMatch(/disconnected|retrying/);
    });

    test("is answered with an error that has nothing in its place", async () => {
      const { gateway, client } = await world();
      await using _ = gateway;
      using __ = client;
      for (const value of odd) {
        const error = `{"code":${value},"message":${value},"data":{"elicitations":[{"elicitationId":${value}}]}}`;
        expect((await call(client, { "test/error": error })).error).toEqual(JSON.parse(error));
      }
      const [pages] = odd;
      const data = `{"elicitations":[{"elicitationId":${pages},"url":"https://x.example","message":"x"}]}`;
      const answer = await call(client, { "test/error": `{"code":-32042,"message":"x","data":${data}}` });
      expect(answer.error?.message ?? "").not.toContain("No default value");
      expect(gateway.log()).not.toContain("internal error");
    });

    test("offers what has names, and loses the rest", async () => {
      const { gateway, client } = await world();
      await using _ = gateway;
      using __ = client;
      const names = async (list: string, key: string, name: string) =>
        JSON.parse(await client.request(list, "{}")).result[key].map((item: Record<string, unknown>) => item[name]);
      expect(await names("tools/list", "tools", "name")).toEqual(["call", "lines", "described"]);
      expect(await names("prompts/list", "prompts", "name")).toEqual(["ask"]);
      expect(await names("resources/list", "resources", "uri")).toEqual(["raw://one"]);
      expect(await names("resources/templates/list", "resourceTemplates", "uriTemplate")).toEqual(["raw://item/{id}"]);
      await call(client, {
        "test/offer": { tools: [...offer.tools, { name: "new", inputSchema: { type: "object" } }] },
      });
      await until("the new tool is there", async () => (await names("tools/list", "tools", "name")).includes("new"));
      for (const query of ["", "?details=true&filtered=true&search=one"])
        expect((await gateway.manage(`/capabilities${query}`)).status).toBe(200);
    });
  },
);
