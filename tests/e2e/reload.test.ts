// The configuration changes while clients are connected over both transports: they are told, and see what is new.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { chaos, type StdioBackend, script, tiny } from "../fixtures/backends.ts";
import { countChanges } from "../fixtures/changes.ts";
import { connect } from "../fixtures/connect.ts";
import { freePort } from "../fixtures/free-port.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { alive } from "../fixtures/processes.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

interface Section {
  [key: string]: unknown;
}

const configuration = (backends: Record<string, object>, more: Section = {}) => ({ version: "1", backends, ...more });

/** Edits the file and reloads; gives the report. */
async function reload(gateway: Gateway, config: object | string): Promise<Section> {
  gateway.edit(config);
  return (await (await gateway.manage("/reload", { method: "POST" })).json()) as Section;
}

const unwatched = { feature_flags: { hot_reload: false } };
const nothing = { backends_added: [], backends_removed: [], backends_changed: [], restart_required: [], errors: [] };

const one = tiny("one");
const two = tiny("two");

/** What changes from the first configuration to the second, and what clients list before and after. */
const changes: Record<string, { from: Section; to: Section; before: string[]; after: string[]; report: Section }> = {
  "a backend is added": {
    from: { backends: { one } },
    to: { backends: { one, two } },
    before: ["one"],
    after: ["one", "two"],
    report: { backends_added: ["two"] },
  },
  "a backend is removed": {
    from: { backends: { one, two } },
    to: { backends: { two } },
    before: ["one", "two"],
    after: ["two"],
    report: { backends_removed: ["one"] },
  },
  "a backend is another one": {
    from: { backends: { one, two } },
    to: { backends: { one: tiny("three"), two } },
    before: ["one", "two"],
    after: ["three", "two"],
    report: { backends_changed: ["one"] },
  },
  "a backend is disabled": {
    from: { backends: { one, two } },
    to: { backends: { one: { ...one, enabled: false }, two } },
    before: ["one", "two"],
    after: ["two"],
    report: { backends_changed: ["one"] },
  },
  "a backend is enabled": {
    from: { backends: { one: { ...one, enabled: false }, two } },
    to: { backends: { one, two } },
    before: ["two"],
    after: ["one", "two"],
    report: { backends_changed: ["one"] },
  },
  "a backend is shared no more": {
    from: { backends: { one, two } },
    to: { backends: { one: { ...one, sharing: "session" }, two: tiny("new") } },
    before: ["one", "two"],
    after: ["one", "new"],
    report: { backends_changed: ["one", "two"] },
  },
  "the order of backends changes": {
    from: { backends: { one, two } },
    to: { backends: { two, one } },
    before: ["one", "two"],
    after: ["two", "one"],
    report: {},
  },
  "a filter hides a tool": {
    from: { backends: { one, two } },
    to: { backends: { one: { ...one, filters: { tools: { deny: ["o*"] } } }, two } },
    before: ["one", "two"],
    after: ["two"],
    report: { backends_changed: ["one"] },
  },
  "a tool gets another name": {
    from: { backends: { one, two } },
    to: { backends: { one: { ...one, tool_overrides: { one: { name: "first" } } }, two } },
    before: ["one", "two"],
    after: ["first", "two"],
    report: { backends_changed: ["one"] },
  },
  "the conflict strategy changes": {
    from: { backends: { one, two } },
    to: { backends: { one, two }, conflict_resolution: { strategy: "prefix", separator: "." } },
    before: ["one", "two"],
    after: ["one.one", "two.two"],
    report: {},
  },
  "the optimizer is switched on": {
    from: { backends: { one, two } },
    to: { backends: { one, two }, optimizer: { enabled: true, keep_tools: ["two"] } },
    before: ["one", "two"],
    after: ["find_tool", "call_tool", "two"],
    report: {},
  },
};

describe.each(Object.entries(changes))("%s", (_, { from, to, before, after, report }) => {
  test.each(["by POST /reload", "by the watch of the file"])("%s", async (way) => {
    const byRequest = way.startsWith("by POST");
    const flags = byRequest ? unwatched : {};
    await using gateway = await startGateway(configuration({}, { ...from, ...flags }));
    await using streamable = await connect(gateway.url);
    await using sse = await connect(gateway.url, { transport: "sse" });
    const clients = [streamable, sse];
    for (const client of clients) expect(await client.toolNames()).toEqual(before);
    const heard = clients.map(countChanges);
    const next = configuration({}, { ...to, ...flags });
    if (byRequest) expect(await reload(gateway, next)).toEqual({ reloaded: true, ...nothing, ...report });
    else gateway.edit(next);
    for (const client of clients)
      await until(`clients see ${after}`, async () => Bun.deepEquals(await client.toolNames(), after));
    for (const counts of heard) await until("the clients were told", () => counts.tools > 0);
    const own = after.filter((name) => !name.endsWith("_tool"));
    for (const client of clients) for (const name of own) expect(await client.text(name)).toMatch(/^\d+$/);
  });
});

