// What the management API tells of a backend's life: when it dies, hangs, fails its calls, and when it is well again.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chaos, script, tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { Forgetful } from "../fixtures/forgetful.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { alive } from "../fixtures/processes.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

interface Backend {
  phase: string;
  state: string;
  pid: number;
  restarts: number;
  error: string | null;
  connected_at: string | null;
  health: { status: string; last_check: string | null; latency_ms: number | null };
  conditions: { type: string; status: boolean; reason: string; message: string }[];
}

async function backend(gateway: Gateway, name = "one"): Promise<Backend> {
  return (await (await gateway.manage(`/backends/${name}`)).json()) as Backend;
}

interface Event {
  stage: string;
  severity: string;
  message: string;
  backend: string | null;
}

async function events(gateway: Gateway): Promise<Event[]> {
  return ((await (await gateway.manage("/events?limit=1000")).json()) as { events: Event[] }).events;
}

/** The stages of what was told of a backend, in their order. */
const story = async (gateway: Gateway, name = "one") =>
  (await events(gateway)).filter((event) => event.backend === name).map(({ stage }) => stage);

const quick = { health: { interval: 0.1, timeout: 0.3, failures: 2 } };

test("kill -9: events, phase, counters and conditions tell the story, and it is ready again without help", async () => {
  await using gateway = await startGateway({ version: "1", backends: { one: tiny("one"), two: tiny("two") } });
  const [before, other] = [await backend(gateway), await backend(gateway, "two")];
  expect(before).toMatchObject({ phase: "ready", state: "connected", restarts: 0, error: null });
  process.kill(before.pid, "SIGKILL");
  const after = await until("it is connected again", async () => {
    const now = await backend(gateway);
    return now.phase === "ready" && now.pid !== before.pid && now;
  });
  expect(after).toMatchObject({ state: "connected", restarts: 1, error: null });
  expect(Date.parse(after.connected_at ?? "")).toBeGreaterThan(Date.parse(before.connected_at ?? ""));
  const connecting = ["backend_connecting", "backend_connected"];
  expect(await story(gateway)).toEqual([...connecting, "backend_disconnected", "backend_retrying", ...connecting]);
  const lost = (await events(gateway)).find(({ stage }) => stage === "backend_disconnected");
  expect(lost).toMatchObject({ severity: "warning", message: expect.stringContaining("SIGKILL") });
  const reasons = ["Connecting", "Connected", "WaitsForRetry", "Connecting", "Connected"];
  expect(after.conditions.map(({ reason }) => reason)).toEqual(reasons);
  expect(after.conditions.map(({ status }) => status)).toEqual([false, true, false, false, true]);
  const metrics = await (await gateway.manage("/metrics")).text();
  expect(metrics).toContain('argus_backend_restarts_total{backend="one"} 1\n');
  expect(metrics).toContain('argus_backend_phase{backend="one",phase="ready"} 1\n');
  expect(await backend(gateway, "two")).toMatchObject({ pid: other.pid, restarts: 0 });
});

test("kill -9 of a session's own process is told with the session", async () => {
  const own = { ...chaos(), sharing: "session" };
  await using gateway = await startGateway({ version: "1", backends: { one: own } });
  await using client = await connect(gateway.url);
  const pid = Number(await client.text("pid"));
  process.kill(pid, "SIGKILL");
  const lost = await until("the loss is told", async () =>
    (await events(gateway)).find(({ stage }) => stage === "backend_disconnected"),
  );
  expect(lost).toMatchObject({ backend: "one", severity: "warning", details: { session: expect.any(String) } });
  expect(Number(await client.text("pid"))).not.toBe(pid);
});

describe("health probes", () => {
  test("fill in status, latency and time, also of a backend without tools", async () => {
    const toolless = script('sh $tiny | sed -u \'s/"tools":\\[.*\\]/"tools":[]/\'');
    await using gateway = await startGateway({ version: "1", server: quick, backends: { one: toolless } });
    const { health } = await until("it was probed", async () => {
      const now = await backend(gateway);
      return now.health.last_check !== null && now;
    });
    expect(health).toEqual({ status: "healthy", last_check: expect.any(String), latency_ms: expect.any(Number) });
    expect(await backend(gateway)).toMatchObject({ phase: "ready", capabilities: { tools: 0 } });
    const status = (await (await gateway.manage("/health")).json()) as object;
    expect(status).toMatchObject({ status: "healthy", backends: { total: 1, connected: 1, healthy: 1 } });
  });

  test("find a process that hangs, and it is started anew", async () => {
    await using gateway = await startGateway({ version: "1", server: quick, backends: { one: tiny("one") } });
    const { pid } = await backend(gateway);
    process.kill(pid, "SIGSTOP");
    await until("another process serves", async () => {
      const now = await backend(gateway);
      return now.phase === "ready" && now.pid !== pid;
    });
    expect(await story(gateway)).toEqual(
      expect.arrayContaining(["health", "backend_disconnected", "backend_connected"]),
    );
    await until("the one that hangs was ended", () => !alive(pid));
  });

  test("leave a process alone that is busy with a call, and call it degraded meanwhile", async () => {
    // It reads nothing while it works, as many servers in Python do.
    const busy = script(
      'sh $tiny one | while read -r line; do case $line in *"text"*) until test -e open; do sleep 0.05; done;; esac; echo "$line"; done',
    );
    await using gateway = await startGateway({ version: "1", server: quick, backends: { one: busy } });
    await using client = await connect(gateway.url);
    const { pid } = await backend(gateway);
    const call = client.text("one");
    const degraded = await until("it is degraded", async () => {
      const now = await backend(gateway);
      return now.phase === "degraded" && now;
    });
    expect(degraded).toMatchObject({ pid, state: "connected", health: { status: "unhealthy" } });
    expect(degraded.error).toContain("health probes fail");
    expect(await (await gateway.manage("/health")).json()).toMatchObject({ backends: { connected: 1, healthy: 0 } });
    writeFileSync(join(gateway.directory, "open"), "");
    expect(await call).toMatch(/^\d+$/);
    await until("it is ready again", async () => (await backend(gateway)).phase === "ready");
    expect(await backend(gateway)).toMatchObject({ pid, restarts: 0, error: null, health: { status: "healthy" } });
  });

  test("notice that a remote server is gone before anybody calls", async () => {
    await using server = new Forgetful();
    const remote = { type: "streamable-http", url: server.url };
    await using gateway = await startGateway({ version: "1", server: quick, backends: { one: remote } });
    await server.stop();
    await until("it waits for a retry", async () => (await backend(gateway)).phase === "retrying");
    await server.restart();
    await until("it is ready again", async () => (await backend(gateway)).phase === "ready");
  });
});

