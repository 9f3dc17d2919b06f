// The audit trail: one line of one shape for each call, whatever becomes of it, and never what a call carries.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../src/model.ts";
import { Audit, type AuditSettings } from "../../../src/observe/audit.ts";
import { combine, OUTCOMES, type OutcomeWord } from "../../../src/observe/calls.ts";
import { createRedactor, MASK } from "../../../src/observe/redact.ts";
import { request } from "../../../src/protocol/message.ts";
import { linesIn } from "../../fixtures/audit-lines.ts";
import { callerOf, session, upstream } from "../gateway/stand-ins.ts";
import { endings, pass } from "./calling.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "argus-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function open(changed: Partial<AuditSettings> = {}) {
  const settings = { enabled: true, file: join(directory, "audit.jsonl"), max_size_mb: 1, backup_count: 1, ...changed };
  const printed: string[] = [];
  const reported: string[] = [];
  const audit = new Audit(settings, {
    redactor: createRedactor(["planted-secret"]),
    report: (problem) => reported.push(problem),
    print: (line) => printed.push(line),
  });
  const lines = async () => {
    await audit.stop();
    return linesIn(settings.file);
  };
  return { audit, settings, printed, reported, lines };
}

describe("a call", () => {
  test("has a line with who, what and how it ended", async () => {
    const { audit, lines } = open();
    const client = { name: "a client", version: "1.2" };
    const opened = {
      ...session("public-id"),
      hello: request(0, "initialize", { clientInfo: client }),
      identity: { subject: "ada", issuer: "https://issuer", roles: [] },
      address: "192.0.2.1",
    };
    const before = Date.now();
    const entry = audit.observer.begin(request(1, "tools/call", { name: "files_add" }), callerOf(opened));
    entry.routed({ upstream: upstream("files"), original: "add" });
    entry.end(endings.success);
    const [line, ...others] = await lines();
    expect(others).toEqual([]);
    expect(line).toStrictEqual({
      timestamp: expect.any(String),
      event_id: expect.stringMatching(UUID),
      event_type: "mcp_operation",
      source: { session_id: "public-id", client_ip: "192.0.2.1", user_id: "ada", client },
      target: { backend: "files", method: "tools/call", capability_name: "files_add", original_name: "add" },
      outcome: { status: "success", latency_ms: expect.any(Number), error: null },
    });
    expect(Date.parse(line?.timestamp ?? "")).toBeWithin(before, Date.now() + 1);
    expect(line?.outcome.latency_ms).toBeGreaterThanOrEqual(0);
  });

  test("has null for what is not known", async () => {
    const { audit, lines } = open();
    pass(audit.observer, { params: {}, backends: [], outcome: endings.unknown });
    expect(await lines()).toMatchObject([
      {
        source: { session_id: "public-id", client_ip: null, user_id: null, client: { name: null, version: null } },
        target: { backend: null, method: "tools/call", capability_name: null, original_name: null },
      },
    ]);
  });

  const errors: Record<OutcomeWord, string | null> = {
    success: null,
    tool_error: "tool_error",
    error: "JSON-RPC error -32603",
    unknown: "unknown_capability",
    cancelled: "cancelled",
    timeout: "timeout",
    failed: "unavailable",
  };

  test.each([...OUTCOMES])("that ends as %s says so, and nothing in the words of a backend", async (word) => {
    const { audit, lines } = open();
    pass(audit.observer, { outcome: endings[word] });
    const [line] = await lines();
    expect(line?.outcome).toMatchObject({ status: word === "success" ? "success" : "failure", error: errors[word] });
  });

  test("that fails in an unforeseen way is internal", async () => {
    const { audit, lines } = open();
    pass(audit.observer, { outcome: { error: new TypeError("with words") } });
    expect((await lines())[0]?.outcome).toMatchObject({ status: "failure", error: "internal" });
  });

  test("that is denied is told with the true reason and the backend, alone or among others", async () => {
    const { audit, lines } = open();
    const observer = combine([audit.observer, { begin: () => ({ routed: () => undefined, end: () => undefined }) }]);
    for (const answered of [false, true]) {
      const entry = observer?.begin(request(1, "resources/read", { uri: "x://y" }), callerOf(session("public-id")));
      entry?.denied?.("no one reads y", { upstream: upstream("files"), original: "x://y" });
      if (answered) entry?.routed({ upstream: upstream("other"), original: "x://y" });
      entry?.end(answered ? endings.success : endings.unknown);
    }
    expect(await lines()).toMatchObject([
      { target: { backend: "files", original_name: "x://y" }, outcome: { status: "denied", error: "no one reads y" } },
      { target: { backend: "other" }, outcome: { status: "success", error: null } },
    ]);
  });

  const about: [method: string, params: JsonObject, name: string | null][] = [
    ["tools/call", { name: "add", arguments: { a: "carried" } }, "add"],
    ["prompts/get", { name: "greet", arguments: { a: "carried" } }, "greet"],
    ["resources/read", { uri: "x://y" }, "x://y"],
    ["resources/subscribe", { uri: "x://y" }, "x://y"],
    ["resources/unsubscribe", { uri: "x://y" }, "x://y"],
    ["completion/complete", { ref: { type: "ref/prompt", name: "greet" }, argument: { value: "carried" } }, "greet"],
    ["completion/complete", { ref: { type: "ref/resource", uri: "x://{y}" } }, "x://{y}"],
    ["tasks/get", { taskId: "carried" }, null],
    ["tasks/cancel", { taskId: "carried", name: "carried" }, null],
    ["example.org/other", { anything: "carried" }, null],
    ["tools/call", { name: 7 }, null],
  ];

  test.each(about)("of %s %j is about %p, and what it carries is not told", async (method, params, name) => {
    const { audit, lines } = open();
    pass(audit.observer, { method, params, outcome: endings.success });
    const [line] = await lines();
    expect(line?.target).toMatchObject({ method, capability_name: name, original_name: name === null ? null : "add" });
    expect(JSON.stringify(line)).not.toContain("carried");
  });

  test.each(["tools/list", "resources/templates/list", "tasks/list", "ping", "logging/setLevel"])(
    "of %s calls nothing and has no line",
    async (method) => {
      const { audit, lines } = open();
      pass(audit.observer, { method, params: {} });
      expect(await lines()).toEqual([]);
    },
  );

  test("has no secrets and no endless names", async () => {
    const { audit, lines } = open();
    pass(audit.observer, { params: { name: "get planted-secret" }, outcome: endings.unknown });
    pass(audit.observer, { method: "x".repeat(10_000), params: { name: "y".repeat(10_000) } });
    const [secret, long] = await lines();
    expect(secret?.target.capability_name).toBe(`get ${MASK}`);
    expect(JSON.stringify(long).length).toBeLessThan(2_000);
  });
});