describe("what did not change", () => {
  test("stays as it was: process, session, and no word to the clients", async () => {
    const backends: Record<string, StdioBackend> = { one: chaos(), two };
    await using gateway = await startGateway(configuration(backends, unwatched));
    await using client = await connect(gateway.url);
    const pid = await client.text("pid");
    const heard = countChanges(client);
    for (let count = 0; count < 3; count++) {
      expect(await reload(gateway, configuration(backends, unwatched))).toEqual({ reloaded: true, ...nothing });
    }
    const limits = { limits: { sessions: 7, session_idle: 60 } };
    await reload(gateway, configuration(backends, { ...unwatched, server: limits }));
    expect(await client.text("pid")).toBe(pid);
    expect(heard).toEqual({ tools: 0, prompts: 0, resources: 0 });
  });

  test("a change of filters, names, group or time-outs starts no process anew", async () => {
    await using gateway = await startGateway(configuration({ one: chaos() }));
    await using client = await connect(gateway.url);
    const pid = await client.text("pid");
    const changed = { group: "other", timeouts: { call: 5 }, tool_overrides: { pid: { name: "process" } } };
    await reload(gateway, configuration({ one: { ...chaos(), ...changed } }));
    expect(await client.text("process")).toBe(pid);
    await using grouped = await connect(gateway.url, { group: "other" });
    expect(await grouped.text("process")).toBe(pid);
  });
});

test("a local process behind a URL ends before its successor starts, since both want the port", async () => {
  const port = freePort();
  const args = [join(import.meta.dir, "..", "fixtures", "full.ts"), "--sse", port];
  const local = { type: "sse", url: `http://127.0.0.1:${port}/sse`, command: process.execPath, args };
  await using gateway = await startGateway(configuration({ one: { ...local, env: { NAME: "a" } } }));
  await using client = await connect(gateway.url);
  const pidOf = async () => {
    const one = (await (await gateway.manage("/backends/one")).json()) as { phase: string; pid: number };
    return one.phase === "ready" && one.pid;
  };
  const before = await until("the first one serves", pidOf);
  await reload(gateway, configuration({ one: { ...local, env: { NAME: "b" } } }));
  const after = await until("another one serves", pidOf);
  expect([alive(before), alive(after)]).toEqual([false, true]);
  expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
  const events = await (await gateway.manage("/events")).text();
  expect(events).not.toContain("backend_failed");
});

describe("a file that is wrong", () => {
  test("changes nothing, and says where and what", async () => {
    await using gateway = await startGateway(configuration({ one: chaos() }, unwatched));
    await using client = await connect(gateway.url);
    const pid = await client.text("pid");
    const wrong =
      'version: "1"\nbackends:\n  one: { type: stdio, comand: sh }\n  two: { type: http, url: "http://x" }\n';
    const report = await reload(gateway, wrong);
    expect(report).toMatchObject({ ...nothing, reloaded: false, errors: expect.any(Array) });
    expect(report.errors).toEqual([
      expect.stringMatching(/config\.yaml:3:\d+: backends\.one.*command/),
      expect.stringMatching(/config\.yaml:3:\d+: backends\.one\.comand: unknown key.*did you mean "command"/),
      expect.stringMatching(/config\.yaml:4:\d+: backends\.two\.type: .*did you mean "streamable-http"/),
    ]);
    expect(await client.text("pid")).toBe(pid);
    expect(await stages(gateway)).toContain("config_rejected");
    expect(await reload(gateway, configuration({ one: chaos(), two }, unwatched))).toMatchObject({ reloaded: true });
    await until("the new backend is there", async () => (await client.toolNames()).includes("two"));
  });

  test("is overtaken by one that is right, even while its backends are tried", async () => {
    const strict = { conflict_resolution: { strategy: "error" } };
    await using gateway = await startGateway(configuration({ one }, strict));
    await using client = await connect(gateway.url);
    gateway.edit(configuration({ one, slow: script("echo > tried; exec sleep 4242") }, strict));
    await until("the slow one is tried", () => existsSync(join(gateway.directory, "tried")));
    gateway.edit(configuration({ one, two }, strict));
    await until("the right one is in force", async () => (await client.toolNames()).includes("two"));
  });

  test("is refused when backends conflict under strategy error, whether they are new or old", async () => {
    const strict = { ...unwatched, conflict_resolution: { strategy: "error" } };
    await using gateway = await startGateway(configuration({ one, two }, strict));
    await using client = await connect(gateway.url);
    const renamed = { ...two, tool_overrides: { two: { name: "one" } } };
    const conflicting: Record<string, object>[] = [
      { one, two, three: tiny("one") },
      { one, two: tiny("one") },
      { one, two: renamed },
    ];
    for (const backends of conflicting) {
      const report = await reload(gateway, configuration(backends, strict));
      expect(report).toMatchObject({
        reloaded: false,
        errors: [expect.stringMatching(/"one" and ".*" both offer "one"/)],
      });
      expect(await client.toolNames()).toEqual(["one", "two"]);
    }
    expect(await reload(gateway, configuration({ one, two, three: tiny("three") }, strict))).toMatchObject({
      reloaded: true,
    });
    await until("the new backend is there", async () => (await client.toolNames()).includes("three"));
  });
});

