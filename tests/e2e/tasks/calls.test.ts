// Calls that a modern server answers with tasks (SEP-2663), and what a modern client does with those.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { kinds, startTasks } from "../../fixtures/conformance/start.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { startModern } from "../../fixtures/modern/start.ts";
import { modernClient, textOf } from "../../fixtures/modern-client.ts";
import { TASKS, type TaskClient, taking, taskClient } from "../../fixtures/task-client.ts";

setDefaultTimeout(30_000);

const required = { code: -32021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } };

describe.each(kinds)("a %s server with tasks", (kind) => {
  const opened = new AsyncDisposableStack();
  let gateway: Gateway;
  let client: TaskClient;
  beforeAll(async () => {
    const { backend } = opened.use(await startTasks(kind));
    gateway = opened.use(await startGateway({ version: "1", backends: { jobs: backend } }));
    client = taskClient(`${gateway.url}/mcp`);
  });
  afterAll(() => opened.disposeAsync());

  test("the gateway has what it has", async () => {
    const { result } = (await client.send("server/discover")).body;
    expect(result?.capabilities).toMatchObject({ extensions: { [TASKS]: {} } });
  });

  test("a task is followed to its end", async () => {
    const created = (await client.call("slow_compute", { seconds: 0.1, label: "it" })).body.result ?? {};
    expect(created).toMatchObject({ resultType: "task", status: "working", ttlMs: 600_000, pollIntervalMs: 50 });
    const taskId = String(created.taskId);
    const { status, body } = await client.task("get", taskId);
    expect({ status, ...body.result }).toMatchObject({ status: expect.anything(), resultType: "complete", taskId });
    const done = await client.reached(taskId, "completed");
    expect(done.result).toMatchObject({ content: [{ type: "text", text: "Computed it." }] });
  });

  test("what it needs to know goes there and back", async () => {
    const taskId = await client.begin("multi_input");
    const { inputRequests = {} } = await client.reached(taskId, "input_required");
    expect(inputRequests).toMatchObject({
      first: { method: "elicitation/create", params: { message: "What is your name?" } },
      second: { method: "elicitation/create" },
    });
    const answer = (content: object) => ({ action: "accept", content });
    const update = (inputResponses: object) => client.task("update", taskId, { inputResponses });
    const { result } = (await update({ first: answer({ name: "Ann" }) })).body;
    expect(Object.keys(result ?? {}).toSorted()).toEqual(["_meta", "resultType"]);
    const waiting = await client.reached(taskId, "input_required");
    expect(Object.keys(waiting.inputRequests as object)).toEqual(["second"]);
    await update({ second: answer({ confirm: true }) });
    const done = await client.reached(taskId, "completed");
    const [{ text }] = (done.result as { content: [{ text: string }] }).content;
    expect(JSON.parse(text)).toEqual({ first: answer({ name: "Ann" }), second: answer({ confirm: true }) });
  });

  test("it is cancelled", async () => {
    const taskId = await client.begin("slow_compute", { seconds: 600 });
    expect((await client.task("cancel", taskId)).body.result).toMatchObject({ resultType: "complete" });
    await client.reached(taskId, "cancelled");
  });

  test("it fails as its server says", async () => {
    const failed = await client.reached(await client.begin("protocol_error_job"), "failed");
    expect(failed.error).toEqual({ code: -32603, message: "The server panicked." });
  });

  test("a client that cannot take one is given none, and may not ask for any", async () => {
    const simple = modernClient(`${gateway.url}/mcp`);
    expect(textOf(await simple.call("slow_compute", { seconds: 0, label: "it" }))).toBe("Computed it.");
    expect((await simple.call("failing_job")).body.error).toMatchObject(required);
    const taskId = await client.begin("slow_compute", { seconds: 600 });
    for (const method of ["get", "update", "cancel"]) {
      const { status, body } = await simple.send(`tasks/${method}`, { taskId });
      expect({ status, ...body.error }).toMatchObject({ status: 400, ...required });
    }
    const { status, body } = await simple.send("subscriptions/listen", { notifications: { taskIds: [taskId] } });
    expect({ status, ...body.error }).toMatchObject({ status: 400, ...required });
    await client.task("cancel", taskId);
  });

  const taskId = () => client.begin("slow_compute", { seconds: 0 });
  const wrong: [string, () => Promise<string>][] = [
    ["unknown", async () => crypto.randomUUID()],
    ["empty", async () => ""],
    ["long", async () => "x".repeat(4_000)],
    ["cut short", async () => (await taskId()).slice(0, -1)],
    ["longer", async () => `${await taskId()}A`],
    ["not its own in its head", async () => `A${await taskId()}`],
  ];
  test.each(wrong)("an id that is %s is nobody's", async (_, idOf) => {
    const id = await idOf();
    for (const method of ["get", "update", "cancel"] as const) {
      const { status, body } = await client.task(method, id, { inputResponses: {} });
      expect({ status, error: body.error }).toEqual({
        status: 200,
        error: { code: -32602, message: "Task not found" },
      });
    }
  });

  test("one that is no text is refused", async () => {
    for (const id of [null, 7, ["x"], {}, undefined]) {
      const { error } = (await client.send("tasks/get", { taskId: id })).body;
      expect(error).toEqual({ code: -32602, message: '"taskId" must be a string' });
    }
  });

  test("what only was before is no method, nor is what nobody knows", async () => {
    for (const method of ["tasks/list", "tasks/result", "tasks/more"]) {
      const { status, body } = await client.send(method, { taskId: await taskId() });
      expect({ status, code: body.error?.code }).toEqual({ status: 404, code: -32601 });
    }
  });

  test("the header that names it must be its id", async () => {
    const id = await taskId();
    const { status, body } = await client.send("tasks/get", { taskId: id }, { headers: { "mcp-name": `${id}x` } });
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32020 });
  });
});