test("who could not show who it is, and what was changed, has a line", async () => {
  const { audit, lines } = open();
  audit.authFailed({ address: "192.0.2.1", error: "Bearer planted-secret is wrong" });
  audit.management({ method: "reconnect", address: "127.0.0.1", backend: "files", latency: 7 });
  audit.management({ method: "end_session", name: "public-id", error: "no session of this id" });
  const nobody = { session_id: null, user_id: null, client: null };
  expect((await lines()).map(({ timestamp: _, event_id: __, ...line }) => line)).toStrictEqual([
    {
      event_type: "auth_failed",
      source: { ...nobody, client_ip: "192.0.2.1" },
      target: { backend: null, method: null, capability_name: null, original_name: null },
      outcome: { status: "failure", latency_ms: null, error: `Bearer ${MASK} is wrong` },
    },
    {
      event_type: "management",
      source: { ...nobody, client_ip: "127.0.0.1" },
      target: { backend: "files", method: "reconnect", capability_name: null, original_name: null },
      outcome: { status: "success", latency_ms: 7, error: null },
    },
    {
      event_type: "management",
      source: { ...nobody, client_ip: null },
      target: { backend: null, method: "end_session", capability_name: "public-id", original_name: null },
      outcome: { status: "failure", latency_ms: null, error: "no session of this id" },
    },
  ]);
});

describe("the file", () => {
  test("has every line once and in order, however many there are", async () => {
    const { audit, lines } = open();
    for (let index = 0; index < 2_000; index++) pass(audit.observer, { params: { name: `n${index}` } });
    const all = await lines();
    expect(all.map(({ target }) => target.capability_name)).toEqual(Array.from({ length: 2_000 }, (_, n) => `n${n}`));
    const ids = all.map(({ event_id }) => event_id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(2_000);
  });

  test("changes with the settings, and nothing is noted where it is switched off", async () => {
    const { audit, settings, printed, lines } = open();
    pass(audit.observer, { params: { name: "first" } });
    const file = join(directory, "other", "audit.jsonl");
    audit.apply({ ...settings, file });
    pass(audit.observer, { params: { name: "second" } });
    audit.apply({ ...settings, enabled: false });
    pass(audit.observer, { params: { name: "none" } });
    const names = [...(await lines()), ...linesIn(file)].map(({ target }) => target.capability_name);
    expect(names).toEqual(["first", "second"]);
    expect(printed).toEqual([]);
  });

  test("has what was called before a change of the settings and ended after it in the new place", async () => {
    const { audit, settings, lines } = open();
    const entry = audit.observer.begin(request(1, "tools/call", { name: "long" }), callerOf(session("public-id")));
    const file = join(directory, "other.jsonl");
    audit.apply({ ...settings, file });
    entry.end(endings.success);
    expect(await lines()).toEqual([]);
    expect(linesIn(file)).toHaveLength(1);
  });

  test("that cannot be is told once, and every line is printed", async () => {
    writeFileSync(join(directory, "taken"), "");
    const { audit, printed, reported } = open({ file: join(directory, "taken", "audit.jsonl") });
    pass(audit.observer, { params: { name: "early" } });
    await audit.stop();
    pass(audit.observer, { params: { name: "late" } });
    expect(reported).toEqual([expect.stringMatching(/taken.*audit\.file.*stderr: .*(EEXIST|ENOTDIR)/)]);
    expect(printed.map((line) => JSON.parse(line).target.capability_name)).toEqual(["early", "late"]);
  });

  test("that does not take lines fast enough leaves a report of how many are lost", async () => {
    const { audit, reported, lines } = open({ max_size_mb: 100 });
    const name = "x".repeat(500);
    const total = 20_000;
    for (let index = 0; index < total; index++) pass(audit.observer, { params: { name } });
    const written = (await lines()).length;
    expect(written).toBeLessThan(total);
    expect(reported).toEqual([expect.stringContaining(`${total - written} audit lines are lost`)]);
  });
});
