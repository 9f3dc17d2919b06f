// Whose a modern task is: whoever made the call, as long as they may call its tool, and also after a restart.
import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "../../../src/secrets/key.ts";
import { auditOf } from "../../fixtures/audit-lines.ts";
import { type Kind, startTasks } from "../../fixtures/conformance/start.ts";
import { type GatewayOptions, startGateway } from "../../fixtures/gateway.ts";
import { startIssuer, trusting } from "../../fixtures/oauth/guarded.ts";
import { TASKS, taskClient } from "../../fixtures/task-client.ts";
import { lockIn, updateLock } from "../../fixtures/tool-lock.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const allow = (roles: string[], resources: string[]) => ({ effect: "allow", roles, resources });
const unknown = { code: -32602, message: "Task not found" };

/** A gateway for users with tokens; `rules` are those of its configuration. */
async function start(kind: Kind = "streamable-http", rules: object[] = []) {
  const opened = new AsyncDisposableStack();
  const issuer = opened.use(await startIssuer());
  const { backend } = opened.use(await startTasks(kind));
  const config = (policies: object[], filters: object = {}) => ({
    ...{ version: "1", backends: { jobs: { ...backend, filters } }, ...trusting(issuer) },
    authorization: { enabled: policies.length > 0, policies },
  });
  const gateway = opened.use(await startGateway(config(rules)));
  const clientOf = async (claims: object) =>
    taskClient(`${gateway.url}/mcp`, { token: await issuer.token({ ...claims }) });
  const reload = async (policies: object[], filters?: object) => {
    gateway.edit(config(policies, filters));
    expect(await (await gateway.manage("/reload", { method: "POST" })).json()).toMatchObject({ reloaded: true });
  };
  return { gateway, clientOf, reload, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test("another user gets the answer of a task that does not exist", async () => {
  await using world = await start();
  const [ann, bob] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "bob" })];
  const hers = await ann.begin("confirm_delete", { filename: "x" });
  await ann.reached(hers, "input_required");
  const inputResponses = { answer: { action: "accept", content: { confirm: true } } };
  for (const method of ["get", "update", "cancel"] as const)
    expect((await bob.task(method, hers, { inputResponses })).body.error).toEqual(unknown);
  using listening = await bob.listen(hers);
  expect(await listening.messages.take()).toMatchObject({ params: { notifications: {} } });
  await listening.closed;
  await ann.reached(hers, "input_required");
  // With another token she is the same.
  const again = await world.clientOf({ sub: "ann", roles: ["other"] });
  await again.task("update", hers, { inputResponses });
  await ann.reached(hers, "completed");
});

test("who may not call the tool any more has no task of it, and the audit knows why", async () => {
  await using world = await start("streamable-http", [allow(["worker"], ["tool:*"])]);
  const ann = await world.clientOf({ sub: "ann", roles: ["worker"] });
  const hers = await ann.begin("slow_compute", { seconds: 600 });
  using listening = await ann.listen(hers);
  await listening.messages.take();
  await world.reload([allow(["worker"], ["tool:greet"]), allow(["boss"], ["*"])]);
  expect((await ann.task("cancel", hers)).body.error).toEqual(unknown);
  // The role of the request counts, not that of the call.
  const boss = await world.clientOf({ sub: "ann", roles: ["boss"] });
  using told = await boss.listen(hers);
  await told.messages.take();
  await boss.task("cancel", hers);
  expect(await told.messages.take()).toMatchObject({ params: { taskId: hers, status: "cancelled" } });
  expect(listening.messages.items()).toEqual([]);
  const lines = await until("both are noted", () => {
    const found = auditOf(world.gateway.directory).filter(({ target }) => target.method === "tasks/cancel");
    return found.length === 2 && found;
  });
  expect(lines.map(({ target, outcome }) => ({ ...target, status: outcome.status }))).toEqual(
    ["denied", "success"].map((status) => ({
      ...{ backend: "jobs", method: "tasks/cancel", capability_name: null, original_name: null, status },
    })),
  );
  expect(JSON.stringify(auditOf(world.gateway.directory))).not.toContain(hers);
  const counted = (await (await world.gateway.manage("/metrics")).text()).match(/^argus_calls_total.*tasks.*$/gm);
  expect(counted?.toSorted()).toEqual([
    expect.stringMatching(/backend="".*method="tasks\/cancel".*outcome="error".* 1$/),
    expect.stringMatching(/backend="jobs".*method="tasks\/cancel".*outcome="success".* 1$/),
  ]);
});