test("two servers that give their tasks the same ids are not confused", async () => {
  await using one = await startTasks("stdio", "--numbered");
  await using other = await startTasks("streamable-http", "--numbered");
  const backends = { one: one.backend, other: other.backend };
  const conflict_resolution = { strategy: "prefix", separator: "." };
  await using gateway = await startGateway({ version: "1", backends, conflict_resolution });
  const client = taskClient(`${gateway.url}/mcp`);
  const [first, second] = await Promise.all(
    ["one", "other"].map((name) => client.begin(`${name}.slow_compute`, { seconds: 0, label: `by ${name}` })),
  );
  expect(first).not.toBe(second);
  for (const [id, name] of [
    [first, "one"],
    [second, "other"],
  ]) {
    const done = await client.reached(String(id), "completed");
    expect(done).toMatchObject({ taskId: id, result: { content: [{ text: `Computed by ${name}.` }] } });
  }
  await client.task("cancel", String(first));
  const { result } = (await client.task("get", String(second))).body;
  expect(result?.status).toBe("completed");
});

test("a process for each session has tasks that its client would not find again: it is given none", async () => {
  await using jobs = await startTasks("stdio");
  const backends = { jobs: { ...jobs.backend, sharing: "session" } };
  await using gateway = await startGateway({ version: "1", backends });
  const client = taskClient(`${gateway.url}/mcp`);
  const { result } = (await client.send("server/discover")).body;
  expect(JSON.stringify(result?.capabilities)).not.toContain(TASKS);
  expect(textOf(await client.call("slow_compute", { seconds: 0, label: "it" }))).toBe("Computed it.");
  const { status, body } = await client.task("get", "any");
  expect({ status, code: body.error?.code }).toEqual({ status: 404, code: -32601 });
});

test("extensions, known or not, come through as they are", async () => {
  await using modern = await startModern("streamable-http");
  await using gateway = await startGateway({ version: "1", backends: { modern: modern.backend } });
  const extensions = { ...taking.extensions, "vendor/x": { deep: [1, null] }, "io.modelcontextprotocol/ui": {} };
  const client = modernClient(`${gateway.url}/mcp`, { capabilities: { extensions } });
  const { _meta: meta } = (await client.call("echo")).body.result ?? {};
  expect(meta).toMatchObject({ "vendor/envelope": { "io.modelcontextprotocol/clientCapabilities": { extensions } } });
  const { result } = (await client.send("server/discover")).body;
  expect(result?.capabilities).toMatchObject({ extensions: { "vendor/extension": { level: 1 } } });
  expect(JSON.stringify(result?.capabilities)).not.toContain(TASKS);
});
