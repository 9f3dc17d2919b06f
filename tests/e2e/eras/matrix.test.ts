// Any client with any server: what MCP can do, for clients of both SDK versions and both eras, in front of servers of both eras.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectClient, type Sdk, type TestClient } from "../../fixtures/clients.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { startModern } from "../../fixtures/modern/start.ts";
import { within } from "../../fixtures/until.ts";
import { type Backend, backends, clients, type Exception, exceptions, type Feature, features } from "./matrix/cells.ts";
import { type Cell, legacy, modern, type Run } from "./matrix/era.ts";
import { offers } from "./matrix/offers.ts";
import { questions } from "./matrix/questions.ts";
import { streams } from "./matrix/streams.ts";

setDefaultTimeout(60_000);

const runs = { ...offers, ...streams, ...questions } satisfies Record<Feature, Run>;

const fixtures = {
  "legacy-stdio": () => startFull("stdio"),
  "legacy-http": () => startFull("streamable-http"),
  "legacy-sse": () => startFull("sse"),
  "modern-stdio": () => startModern("stdio"),
  "modern-http": () => startModern("streamable-http"),
} satisfies Record<Backend, unknown>;

const opened = new AsyncDisposableStack();
let gateway: Gateway;

/** Each backend is alone in a group, once as it is by default and once for each exception. */
beforeAll(async () => {
  const configs = await Promise.all(
    backends.map(async (name) => {
      const { backend } = opened.use(await fixtures[name]());
      const excepted = exceptionsOf(name).map(({ feature, config }) => [`${name}-${feature}`, config] as const);
      return [[name, {}] as const, ...excepted].map(
        ([group, more]) => [group, { ...backend, ...more, group }] as const,
      );
    }),
  );
  gateway = opened.use(await startGateway({ version: "1", backends: Object.fromEntries(configs.flat()) }));
});
afterAll(() => opened.disposeAsync());

const exceptionsOf = (backend: Backend): Exception[] =>
  exceptions.filter((exception) => exception.backends.includes(backend));

/** A test that runs out of time would take the gateway with it, and all cells after it. */
const run = (feature: Feature, cell: Cell): Promise<void> => within(feature, runs[feature](cell));

const connect = (sdk: Sdk, group: string): Promise<TestClient> =>
  connectClient(sdk, { transport: "streamable-http", url: `${gateway.url}/mcp/${group}` });

describe.each(backends)("%s backend", (backend) => {
  describe.each(clients)("%s client", (sdk) => {
    const excepted = new Map(exceptionsOf(backend).map((exception) => [exception.feature, exception]));
    const cell = { backend, era: sdk === "modern" ? modern : legacy };
    let client: TestClient;
    beforeAll(async () => {
      client = await connect(sdk, backend);
    });
    afterAll(() => client[Symbol.asyncDispose]());

    for (const feature of features) {
      const exception = excepted.get(feature);
      if (!exception) test(feature, () => run(feature, { ...cell, client }));
      else
        test(`${feature}, with ${JSON.stringify(exception.config)} alone`, async () => {
          await expect(run(feature, { ...cell, client })).rejects.toThrow(`capabilities.${feature}`);
          await using other = await connect(sdk, `${backend}-${feature}`);
          await run(feature, { ...cell, client: other });
        });
    }

    test("nothing of all that has come is of the other era", () => {
      const { owns } = sdk === "modern" ? legacy : modern;
      expect(client.received.filter(owns)).toEqual([]);
    });
  });
});
