// The audit trail of a running gateway: who asked, changes by the management API, and where the lines go.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { auditOf, linesIn } from "../fixtures/audit-lines.ts";
import { tiny } from "../fixtures/backends.ts";
import { folder, launch } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { modernRequest } from "../fixtures/modern-client.ts";
import { until } from "../fixtures/until.ts";

const backends = { tiny: tiny("tool") };

test("a call is a line of one shape in a file that only its owner may read, soon after it has ended", async () => {
  await using gateway = await startGateway({ version: "1", conflict_resolution: { strategy: "prefix" }, backends });
  await using client = await connect(gateway.url);
  await client.text("tiny_tool", { secret: "an argument" });
  const line = await until("the line is written", () => auditOf(gateway.directory).at(-1));
  const { sessions } = (await (await gateway.manage("/sessions")).json()) as { sessions: { id: string }[] };
  expect(line).toMatchObject({
    event_type: "mcp_operation",
    source: { session_id: sessions[0]?.id, user_id: null, client: { name: "field-test", version: "1.0.0" } },
    target: { backend: "tiny", method: "tools/call", capability_name: "tiny_tool", original_name: "tool" },
    outcome: { status: "success", error: null },
  });
  const file = join(gateway.directory, "logs", "audit.jsonl");
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("an argument");
}, 20_000);

test("the address of a client is noted", async () => {
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  await client.text("tool");
  const line = await until("the line is written", () => auditOf(gateway.directory).at(-1));
  expect(line.source.client_ip).toBe("127.0.0.1");
}, 20_000);

// Linux alone has all of 127.0.0.0/8 without being told so.
test.skipIf(process.platform !== "linux")(
  "the address is that of the call, also where there are no sessions",
  async () => {
    await using gateway = await startGateway({ version: "1", backends });
    for (const localAddress of ["127.0.0.1", "127.0.0.2"]) await callFrom(localAddress, `${gateway.url}/mcp`);
    const lines = await until("both lines are written", () => {
      const calls = auditOf(gateway.directory).filter(({ event_type: type }) => type === "mcp_operation");
      return calls.length === 2 && calls;
    });
    expect(lines.map(({ source }) => source.client_ip)).toEqual(["127.0.0.1", "127.0.0.2"]);
  },
  20_000,
);

/** Calls the tool as a modern client does, from one of this machine's addresses. */
async function callFrom(localAddress: string, url: string): Promise<void> {
  const { headers, body } = modernRequest("tools/call", { name: "tool", arguments: {} });
  const answered = Promise.withResolvers<void>();
  const outgoing = request(url, { method: "POST", headers, localAddress }, (response) => {
    response.resume().on("end", answered.resolve);
  });
  outgoing.on("error", answered.reject).end(body);
  await answered.promise;
}

test("changes have a line each, good and bad, and so has who shows no token", async () => {
  const management = { token: "the-right-token" };
  using place = folder({ "config.yaml": { version: "1", server: { management }, backends } });
  await using gateway = await launch(["server", "--port", "0"], place);
  const ask = (method: string, path: string, token = management.token) =>
    fetch(`${gateway.url}/manage/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  await until("every backend was tried", async () => (await ask("GET", "/ready")).ok);
  await using _client = await connect(gateway.url);
  const { sessions } = (await (await ask("GET", "/sessions")).json()) as { sessions: { id: string }[] };
  const id = sessions[0]?.id ?? "";
  await ask("POST", "/reload");
  await ask("POST", "/reconnect/tiny");
  await ask("POST", "/reconnect/nobody");
  await ask("DELETE", `/sessions/${id}`);
  await ask("POST", "/reload", "a-wrong-token");
  await ask("GET", "/backends", "a-wrong-token");
  writeFileSync(join(place.directory, "config.yaml"), "version: 2");
  await ask("POST", "/reload");
  await ask("POST", "/shutdown");
  expect(await gateway.exited).toBe(0);
  const asked = auditOf(place.directory).filter(({ source }) => source.client_ip !== null);
  const said = asked.map(({ event_type: type, target, outcome }) => [type, target.method, outcome.status]);
  expect(said).toEqual([
    ["management", "reload", "success"],
    ["management", "reconnect", "success"],
    ["management", "reconnect", "failure"],
    ["management", "end_session", "success"],
    ["auth_failed", null, "failure"],
    ["auth_failed", null, "failure"],
    ["management", "reload", "failure"],
    ["management", "shutdown", "success"],
  ]);
  expect(asked[1]?.target).toMatchObject({ backend: "tiny", capability_name: null });
  expect(asked[3]?.target.capability_name).toBe(id);
  expect(asked[6]?.outcome.error).toContain("config.yaml");
  for (const { source } of asked) expect(source.client_ip).toBe("127.0.0.1");
}, 20_000);

describe("the file", () => {
  test("is set aside when it is full, and only so many are kept", async () => {
    // Every line is longer than this.
    const audit = { file: "trail/audit.jsonl", max_size_mb: 0.0001, backup_count: 2 };
    await using gateway = await startGateway({ version: "1", audit, backends });
    await using client = await connect(gateway.url);
    const trail = (name: string) => linesIn(join(gateway.directory, "trail", name));
    for (const name of ["one", "two", "three", "four"]) {
      await client.raw("tools/call", { name }).catch(() => undefined);
      await until("the line is written", () => trail("audit.jsonl")[0]?.target.capability_name === name);
    }
    const kept = ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"].map(
      (name) => trail(name)[0]?.target.capability_name,
    );
    expect(kept).toEqual(["four", "three", "two"]);
    expect(existsSync(join(gateway.directory, "trail", "audit.jsonl.3"))).toBe(false);
  }, 20_000);

  test("is what a reload says, and there is none where the audit is off", async () => {
    await using gateway = await startGateway({ version: "1", audit: { enabled: false }, backends });
    await using client = await connect(gateway.url);
    await client.text("tool");
    const reload = (audit: object) => {
      gateway.edit({ version: "1", audit, backends });
      return gateway.manage("/reload", { method: "POST" });
    };
    await reload({ file: "one.jsonl" });
    await client.text("tool");
    await reload({ file: "two.jsonl" });
    await client.text("tool");
    const calls = (name: string) =>
      linesIn(join(gateway.directory, name)).filter(({ event_type: type }) => type === "mcp_operation");
    await until("the second file has its line", () => calls("two.jsonl").length > 0);
    expect([calls("one.jsonl").length, calls("two.jsonl").length]).toEqual([1, 1]);
    expect(auditOf(gateway.directory)).toEqual([]);
  }, 20_000);

  test("that cannot be written is told once, and the lines go to stderr", async () => {
    using place = folder({
      "config.yaml": { version: "1", audit: { file: "taken/audit.jsonl" }, backends },
      taken: "",
    });
    await using gateway = await launch(["server", "--port", "0"], place);
    await using client = await connect(gateway.url);
    await until("the tool can be called", async () => (await client.toolNames()).includes("tool"));
    await client.text("tool");
    await gateway.stop();
    const lines = gateway.stderr().match(/^\{"timestamp".*\}$/gm) ?? [];
    expect(lines.map((line) => JSON.parse(line).target.capability_name)).toEqual(["tool"]);
    expect(gateway.stderr().match(/ warning .*audit\.file.*/g)).toHaveLength(1);
  }, 20_000);
});
