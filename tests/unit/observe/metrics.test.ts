// Metrics: what is counted, what is read when it is asked for, and that Prometheus can read all of it.
import { afterEach, describe, expect, mock, spyOn, test } from "bun:test";
import fc from "fast-check";
import parse from "parse-prometheus-text-format";
import { register } from "prom-client";
import type { Era, Event, Fact } from "../../../src/model.ts";
import { Bus } from "../../../src/observe/bus.ts";
import { type BackendNumbers, createMetrics, type Metrics } from "../../../src/observe/metrics.ts";
import { request } from "../../../src/protocol/message.ts";
import { readExposition, valueIn } from "../../fixtures/exposition.ts";
import { upstream } from "../gateway/stand-ins.ts";
import { caller, endings, gatewayOf, pass } from "./calling.ts";

afterEach(() => mock.restore());

type Sessions = { transport: string; era: Era }[];

/** A program with nothing in it, but what is given. */
function program(more: { backends?: BackendNumbers[]; sessions?: Sessions; version?: string } = {}) {
  const bus = new Bus();
  const { backends = [], sessions = [], version = "1.2.3" } = more;
  const source = {
    version,
    backends: () => backends,
    sessions: () => sessions,
    events: () => bus.events(),
    subscribe: (listener: (event: Event) => void) => bus.subscribe(listener),
  };
  return { source, bus, backends, sessions };
}

const read = async (metrics: Metrics) => readExposition((await metrics.text()).text);

const files: BackendNumbers = {
  ...{ name: "files", phase: "ready", era: "legacy", restarts: 2 },
  traffic: { received: 300, sent: 40 },
};

const failed: Fact = { stage: "backend_failed", severity: "error", message: "away", backend: "files" };

describe("calls", () => {
  test.each(Object.entries(endings))("that end with %s are counted as such", async (word, outcome) => {
    const metrics = createMetrics(program().source);
    pass(metrics.observer, { outcome });
    pass(metrics.observer, { outcome });
    const [calls] = await read(metrics);
    const labels = { backend: "files", method: "tools/call", outcome: word, era: "legacy" };
    expect(calls?.samples).toEqual([{ name: "argus_calls_total", labels, value: 2 }]);
  });

  test("belong to the backend that was asked last, and to none if none was asked", async () => {
    const metrics = createMetrics(program().source);
    pass(metrics.observer, { method: "resources/read", backends: ["files", "git"] });
    pass(metrics.observer, { method: "tools/list", backends: [] });
    const [calls] = await read(metrics);
    expect(calls?.samples.map(({ labels }) => labels)).toEqual([
      { backend: "git", method: "resources/read", outcome: "success", era: "legacy" },
      { backend: "", method: "tools/list", outcome: "success", era: "legacy" },
    ]);
  });

  test("are counted by the era of their clients, and timed together", async () => {
    const metrics = createMetrics(program().source);
    for (const era of ["legacy", "modern", "modern"] as const) pass(metrics.observer, { era });
    const families = await read(metrics);
    const labels = { backend: "files", method: "tools/call" };
    const count = (era: Era) => valueIn(families, "argus_calls_total", { ...labels, outcome: "success", era });
    expect([count("legacy"), count("modern")]).toEqual([1, 2]);
    expect(valueIn(families, "argus_call_duration_seconds_count", labels)).toBe(3);
  });

  test("take their time in seconds", async () => {
    const metrics = createMetrics(program().source);
    spyOn(performance, "now").mockReturnValueOnce(1_000).mockReturnValueOnce(3_500);
    pass(metrics.observer);
    const families = await read(metrics);
    const labels = { backend: "files", method: "tools/call" };
    expect(valueIn(families, "argus_call_duration_seconds_sum", labels)).toBe(2.5);
    const below = (le: string) => valueIn(families, "argus_call_duration_seconds_bucket", { ...labels, le });
    expect([below("0.001"), below("1"), below("2.5"), below("300"), below("+Inf")]).toEqual([0, 0, 1, 1, 1]);
  });

  test("have few labels, whatever methods clients make up", async () => {
    const metrics = createMetrics(program().source);
    const method = fc.oneof(fc.string(), fc.constantFrom("tools/call", "prompts/get", "__proto__", "constructor"));
    fc.assert(fc.property(method, (of) => void pass(metrics.observer, { method: of })));
    const [calls] = await read(metrics);
    const methods = calls?.samples.map(({ labels }) => labels.method);
    expect(new Set(methods)).toEqual(new Set(["other", "tools/call", "prompts/get"]));
  });

  test("are seen on their way through the gateway", async () => {
    const metrics = createMetrics(program().source);
    const answer = { text: '{"id":0,"result":{}}', body: { id: 0, result: {} } };
    const backend = upstream("files", { tools: [{ name: "add" }] }, { request: async () => answer });
    const gateway = gatewayOf(backend, metrics.observer);
    const call = (name: string) => gateway.request({ message: request(1, "tools/call", { name }), caller });
    await call("add");
    await expect(call("none")).rejects.toThrow("none");
    const families = await read(metrics);
    const count = (more: Record<string, string>) =>
      valueIn(families, "argus_calls_total", { method: "tools/call", era: "legacy", ...more });
    expect(count({ backend: "files", outcome: "success" })).toBe(1);
    expect(count({ backend: "", outcome: "unknown" })).toBe(1);
  });
});