describe("of the server's own keys", () => {
  test("host and port need a restart, and the answer says so", async () => {
    await using gateway = await startGateway(configuration({ one }));
    gateway.edit(configuration({ one }, { server: { host: "0.0.0.0", port: 1 } }));
    const answer = await gateway.manage("/reload", { method: "POST" });
    // The port is given by a flag here, which wins over the file.
    expect(await answer.json()).toMatchObject({ reloaded: true, restart_required: ["server.host"] });
  });

  test("the token, the allowed hosts and the size of bodies count at once", async () => {
    await using gateway = await startGateway(configuration({ one }));
    const server = { management: { token: "secret-token" }, allowed_hosts: ["argus.example"], limits: { body: 500 } };
    const host = { headers: { host: "argus.example" } };
    expect((await gateway.manage("/status", host)).status).toBe(403);
    await reload(gateway, configuration({ one }, { server }));
    expect((await gateway.manage("/status")).status).toBe(401);
    const headers = { authorization: "bearer secret-token" };
    expect((await gateway.manage("/status", { headers: { ...headers, ...host.headers } })).status).toBe(200);
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: " ".repeat(501) };
    expect((await fetch(`${gateway.url}/mcp`, post)).status).toBe(413);
  });

  test("the log level counts at once", async () => {
    await using gateway = await startGateway(configuration({ one }));
    await reload(gateway, configuration({ one }, { server: { log_level: "debug" } }));
    await using _client = await connect(gateway.url);
    await gateway.logged(/ debug .*session .* opened/);
  });
});

test("hot_reload: false leaves the file alone until somebody asks", async () => {
  await using gateway = await startGateway(configuration({ one }, unwatched));
  await using client = await connect(gateway.url);
  gateway.edit(configuration({ two }));
  // The watch would have noticed this edit by the time when it notices the next one.
  await Bun.sleep(500);
  expect(await client.toolNames()).toEqual(["one"]);
  await gateway.manage("/reload", { method: "POST" });
  await until("the edit is in force", async () => (await client.toolNames())[0] === "two");
  gateway.edit(configuration({ one }));
  await until("the file is watched again", async () => (await client.toolNames())[0] === "one");
});

test("subscriptions outlive a change of their backend", async () => {
  const offering = (name: string) => configuration({ one: { ...chaos(), env: { NAME: name } } });
  await using gateway = await startGateway(offering("a"));
  await using client = await connect(gateway.url);
  const updates: unknown[] = [];
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updates.push(params.uri));
  const uri = "chaos://fixed";
  await client.subscribeResource({ uri });
  const pid = await client.text("pid");
  await reload(gateway, offering("b"));
  await until("the new process serves", async () => (await client.text("pid")) !== pid);
  await client.text("touch", { uri });
  await until("the update arrives", () => updates.includes(uri));
});

async function stages(gateway: Gateway): Promise<string[]> {
  const { events } = (await (await gateway.manage("/events")).json()) as { events: { stage: string }[] };
  return events.map(({ stage }) => stage);
}
