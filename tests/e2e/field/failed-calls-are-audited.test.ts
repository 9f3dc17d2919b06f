// Failed, denied and cancelled calls, and clients that are not let in, leave one line in the audit trail each, as good ones do.
import { expect, test } from "bun:test";
import { auditOf } from "../../fixtures/audit-lines.ts";
import { chaos } from "../../fixtures/backends.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { send } from "../../fixtures/oauth/guarded.ts";
import { until } from "../../fixtures/until.ts";

const ref = { type: "ref/prompt", name: "greet" };

/** Each call with how it ends. */
const calls: [method: string, params: Record<string, unknown>, status: string, error: string | null][] = [
  ["tools/call", { name: "echo", arguments: { text: "an argument" } }, "success", null],
  ["tools/call", { name: "fail" }, "failure", "tool_error"],
  ["tools/call", { name: "throw" }, "failure", "JSON-RPC error -31999"],
  ["tools/call", { name: "die" }, "failure", "unavailable"],
  ["tools/call", { name: "nothing", arguments: { text: "an argument" } }, "failure", "unknown_capability"],
  ["prompts/get", { name: "greet", arguments: { name: "an argument" } }, "success", null],
  ["prompts/get", { name: "nothing" }, "failure", "unknown_capability"],
  ["resources/read", { uri: "full://static/1" }, "success", null],
  ["resources/read", { uri: "nowhere://at-all" }, "failure", "unknown_resource"],
  ["resources/subscribe", { uri: "full://static/1" }, "success", null],
  ["resources/unsubscribe", { uri: "full://static/1" }, "success", null],
  ["completion/complete", { ref, argument: { name: "language", value: "an argument" } }, "success", null],
  ["tasks/get", { taskId: "none" }, "failure", "invalid_params"],
  ["example.org/nothing", { anything: "an argument" }, "failure", "unknown_method"],
];

const nameIn = ({ name, uri, ref }: Record<string, unknown>) =>
  name ?? uri ?? (ref as { name?: string } | undefined)?.name ?? null;

/** Cancels a call as soon as the backend is at work. */
async function cancelled(client: Connected): Promise<void> {
  const cancel = new AbortController();
  const options = { signal: cancel.signal, onprogress: () => cancel.abort() };
  await client.text("slow", { seconds: 60, steps: 600 }, options).catch(() => undefined);
}

test("every call has exactly one line, whatever becomes of it", async () => {
  await using full = await startFull("stdio");
  const backends = { full: full.backend, chaos: chaos() };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  await client.ping();
  await client.raw("tools/list");
  await client.raw("logging/setLevel", { level: "info" });
  for (const [method, params] of calls) await client.raw(method, params).catch(() => undefined);
  await cancelled(client);
  const expected: typeof calls = [...calls, ["tools/call", { name: "slow" }, "failure", "cancelled"]];
  const lines = await until("the last line is written", () => {
    const all = auditOf(gateway.directory);
    return all.at(-1)?.target.capability_name === "slow" && all;
  });
  const said: unknown = lines.map(({ target, outcome }) => {
    return [target.method, target.capability_name, outcome.status, outcome.error];
  });
  expect(said).toEqual(expected.map(([method, params, status, error]) => [method, nameIn(params), status, error]));
  expect(JSON.stringify(lines)).not.toContain("an argument");
}, 30_000);

test("a denied call has a line with the true reason, and one only", async () => {
  const policies = [
    { effect: "deny", resources: ["tool:pid"], description: "nobody needs the pid" },
    { effect: "allow", resources: ["*"] },
  ];
  const authorization = { enabled: true, policies };
  await using gateway = await startGateway({ version: "1", authorization, backends: { chaos: chaos() } });
  await using client = await connect(gateway.url);
  await expect(client.text("pid")).rejects.toMatchObject({ code: -32602 });
  await until("the line is written", () => auditOf(gateway.directory).at(-1));
  const [line, ...others] = auditOf(gateway.directory);
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    target: { backend: "chaos", capability_name: "pid", original_name: "pid" },
    outcome: { status: "denied", error: expect.stringContaining("nobody needs the pid") },
  });
}, 20_000);

test("who is not let in has a line, and so has a call of who is, with the name", async () => {
  const incoming_auth = { type: "local", token: "a-shared-s3cret" };
  await using gateway = await startGateway({ version: "1", incoming_auth, backends: { chaos: chaos() } });
  for (const token of [undefined, "wr0ng"]) await send(gateway, { body: {}, ...(token && { token }) });
  await using client = await connect(gateway.url, { token: () => "a-shared-s3cret" });
  await client.text("pid");
  const lines = await until("the call has its line", () => {
    const all = auditOf(gateway.directory);
    return all.length === 3 && all;
  });
  const said = lines.map(({ event_type, source, outcome }) => [event_type, source.user_id, outcome.error]);
  expect(said).toEqual([
    ["auth_failed", null, "a bearer token is required"],
    ["auth_failed", null, "the token is wrong"],
    ["mcp_operation", "local", null],
  ]);
  expect(lines.map(({ source }) => source.client_ip)).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  expect(JSON.stringify(lines)).not.toMatch(/s3cret|wr0ng/);
}, 20_000);

test("a call that the client abandons by leaving has its line", async () => {
  await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
  await using client = await connect(gateway.url);
  void client.text("hang").catch(() => undefined);
  const sessions = () => gateway.manage("/sessions");
  const { sessions: open } = (await (await sessions()).json()) as { sessions: { id: string }[] };
  await until("the backend has the call", async () => (await client.text("pid").catch(() => "")) !== "");
  for (const { id } of open) await gateway.manage(`/sessions/${id}`, { method: "DELETE" });
  const line = await until("the line is written", () =>
    auditOf(gateway.directory).find(({ target }) => target.capability_name === "hang"),
  );
  expect(line.outcome).toMatchObject({ status: "failure", error: "cancelled" });
}, 20_000);
