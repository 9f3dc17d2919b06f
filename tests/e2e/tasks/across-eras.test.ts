// Tasks are one thing in the legacy era (2025-11-25) and another in the modern one (SEP-2663): of neither is anything told to the other.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  connectClient,
  everyCapability,
  failure,
  type Json,
  type Sdk,
  type TestClient,
} from "../../fixtures/clients.ts";
import { startTasks } from "../../fixtures/conformance/start.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { textOf } from "../../fixtures/modern-client.ts";
import { TASKS, type TaskClient, taking, taskClient } from "../../fixtures/task-client.ts";

setDefaultTimeout(30_000);

const opened = new AsyncDisposableStack();
let gateway: Gateway;
let modern: TaskClient;
beforeAll(async () => {
  const jobs = opened.use(await startTasks("stdio"));
  const full = opened.use(await startFull("stdio"));
  // A connection of its own has what its client declares.
  const backends = { jobs: jobs.backend, full: { ...full.backend, sharing: "session" } };
  gateway = opened.use(await startGateway({ version: "1", backends }));
  modern = taskClient(`${gateway.url}/mcp`);
});
afterAll(() => opened.disposeAsync());

const legacy = (sdk: Sdk): Promise<TestClient> => {
  const capabilities = { ...everyCapability, ...taking };
  return connectClient(sdk, { transport: "streamable-http", url: `${gateway.url}/mcp` }, { capabilities });
};
const said = ({ content }: Json) => (content as { text: string }[])[0]?.text;

test("each era is told of its own", async () => {
  const { result } = (await modern.send("server/discover")).body;
  expect(result?.capabilities).toMatchObject({ extensions: { [TASKS]: {} } });
  expect(result?.capabilities).not.toHaveProperty("tasks");
  await using client = await legacy("v1");
  const { capabilities } = client.initialization;
  expect(capabilities).toMatchObject({ tasks: { list: {}, cancel: {} } });
  expect(JSON.stringify(capabilities)).not.toContain(TASKS);
});

test.each<Sdk>(["v1", "v2"])(
  "a legacy client (SDK %s) has no task of a modern server, whatever it declares",
  async (sdk) => {
    await using client = await legacy(sdk);
    expect(said(await client.call("slow_compute", { seconds: 0, label: "it" }))).toBe("Computed it.");
    const { code, message } = await failure(client.call("failing_job"));
    expect({ code, message }).toEqual({ code: -32600, message: expect.stringContaining("client does not support") });
    const created = await client.request("tools/call", { name: "slow_compute", arguments: { seconds: 0 }, task: {} });
    expect(said(created)).toBe("Computed undefined.");
  },
);

test("what the gateway listens to, a legacy client has no say in", async () => {
  await using jobs = await startTasks("stdio");
  await using alone = await startGateway({ version: "1", backends: { jobs: jobs.backend } });
  await using client = await connectClient("v1", { transport: "streamable-http", url: `${alone.url}/mcp` });
  const listen = client.request("subscriptions/listen", { notifications: { taskIds: ["1"] } });
  expect(await failure(listen)).toMatchObject({ code: -32601 });
});

test("a modern client has no task of a legacy server, whatever it asks for", async () => {
  const { result } = (await modern.send("tools/call", { name: "job", arguments: {}, task: { ttl: 1_000 } })).body;
  expect(result).not.toHaveProperty("task");
  expect(textOf({ body: result ? { result } : {}, status: 200, before: [] })).toBe("done without a task");
  const { _meta: meta } = (await modern.call("echo")).body.result ?? {};
  expect(JSON.stringify(meta)).not.toContain("tasks");
});