test("a filter that hides the tool hides its tasks", async () => {
  await using world = await start();
  const ann = await world.clientOf({ sub: "ann" });
  const hers = await ann.begin("slow_compute", { seconds: 600 });
  await world.reload([], { tools: { deny: ["slow_*"] } });
  expect((await ann.task("get", hers)).body.error).toEqual(unknown);
  await world.reload([]);
  expect((await ann.task("get", hers)).body.result).toMatchObject({ status: "working" });
});

test("a lock that hides the tool hides its tasks", async () => {
  await using jobs = await startTasks("streamable-http");
  const config = (tool_lock: string) => ({ version: "1", server: { tool_lock }, backends: { jobs: jobs.backend } });
  await using gateway = await startGateway(config("off"));
  const client = taskClient(`${gateway.url}/mcp`);
  const id = await client.begin("slow_compute", { seconds: 600 });
  expect((await updateLock(gateway)).code).toBe(0);
  const lock = JSON.parse(lockIn(gateway));
  delete lock.backends.jobs.tools.slow_compute;
  writeFileSync(join(gateway.directory, "argus.lock"), JSON.stringify(lock));
  gateway.edit(config("block"));
  expect(await (await gateway.manage("/reload", { method: "POST" })).json()).toMatchObject({ reloaded: true });
  for (const method of ["get", "update", "cancel"] as const)
    expect((await client.task(method, id, { inputResponses: {} })).body.error).toEqual(unknown);
  using listening = await client.listen(id);
  expect(await listening.messages.take()).toMatchObject({ params: { notifications: {} } });
});

test("who may use nothing of the server sees nothing of its tasks", async () => {
  await using world = await start("streamable-http", [allow(["worker"], ["*"])]);
  const guest = await world.clientOf({ sub: "gus", roles: ["guest"] });
  const { result } = (await guest.send("server/discover")).body;
  expect(JSON.stringify(result?.capabilities)).not.toContain(TASKS);
  expect((await guest.task("get", "any")).body.error).toMatchObject({ code: -32601 });
});

const key = generateKey();
const keys: [string, Record<string, string>, boolean][] = [
  ["with a generated master key", { ARGUS_SECRET_KEY: key }, true],
  ["not with a passphrase", { ARGUS_SECRET_KEY: "a long passphrase" }, false],
  ["not without one", { ARGUS_SECRET_KEY: "" }, false],
];
test.each(keys)("ids outlast the gateway %s", async (_, env, expected) => {
  await using jobs = await startTasks("streamable-http");
  const config = { version: "1", backends: { jobs: jobs.backend } };
  const run = async <T>(options: GatewayOptions, use: (client: ReturnType<typeof taskClient>) => Promise<T>) => {
    await using gateway = await startGateway(config, options);
    return await use(taskClient(`${gateway.url}/mcp`));
  };
  const id = await run({ env }, (client) => client.begin("slow_compute", { seconds: 600 }));
  const { result, error } = await run({ env }, async (client) => (await client.task("get", id)).body);
  expect({ status: result?.status, error }).toEqual(
    expected ? { status: "working", error: undefined } : { status: undefined, error: unknown },
  );
});

test("nobody takes a task for lost because its server is not there yet", async () => {
  await using jobs = await startTasks("streamable-http");
  const env = { ARGUS_SECRET_KEY: key };
  const backends = (url: unknown) => ({ version: "1", backends: { jobs: { ...jobs.backend, url } } });
  let id = "";
  {
    await using gateway = await startGateway(backends(jobs.backend.url), { env });
    id = await taskClient(`${gateway.url}/mcp`).begin("slow_compute", { seconds: 600 });
  }
  await using gateway = await startGateway(backends("http://127.0.0.1:1/mcp"), { env });
  const client = taskClient(`${gateway.url}/mcp`);
  const { error } = (await client.task("get", id)).body;
  expect(error).toEqual({ code: -32603, message: 'backend "jobs" is not connected yet' });
  expect((await client.task("get", "x")).body.error).toEqual(unknown);
  gateway.edit(backends(jobs.backend.url));
  await client.reached(id, "working");
});
