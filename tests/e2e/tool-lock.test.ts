// The lock of tools in a running gateway: what has changed is told of, hidden, and approved.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { auditOf } from "../fixtures/audit-lines.ts";
import { script } from "../fixtures/backends.ts";
import { countChanges } from "../fixtures/changes.ts";
import { folder, launch, run } from "../fixtures/command.ts";
import { type Connected, connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { rawTools } from "../fixtures/raw-backend.ts";
import {
  approve,
  config,
  type Json,
  locked,
  lockIn,
  lockOf,
  offer,
  one,
  poison,
  poisoned,
  read,
  two,
  updateLock,
} from "../fixtures/tool-lock.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

async function warnings(gateway: Gateway): Promise<{ message: string; backend: string; details: Json }[]> {
  const { events } = (await (await gateway.manage("/events?severity=warning")).json()) as { events: Json[] };
  return events.filter(({ stage }) => stage === "capability_change") as never;
}

const changed = { backend: "one", tool: "read", change: "changed", difference: [poison] };

test("warn tells of a change once and hides nothing", async () => {
  await using gateway = await locked("warn");
  await using client = await connect(gateway.url);
  await offer(client, poisoned);
  await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
  expect(await lockOf(gateway)).toEqual({
    mode: "warn",
    file: join(gateway.directory, "argus.lock"),
    changes: [{ ...changed, hidden: false, hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
  });
  expect(await client.toolNames()).toContain("read");
  // A further change shows that the tools were listed once more.
  await offer(client, poisoned, { ...read, name: "new" });
  await until("the new tool is seen", async () => (await warnings(gateway)).length > 1);
  const [first, second, ...more] = await warnings(gateway);
  expect(first).toMatchObject({
    backend: "one",
    details: { tool: "read", change: "changed", difference: [poison] },
  });
  expect(second).toMatchObject({ details: { tool: "new", change: "new" } });
  expect(more).toEqual([]);
});

test("what has changed again since somebody looked at it is not approved", async () => {
  await using gateway = await locked("warn");
  await using client = await connect(gateway.url);
  await offer(client, { ...read, description: "Reads it." });
  await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
  const [{ hash } = {}] = (await lockOf(gateway)).changes;
  await offer(client, poisoned);
  await until("the next one is seen", async () => (await lockOf(gateway)).changes[0]?.hash !== hash);
  const answer = await approve(gateway, { backend: "one", tools: ["read"], hashes: { read: hash } });
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining("has changed again")]);
  expect((await lockOf(gateway)).changes).toHaveLength(1);
});

describe("block", () => {
  /** The whole answer to a call, with the name taken out. */
  async function answerTo(gateway: Gateway, client: Connected, name: string): Promise<string> {
    const transport = client.transport as { sessionId?: string } | undefined;
    const response = await fetch(`${gateway.url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": transport?.sessionId ?? "",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { name, arguments: {} } }),
    });
    const text = await response.text();
    expect(text).toContain(name);
    return `${response.status} ${text.replaceAll(name, "…")}`;
  }

  test("hides what has changed until it is approved, and tells clients of both", async () => {
    await using gateway = await locked("block");
    await using client = await connect(gateway.url);
    await using sse = await connect(gateway.url, { transport: "sse" });
    expect(await client.toolNames()).toEqual(["call", "lines", "read", "other"]);
    const heard = [client, sse].map(countChanges);
    await offer(client, poisoned);
    for (const counts of heard) await until("the client was told", () => counts.tools === 1);
    for (const each of [client, sse]) expect(await each.toolNames()).toEqual(["call", "lines", "other"]);
    expect(await answerTo(gateway, client, "read")).toBe(await answerTo(gateway, client, "none"));
    const [denied, unknown] = await until("the calls are noted", () => {
      const lines = auditOf(gateway.directory).slice(-2);
      return lines.at(-1)?.target.capability_name === "none" && lines;
    });
    expect(denied).toMatchObject({
      target: { backend: "one", capability_name: "read", original_name: "read" },
      outcome: { status: "denied", error: "server.tool_lock: the tool has changed since it was approved" },
    });
    expect(unknown).toMatchObject({ target: { backend: null }, outcome: { status: "failure" } });
    expect(await lockOf(gateway)).toMatchObject({ mode: "block", changes: [{ ...changed, hidden: true }] });
    const shown = (await (await gateway.manage("/capabilities?filtered=true&search=read")).json()) as Json;
    expect(shown).toMatchObject({ tools: [{ name: "read", filtered: true }], route_map: {} });

    const [{ hash } = {}] = (await lockOf(gateway)).changes;
    const answer = await approve(gateway, { backend: "one", tools: ["read"], hashes: { read: hash } });
    expect([answer.status, await answer.json()]).toEqual([200, { backend: "one", approved: ["read"] }]);
    for (const counts of heard) await until("the client was told", () => counts.tools === 2);
    expect((await client.listTools()).tools[2]).toEqual(poisoned as never);
    expect(await client.raw("tools/call", { name: "read" })).toMatchObject({ received: { name: "read" } });
    expect(JSON.parse(lockIn(gateway)).backends.one.tools.read.definition).toEqual(poisoned);
    expect(await lockOf(gateway)).toMatchObject({ changes: [] });
    const line = await until("the approval is noted", () =>
      auditOf(gateway.directory).find(({ target }) => target.method === "approve"),
    );
    expect(line).toMatchObject({
      event_type: "management",
      source: { client_ip: "127.0.0.1" },
      target: { backend: "one", capability_name: "read" },
      outcome: { status: "success", error: null },
    });
  });

  test("hides it also from the search of the optimizer, under a prefix, and where policies narrow what is left", async () => {
    const optimizer = { enabled: true };
    const conflict_resolution = { strategy: "prefix" };
    const policies = [{ effect: "deny", resources: ["tool:nothing"] }];
    const authorization = { enabled: true, default_effect: "allow", policies };
    await using gateway = await locked("block", { optimizer, conflict_resolution, authorization });
    await using client = await connect(gateway.url);
    await client.raw("tools/call", { name: "one_call", _meta: { "test/offer": { tools: [...rawTools, poisoned] } } });
    await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
    expect(JSON.parse(await client.text("find_tool", { query: "" }))).toEqual(["one_call", "one_lines", "two_other"]);
    const called = (name: string) =>
      client.text("call_tool", { name }).catch(({ message }: Error) => message.replaceAll(name, "…"));
    expect(await called("one_read")).toBe(await called("one_none"));
    const denied = await until("the call is noted", () =>
      auditOf(gateway.directory).find(({ target }) => target.capability_name === "one_read"),
    );
    expect(denied).toMatchObject({
      target: { backend: "one", original_name: "read" },
      outcome: { status: "denied", error: expect.stringContaining("server.tool_lock") },
    });
  });

  test("hides it also from methods that the gateway does not know", async () => {
    await using gateway = await locked("block", { backends: { one: one(read) } });
    await using client = await connect(gateway.url);
    const ask = (name: string) => client.raw("tools/explain", { name, uri: `tool:${name}` });
    expect(await ask("read")).toMatchObject({ received: { name: "read" } });
    await offer(client, poisoned);
    await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
    await expect(ask("read")).rejects.toMatchObject({ code: -32601 });
    expect(await ask("call")).toMatchObject({ received: { name: "call" } });
  });

  test("takes approvals that come together, and loses none", async () => {
    await using gateway = await locked("block");
    await using client = await connect(gateway.url);
    const tools = Array.from({ length: 20 }, (_, index) => ({ ...read, name: `read${index}` }));
    await offer(client, read, ...tools);
    await until("the tools are seen", async () => (await lockOf(gateway)).changes.length === tools.length);
    const answers = await Promise.all(tools.map(({ name }) => approve(gateway, { backend: "one", tools: [name] })));
    expect(answers.map(({ status }) => status)).toEqual(tools.map(() => 200));
    const { one } = JSON.parse(lockIn(gateway)).backends;
    expect(Object.keys(one.tools).sort()).toEqual([...tools.map(({ name }) => name), "call", "lines", "read"].sort());
    expect(await client.toolNames()).toHaveLength(tools.length + 4);
  });

  test("refuses approvals that make no sense, and notes them", async () => {
    await using gateway = await locked("block");
    const text = lockIn(gateway);
    const refused = async (body: unknown) => {
      const response = await approve(gateway, body);
      return [response.status, ((await response.json()) as { error: { message: string } }).error.message];
    };
    for (const body of [
      { backend: "one" },
      { backend: "one", tools: [] },
      { tools: ["read"] },
      { backend: "one", tools: "read" },
      { backend: "one", tools: ["read"], hashes: { raed: "sha256:0" } },
    ])
      expect((await refused(body))[0]).toBe(400);
    expect(await refused({ backend: "x", tools: ["read"] })).toEqual([404, 'no enabled backend is called "x"']);
    expect(await refused({ backend: "one", tools: ["read", "x"] })).toEqual([
      404,
      'tool "x" of backend "one" is neither offered nor approved; nothing was approved',
    ]);
    writeFileSync(join(gateway.directory, "argus.lock"), "broken");
    expect(await refused({ backend: "one", tools: ["read"] })).toEqual([
      409,
      expect.stringMatching(/^nothing was approved: .*argus\.lock: is not JSON/),
    ]);
    expect(lockIn(gateway)).toBe("broken");
    writeFileSync(join(gateway.directory, "argus.lock"), text);
    const lines = await until("all are noted", () => {
      const found = auditOf(gateway.directory).filter(({ target }) => target.method === "approve");
      return found.length === 8 && found;
    });
    expect(lines.map(({ outcome }) => outcome.status)).toEqual(lines.map(() => "failure"));
  });

  test("does not start, and is not reloaded into, without its file or with a broken one", async () => {
    using place = folder({ "config.yaml": config("block") });
    const missing = await run(["server", "--port", "0"], place);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /argus\.lock: there is no such file, and server\.tool_lock: block needs it; .*--update-lock/,
    );
    await using gateway = await startGateway(config("off"));
    gateway.edit(config("block"));
    const reload = async () => (await (await gateway.manage("/reload", { method: "POST" })).json()) as Json;
    expect(await reload()).toMatchObject({ reloaded: false, errors: [expect.stringContaining("no such file")] });
    writeFileSync(join(gateway.directory, "argus.lock"), "{");
    expect(await reload()).toMatchObject({ reloaded: false, errors: [expect.stringContaining("is not JSON")] });
    expect(await lockOf(gateway)).toMatchObject({ mode: "off", changes: [] });
    rmSync(join(gateway.directory, "argus.lock"));
    await updateLock(gateway);
    expect(await reload()).toMatchObject({ reloaded: true, errors: [] });
    expect(await lockOf(gateway)).toMatchObject({ mode: "block", changes: [] });
  });

  test("keeps what is approved while a reload tries backends", async () => {
    const conflict_resolution = { strategy: "error" };
    await using gateway = await locked("block", { conflict_resolution });
    await using client = await connect(gateway.url);
    await offer(client, poisoned);
    await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
    const slow = script("echo > tried; until [ -e go ]; do sleep 0.02; done; exec sh $tiny slow");
    gateway.edit(config("block", { conflict_resolution, backends: { one: one(read), two, slow } }));
    const reload = gateway.manage("/reload", { method: "POST" });
    await until("the slow one is tried", () => existsSync(join(gateway.directory, "tried")));
    expect((await approve(gateway, { backend: "one", tools: ["read"] })).status).toBe(200);
    writeFileSync(join(gateway.directory, "go"), "");
    expect(await (await reload).json()).toMatchObject({ reloaded: true });
    const changes = await until("the slow one is there", async () => {
      const found = (await lockOf(gateway)).changes;
      return found.length > 0 && found;
    });
    expect(changes).toMatchObject([{ backend: "slow", tool: "slow" }]);
    expect(await client.toolNames()).toEqual(["call", "lines", "read", "other"]);
  });

  test("takes back what was approved when the file is as it was before", async () => {
    await using gateway = await locked("block");
    await using client = await connect(gateway.url);
    const before = lockIn(gateway);
    await offer(client, poisoned);
    await until("the change is seen", async () => (await lockOf(gateway)).changes.length > 0);
    await approve(gateway, { backend: "one", tools: ["read"] });
    expect(await client.toolNames()).toContain("read");
    writeFileSync(join(gateway.directory, "argus.lock"), before);
    expect(await (await gateway.manage("/reload", { method: "POST" })).json()).toMatchObject({ reloaded: true });
    expect(await client.toolNames()).not.toContain("read");
  });

  test("takes what the file says by the next reload, and after a restart", async () => {
    await using gateway = await locked("block");
    await using client = await connect(gateway.url);
    const lock = JSON.parse(lockIn(gateway));
    delete lock.backends.one.tools.read;
    writeFileSync(join(gateway.directory, "argus.lock"), JSON.stringify(lock));
    expect(await client.toolNames()).toContain("read");
    await gateway.manage("/reload", { method: "POST" });
    expect(await client.toolNames()).toEqual(["call", "lines", "other"]);
    await using again = await launch(["server", "--port", "0"], gateway);
    await until("it is ready", async () => (await fetch(`${again.url}/manage/v1/ready`)).ok);
    await using other = await connect(again.url);
    expect(await other.toolNames()).toEqual(["call", "lines", "other"]);
  });
});

test("off written as a boolean, as YAML 1.1 programs do, is off", async () => {
  await using gateway = await startGateway(config(false));
  expect(await lockOf(gateway)).toMatchObject({ mode: "off", changes: [] });
  const answer = await approve(gateway, { backend: "one", tools: ["read"] });
  expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: "conflict" } }]);
});
