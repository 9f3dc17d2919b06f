// GET /manage/v1/metrics: what happens in a running gateway is in it, in a format that Prometheus reads.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { chaos, tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { readExposition, valueIn } from "../fixtures/exposition.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";

async function scrape({ url }: Gateway) {
  const response = await fetch(`${url}/manage/v1/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readExposition(await response.text());
}

/** Waits until one sample has a value that is right. */
function sample(gateway: Gateway, name: string, labels: Record<string, string>, right: (value: number) => boolean) {
  const look = async () => right(valueIn(await scrape(gateway), name, labels) ?? 0);
  return until(`${name} ${JSON.stringify(labels)}`, look);
}

test("calls are counted by how they ended, and timed", async () => {
  const backends = { chaos: { ...chaos(), timeouts: { call: 0.2 } } };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  await client.text("echo", { text: "one" });
  await client.text("echo", { text: "two" });
  await expect(client.text("none")).rejects.toThrow("none");
  await expect(client.text("hang")).rejects.toThrow();
  await client.raw("made/up").catch(() => undefined);
  const families = await scrape(gateway);
  const calls = (backend: string, method: string, outcome: string) =>
    valueIn(families, "argus_calls_total", { backend, method, outcome, era: "legacy" });
  expect(calls("chaos", "tools/call", "success")).toBe(2);
  expect(calls("chaos", "tools/call", "timeout")).toBe(1);
  expect(calls("", "tools/call", "unknown")).toBe(1);
  expect(calls("chaos", "other", "error")).toBe(1);
  const duration = (part: string, more = {}) =>
    valueIn(families, `argus_call_duration_seconds_${part}`, { backend: "chaos", method: "tools/call", ...more });
  expect(duration("count")).toBe(3);
  // One of the three has waited for its time limit.
  expect(duration("sum")).toBeGreaterThanOrEqual(0.2);
  expect(duration("bucket", { le: "300" })).toBe(3);
});

test("sessions, phases, bytes, events and the process are shown as they are", async () => {
  const backends = { good: tiny("good"), bad: { type: "stdio", command: "/nowhere/at-all" }, off: tiny("off") };
  await using gateway = await startGateway({
    version: "1",
    backends: { ...backends, off: { ...backends.off, enabled: false } },
  });
  await using _http = await connect(gateway.url);
  await using _sse = await connect(gateway.url, { transport: "sse" });
  const families = await scrape(gateway);
  const value = (name: string, labels: Record<string, string> = {}) => valueIn(families, name, labels);
  expect(value("argus_sessions", { transport: "streamable-http", era: "legacy" })).toBe(1);
  expect(value("argus_sessions", { transport: "sse", era: "legacy" })).toBe(1);
  expect(value("argus_backend_phase", { backend: "good", phase: "ready" })).toBe(1);
  expect(value("argus_backend_phase", { backend: "bad", phase: "ready" })).toBe(0);
  expect(value("argus_backend_phase", { backend: "off", phase: "disabled" })).toBe(1);
  expect(value("argus_backend_restarts_total", { backend: "good" })).toBe(0);
  for (const direction of ["received", "sent"])
    expect(value("argus_backend_bytes_total", { backend: "good", direction })).toBeGreaterThan(0);
  const events = families.find(({ name }) => name === "argus_events_total")?.samples ?? [];
  const opened = events.filter(({ labels }) => labels.stage === "session_opened");
  expect(opened.map(({ value }) => value)).toEqual([2]);
  // Those from before the metrics were loaded count too.
  expect(events.map(({ labels }) => labels.stage)).toContain("backend_connecting");
  expect(value("argus_build_info", { version })).toBe(1);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
});

test("a backend that was killed is counted when it is back", async () => {
  await using gateway = await startGateway({ version: "1", backends: { good: tiny("good") } });
  await using client = await connect(gateway.url);
  process.kill(Number(await client.text("good")), "SIGKILL");
  await sample(gateway, "argus_backend_restarts_total", { backend: "good" }, (restarts) => restarts === 1);
  await sample(gateway, "argus_backend_phase", { backend: "good", phase: "ready" }, (ready) => ready === 1);
});

test("a backend that a reload has removed is gone from what is state", async () => {
  const config = (backends: object) => JSON.stringify({ version: "1", backends });
  await using gateway = await startGateway(config({ kept: tiny("kept"), gone: tiny("gone") }));
  writeFileSync(join(gateway.directory, "config.yaml"), config({ kept: tiny("kept") }));
  const reload = await fetch(`${gateway.url}/manage/v1/reload`, { method: "POST" });
  expect(await reload.json()).toMatchObject({ reloaded: true });
  const families = await scrape(gateway);
  const shown = (backend: string) =>
    families.filter(({ samples }) => samples.some(({ labels }) => labels.backend === backend)).map(({ name }) => name);
  expect(shown("gone")).toEqual([]);
  expect(shown("kept")).toEqual([
    ...["argus_backend_phase", "argus_backend_era", "argus_backend_restarts_total", "argus_backend_bytes_total"],
  ]);
});
