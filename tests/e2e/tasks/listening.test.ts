// What becomes of modern tasks is told to who listens (SEP-2663), under the ids that they know.
import { expect, setDefaultTimeout, test } from "bun:test";
import { kinds, startTasks } from "../../fixtures/conformance/start.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import type { ModernStream } from "../../fixtures/modern-stream.ts";
import { taskClient } from "../../fixtures/task-client.ts";

setDefaultTimeout(30_000);

const acknowledged = async ({ messages }: ModernStream) => (await messages.take()).params?.notifications;
const backendOf = async (gateway: Gateway) =>
  (await (await gateway.manage("/backends/jobs")).json()) as { pid: number };
const told = async ({ messages }: ModernStream, taskId?: string) =>
  (await messages.take(({ params }) => taskId === undefined || params?.taskId === taskId)).params ?? {};

test.each(kinds)("each listener hears of its tasks at a %s server", async (kind) => {
  await using jobs = await startTasks(kind);
  await using gateway = await startGateway({ version: "1", backends: { jobs: jobs.backend } });
  const client = taskClient(`${gateway.url}/mcp`);
  const [one = "", other = ""] = await Promise.all(
    ["one", "other"].map((filename) => client.begin("confirm_delete", { filename })),
  );
  for (const id of [one, other]) await client.reached(id, "input_required");
  using both = await client.listen(one, other, "unknown");
  using single = await client.listen(other);
  expect(await acknowledged(both)).toEqual({ taskIds: [one, other] });
  expect(await acknowledged(single)).toEqual({ taskIds: [other] });
  await client.task("cancel", one);
  expect(await told(both)).toMatchObject({ taskId: one, status: "cancelled", ttlMs: 600_000 });
  const inputResponses = { answer: { action: "accept", content: { confirm: true } } };
  await client.task("update", other, { inputResponses });
  for (const stream of [both, single]) {
    const meta = { _meta: { "io.modelcontextprotocol/subscriptionId": 1 } };
    expect(await told(stream)).toMatchObject({ taskId: other, status: "working", ...meta });
    const result = { content: [{ text: expect.stringContaining("other") }] };
    expect(await told(stream)).toMatchObject({ taskId: other, status: "completed", result, ...meta });
  }
  expect([both, single].map(({ messages }) => messages.items())).toEqual([[], []]);
});

test("tasks of several servers on one stream, whatever ids those gave them", async () => {
  await using one = await startTasks("stdio", "--numbered");
  await using other = await startTasks("streamable-http", "--numbered");
  const backends = { one: one.backend, other: other.backend };
  await using gateway = await startGateway({ version: "1", backends, conflict_resolution: { strategy: "prefix" } });
  const client = taskClient(`${gateway.url}/mcp`);
  const ids = await Promise.all(["one", "other"].map((name) => client.begin(`${name}_slow_compute`, { seconds: 600 })));
  using stream = await client.listen(...ids);
  expect(await acknowledged(stream)).toEqual({ taskIds: ids });
  for (const id of ids.toReversed()) {
    await client.task("cancel", id);
    expect(await told(stream)).toMatchObject({ taskId: id, status: "cancelled" });
  }
});

test("what nothing can be heard of ends at once", async () => {
  await using jobs = await startTasks("stdio");
  await using gateway = await startGateway({ version: "1", backends: { jobs: jobs.backend } });
  const client = taskClient(`${gateway.url}/mcp`);
  using stream = await client.listen("unknown");
  expect(await acknowledged(stream)).toEqual({});
  await stream.closed;
});

const interruptions: [
  string,
  (gateway: Gateway, reload: (backends: object) => Promise<unknown>) => Promise<unknown>,
][] = [
  ["the server has died", async (gateway) => process.kill((await backendOf(gateway)).pid, "SIGKILL")],
  ["the connection is made anew", (gateway) => gateway.manage("/reconnect/jobs", { method: "POST" })],
  ["the server is no longer configured", (_, reload) => reload({})],
];
test.each(interruptions)("when %s, who counts on being told is told no more, and looks", async (_, interrupt) => {
  await using jobs = await startTasks("stdio");
  await using gateway = await startGateway({ version: "1", backends: { jobs: jobs.backend } });
  const client = taskClient(`${gateway.url}/mcp`);
  const id = await client.begin("slow_compute", { seconds: 600 });
  using stream = await client.listen(id);
  expect(await acknowledged(stream)).toEqual({ taskIds: [id] });
  await interrupt(gateway, async (backends) => {
    gateway.edit({ version: "1", backends });
    expect((await gateway.manage("/reload", { method: "POST" })).status).toBe(200);
  });
  expect(await stream.messages.take()).toMatchObject({ id: 1, result: { resultType: "complete" } });
  await stream.closed;
});

test("after the connection to the server was made anew, tasks are followed again", async () => {
  await using jobs = await startTasks("streamable-http");
  await using gateway = await startGateway({ version: "1", backends: { jobs: jobs.backend } });
  const client = taskClient(`${gateway.url}/mcp`);
  const id = await client.begin("slow_compute", { seconds: 600 });
  using before = await client.listen(id);
  await acknowledged(before);
  expect((await gateway.manage("/reconnect/jobs", { method: "POST" })).status).toBe(200);
  await before.closed;
  using stream = await client.listen(id);
  expect(await acknowledged(stream)).toEqual({ taskIds: [id] });
  await client.task("cancel", id);
  expect(await told(stream)).toMatchObject({ status: "cancelled" });
});