describe("the circuit breaker", () => {
  const failing = { version: "1", backends: { one: { ...chaos(), timeouts: { call: 0.1 } } } };

  test("fails calls at once after five failures in a row, until a reconnect", async () => {
    await using gateway = await startGateway(failing);
    await using client = await connect(gateway.url);
    for (let count = 0; count < 5; count++) await expect(client.text("hang")).rejects.toThrow("did not answer within");
    await expect(client.text("echo")).rejects.toThrow(/"one" failed 5 times in a row; the next try is in \d/);
    const open = { type: "CircuitOpen", status: true, reason: "CallsFail" };
    expect((await backend(gateway)).conditions.at(-1)).toMatchObject(open);
    const answer = await gateway.manage("/reconnect/one", { method: "POST" });
    expect(await answer.json()).toEqual({ name: "one", reconnected: true, error: null });
    expect(await client.text("echo", { text: "well again" })).toBe("well again");
    expect((await backend(gateway)).conditions).toContainEqual(expect.objectContaining({ reason: "Recovered" }));
  });

  test("does not mind errors that are the client's or the tool's own", async () => {
    await using gateway = await startGateway(failing);
    await using client = await connect(gateway.url);
    for (let count = 0; count < 10; count++)
      await client.raw("tools/call", { name: "mirror", arguments: 1 }).catch(() => undefined);
    expect(await client.text("echo", { text: "open" })).toBe("open");
  });
});

describe("POST /reconnect", () => {
  test("starts another process, and ends what was in flight", async () => {
    await using gateway = await startGateway({ version: "1", backends: { one: chaos() } });
    await using client = await connect(gateway.url);
    const pid = Number(await client.text("pid"));
    const hanging = client.text("hang").catch((error: Error) => error.message);
    await client.text("echo");
    expect((await gateway.manage("/reconnect/one", { method: "POST" })).status).toBe(200);
    expect(await hanging).toContain('backend "one"');
    expect(Number(await client.text("pid"))).not.toBe(pid);
    await until("the old process has ended", () => !alive(pid));
  });

  test("says why it failed", async () => {
    const fragile = script("test -e gone && exit 3; exec sh $tiny one");
    await using gateway = await startGateway({
      version: "1",
      backends: { one: fragile, off: { ...tiny("x"), enabled: false } },
    });
    writeFileSync(join(gateway.directory, "gone"), "");
    const failed = await gateway.manage("/reconnect/one", { method: "POST" });
    expect(failed.status).toBe(502);
    expect(await failed.json()).toEqual({ name: "one", reconnected: false, error: expect.stringContaining("code 3") });
    expect((await gateway.manage("/reconnect/nobody", { method: "POST" })).status).toBe(404);
    expect((await gateway.manage("/reconnect/off", { method: "POST" })).status).toBe(409);
    expect(await backend(gateway, "off")).toMatchObject({ phase: "disabled", state: "disconnected", pid: null });
    expect(existsSync(join(gateway.directory, "gone"))).toBe(true);
  });
});

test("a process that cannot be started says what is wrong: its program, or its working directory", async () => {
  await using gateway = await startGateway({ version: "1", backends: {} });
  const { directory } = gateway;
  const file = join(directory, "a-file");
  writeFileSync(file, "");
  const gone = join(directory, "gone");
  const config = {
    program: { ...tiny("one"), command: "no-such-program" },
    directory: { ...tiny("one"), cwd: gone },
    relative: { ...tiny("one"), command: "./sh", cwd: gone },
    file: { ...tiny("one"), cwd: file },
    right: { ...tiny("one"), cwd: directory },
  };
  gateway.edit({ version: "1", backends: config });
  await gateway.manage("/reload", { method: "POST" });
  const said = (name: string) =>
    until(`${name} was tried`, async () => {
      const { error, phase } = await backend(gateway, name);
      return error ?? (phase === "ready" && phase);
    });
  expect(await said("program")).toBe('cannot start "no-such-program": no such program in PATH');
  expect(await said("directory")).toBe(`cannot start "sh": its working directory (cwd) ${gone} is not there`);
  expect(await said("relative")).toBe(`cannot start "./sh": its working directory (cwd) ${gone} is not there`);
  expect(await said("file")).toBe(`cannot start "sh": its working directory (cwd) ${file} is no directory`);
  expect(await said("right")).toBe("ready");
});