describe("state is read at every scrape:", () => {
  test("a backend is in one phase", async () => {
    const metrics = createMetrics(program({ backends: [files, { ...files, name: "off", phase: "disabled" }] }).source);
    const phases = (await read(metrics)).find(({ name }) => name === "argus_backend_phase")?.samples ?? [];
    const of = (backend: string) => phases.filter(({ labels }) => labels.backend === backend);
    for (const [backend, phase] of Object.entries({ files: "ready", off: "disabled" })) {
      expect(of(backend)).toHaveLength(8);
      expect(of(backend).filter(({ value }) => value !== 0)).toEqual([
        { name: "argus_backend_phase", labels: { backend, phase }, value: 1 },
      ]);
    }
  });

  test("a backend is spoken to in one era, or that is not known yet", async () => {
    const { source, backends } = program({ backends: [files, { ...files, name: "away", era: null }] });
    const metrics = createMetrics(source);
    const eras = async () => {
      const families = await read(metrics);
      return ["files", "away"].map((backend) =>
        ["legacy", "modern"].map((era) => valueIn(families, "argus_backend_era", { backend, era })),
      );
    };
    expect(await eras()).toEqual([
      [1, 0],
      [0, 0],
    ]);
    backends[0] = { ...files, era: "modern" };
    expect(await eras()).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  test("a backend's restarts and bytes are its own counts", async () => {
    const { source, backends } = program({ backends: [files] });
    const metrics = createMetrics(source);
    await read(metrics);
    backends[0] = { ...files, restarts: 3, traffic: { received: 301, sent: 41 } };
    const families = await read(metrics);
    const bytes = (direction: string) =>
      valueIn(families, "argus_backend_bytes_total", { backend: "files", direction });
    expect(valueIn(families, "argus_backend_restarts_total", { backend: "files" })).toBe(3);
    expect([bytes("received"), bytes("sent")]).toEqual([301, 41]);
  });

  test("a backend that is gone is not shown", async () => {
    const { source, backends } = program({ backends: [files, { ...files, name: "gone" }] });
    const metrics = createMetrics(source);
    expect((await metrics.text()).text).toContain('"gone"');
    backends.pop();
    const { text } = await metrics.text();
    expect(text).not.toContain('"gone"');
    expect(text).toContain('"files"');
  });

  test("sessions by transport and era, zero where there is none", async () => {
    const sse = { transport: "sse", era: "legacy" } as const;
    const { source, sessions } = program({ sessions: [{ transport: "streamable-http", era: "modern" }, sse, sse] });
    const metrics = createMetrics(source);
    const open = async () => {
      const families = await read(metrics);
      return families.find(({ name }) => name === "argus_sessions")?.samples.map(({ value }) => value);
    };
    expect(await open()).toEqual([0, 1, 2]);
    sessions.pop();
    expect(await open()).toEqual([0, 1, 1]);
  });

  test("the process and its version", async () => {
    spyOn(process, "cpuUsage").mockReturnValue({ user: 1_000_000, system: 500_000 });
    const metrics = createMetrics(program({ version: "1.2.3" }).source);
    await read(metrics);
    const families = await read(metrics);
    expect(valueIn(families, "argus_build_info", { version: "1.2.3" })).toBe(1);
    expect(valueIn(families, "process_cpu_seconds_total")).toBe(1.5);
    expect(valueIn(families, "process_start_time_seconds")).toBe(performance.timeOrigin / 1_000);
    expect(valueIn(families, "process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  });
});

test("events are counted by stage and severity, those from before included", async () => {
  const { source, bus } = program();
  bus.emit(failed);
  const metrics = createMetrics(source);
  bus.emit(failed);
  bus.emit({ ...failed, severity: "warning" });
  const families = await read(metrics);
  const count = (severity: string) => valueIn(families, "argus_events_total", { stage: "backend_failed", severity });
  expect([count("error"), count("warning")]).toEqual([2, 1]);
});

describe("the text", () => {
  const odd = 'a "quoted" back\\slash\nand a second line';

  test("says what it is, and keeps to Prometheus' format with every kind of value in it", async () => {
    const metrics = createMetrics(
      program({ backends: [files], sessions: [{ transport: "sse", era: "legacy" }], version: odd }).source,
    );
    for (const outcome of Object.values(endings)) pass(metrics.observer, { outcome });
    const { type, text } = await metrics.text();
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    const families = readExposition(text);
    expect(valueIn(families, "argus_build_info", { version: odd })).toBe(1);
    expect(families.map(({ name }) => name)).toEqual([
      "argus_calls_total",
      "argus_call_duration_seconds",
      "argus_events_total",
      "argus_backend_phase",
      "argus_backend_era",
      "argus_backend_restarts_total",
      "argus_backend_bytes_total",
      "argus_sessions",
      "argus_build_info",
      "process_start_time_seconds",
      "process_resident_memory_bytes",
      "process_cpu_seconds_total",
    ]);
  });

  test("says the same to a parser that others wrote", async () => {
    const { source, bus } = program({ backends: [files] });
    const metrics = createMetrics(source);
    bus.emit(failed);
    for (const outcome of Object.values(endings)) pass(metrics.observer, { outcome });
    const { text } = await metrics.text();
    const families = readExposition(text);
    const theirs = parse(text);
    const kinds = families.map(({ name, type }) => [name, type]);
    expect(theirs.map(({ name, type }) => [name, type.toLowerCase()])).toEqual(kinds);
    // It loses the labels of histograms, but not those of the rest.
    const single = theirs.filter(({ type }) => type !== "HISTOGRAM");
    for (const { name, metrics: samples } of single)
      for (const { labels, value } of samples) expect(valueIn(families, name, labels)).toBe(Number(value));
  });

  test("of two gateways in one process is of each alone, and of nobody's global registry", async () => {
    const [one, other] = [createMetrics(program().source), createMetrics(program().source)];
    pass(one.observer);
    expect((await one.text()).text).toContain("argus_calls_total{");
    expect((await other.text()).text).not.toContain("argus_calls_total{");
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});

describe("the reader of these tests", () => {
  const head = (type: string, name = "a") => `# HELP ${name} a help text\n# TYPE ${name} ${type}\n`;
  const histogram = (...samples: string[]) => `${head("histogram")}${samples.join("\n")}\n`;

  test("takes what is right", () => {
    const text = histogram('a_bucket{le="1"} 1', 'a_bucket{le="+Inf"} 2', "a_sum 1.5e3", "a_count 2");
    const other = `${head("gauge", "b")}b{c="\\"\\\\\\n}",d=""} -1\n`;
    expect(readExposition(`${text}\n${other}`)[1]?.samples).toEqual([
      { name: "b", labels: { c: '"\\\n}', d: "" }, value: -1 },
    ]);
  });

  test.each([
    ["the text ends with a line feed", `${head("gauge")}a 1`],
    ["the type follows the help", "# TYPE a gauge\na 1\n"],
    ["the type follows the help", `${head("gauge")}# TYPE a gauge\n`],
    ["a known type", `${head("number")}a 1\n`],
    ["one group", `${head("gauge")}a 1\n${head("gauge", "b")}b 1\n${head("gauge")}a{c="d"} 1\n`],
    ["under the type of its metric", "a 1\n"],
    ["under the type of its metric", `${head("gauge")}b 1\n`],
    ["every sample once", `${head("gauge")}a{c="d",e="f"} 1\na{e="f",c="d"} 1\n`],
    ["a label once", `${head("gauge")}a{c="d",c="e"} 1\n`],
    ["labels", `${head("gauge")}a{c=d} 1\n`],
    ["labels", `${head("gauge")}a{c="d"e"} 1\n`],
    ["labels", `${head("gauge")}a{c="\\t"} 1\n`],
    ["a sample", `${head("gauge")}a one\n`],
    ["a sample", `${head("gauge")}a\n`],
    ["_total", `${head("counter")}a 1\n`],
    ["_total", `${head("gauge", "a_total")}a_total 1\n`],
    ["never negative", `${head("counter", "a_total")}a_total -1\n`],
    ["ascend to +Inf", histogram('a_bucket{le="1"} 1', "a_sum 1", "a_count 1")],
    ["ascend to +Inf", histogram('a_bucket{le="2"} 1', 'a_bucket{le="1"} 1', 'a_bucket{le="+Inf"} 1')],
    ["count all below", histogram('a_bucket{le="1"} 2', 'a_bucket{le="+Inf"} 1', "a_sum 1", "a_count 1")],
    ["is its count", histogram('a_bucket{le="+Inf"} 1', "a_sum 1", "a_count 2")],
    ["is its count", histogram('a_bucket{le="+Inf"} 1', "a_sum 1")],
    ["has one sum", histogram('a_bucket{le="+Inf"} 1', "a_count 1")],
  ])("holds to the rule: %s (%#)", (rule, text) => {
    expect(() => readExposition(text)).toThrow(rule);
  });
});
