// From text to a whole configuration, or to every problem with its place.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";

const load = (text: string, environment = {}) => parseConfig(text, "c.yaml", environment);

/** The lines of the error. */
function problems(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  throw new Error("it was accepted");
}

const stdio = (more: string) => `version: "1"\nbackends:\n  a: {type: stdio, command: x, ${more}}`;

describe("every problem is told with its place", () => {
  test("all at once, in the order of the file", () => {
    const text = [
      'version: "1"',
      "backends:",
      "  files:",
      "    type: stdio",
      "    comand: ls",
      "    timeouts: {call: -1}",
      "    cwd: ${UNSET}",
      "  web: {type: http, url: http://a/}",
      "  2fast!: {type: stdio, command: ls}",
      "server:",
      "  port: high",
      "  log_level: warn",
      "colour: red",
    ];
    expect(problems(text.join("\n"))).toEqual([
      "c.yaml:3:3: backends.files.command: command is missing: the program to run",
      'c.yaml:5:5: backends.files.comand: unknown key "comand" — did you mean "command"?',
      "c.yaml:6:16: backends.files.timeouts.call: expected number to be greater or equal to 0, but is -1 (each call; 0 for no limit, in seconds)",
      "c.yaml:7:5: backends.files.cwd: the environment variable UNSET is not set; set it, or write ${UNSET:-default}",
      'c.yaml:8:9: backends.web.type: unknown type "http" — did you mean "streamable-http"?; types are stdio, sse, streamable-http',
      "c.yaml:9:3: backends.2fast!: a backend's name has letters, digits, _ . and -, and begins with a letter or digit",
      'c.yaml:11:3: server.port: expected integer, but is "high" (the port; 0 takes a free one)',
      'c.yaml:12:3: server.log_level: "warn" is not one of debug, info, warning, error, critical',
      'c.yaml:13:1: colour: unknown key "colour"',
    ]);
  });

  test.each([
    ["", 'c.yaml:1:1: version: version is missing: the version of this format, "1"'],
    ["- a", 'c.yaml:1:1: expected object, but is ["a"]'],
    ["hello", 'c.yaml:1:1: expected object, but is "hello"'],
    ["12", "c.yaml:1:1: expected object, but is 12"],
    [
      stdio("filters: {tools: {deny: {delete_*: null}}}"),
      'c.yaml:3:50: backends.a.filters.tools.deny: expected array, but is {"delete_*":null} (globs; what one of them matches is not offered, whatever allow says)',
    ],
    [
      "version: '1'\nauthorization: {policies: {}}",
      "c.yaml:2:17: authorization.policies: expected array, but is {} (the first one that matches a role and a resource decides)",
    ],
    ['version: "2"', 'c.yaml:1:1: version: expected \'1\', but is "2" (the version of this format, "1")'],
    [
      "version: '1'\nserver: {port: 65536}",
      "c.yaml:2:10: server.port: expected integer to be less or equal to 65535, but is 65536 (the port; 0 takes a free one)",
    ],
    [
      "version: '1'\nserver: {limits: {body: 4 MB}}",
      'c.yaml:2:19: server.limits.body: expected integer, but is "4 MB" (the largest request)',
    ],
    [
      "version: '1'\nserver: {transport: ssse}",
      'c.yaml:2:10: server.transport: "ssse" is not one of streamable-http, sse — did you mean "sse"?',
    ],
    [
      "version: '1'\nbackends: {a: {url: http://x}}",
      "c.yaml:2:12: backends.a: type is missing; it is one of stdio, sse, streamable-http",
    ],
    [
      stdio("filters: {tools: {alow: []}}"),
      'c.yaml:3:50: backends.a.filters.tools.alow: unknown key "alow" — did you mean "allow"?',
    ],
    [
      stdio("tool_overrides: {x: {nam: y}}"),
      'c.yaml:3:53: backends.a.tool_overrides.x.nam: unknown key "nam" — did you mean "name"?',
    ],
    [stdio("args: [a, {}]"), "c.yaml:3:42: backends.a.args.1: expected string, but is {}"],
    [stdio("env: {A: [1]}"), "c.yaml:3:38: backends.a.env.A: expected string, but is [1]"],
    [
      `${stdio("")}\nconflict_resolution: {order: [b]}`,
      'c.yaml:4:31: conflict_resolution.order.0: there is no backend "b" — did you mean "a"?',
    ],
    [
      "version: '1'\nbackends: {a: {type: sse, url: http://x, cwd: /}}",
      "c.yaml:2:42: backends.a.cwd: cwd needs a command",
    ],
  ])("%j", (text, line) => {
    expect(problems(text)).toEqual([line]);
  });

  test.each([
    ["a: b: c", /^c\.yaml:1:4: not valid YAML: /],
    ["a: 1\na: 2", /^c\.yaml:2:1: not valid YAML: .*unique/],
    ["backends: *missing", /^c\.yaml:1:11: not valid YAML: .*missing/],
    ["version: '1'\n---\nversion: '1'", /^c\.yaml:2:1: not valid YAML: .*multiple documents/],
  ])("also what is no YAML: %j", (text, line) => {
    expect(problems(text)).toEqual([expect.stringMatching(line)]);
  });

  test.each([
    ["a list for a section", "version: '1'\nserver: []", "c.yaml:2:1: server: "],
    ["a list for a mapping", stdio("env: [A=1]"), "c.yaml:3:32: backends.a.env: "],
    ["a list of backends", "version: '1'\nbackends: [{type: stdio, command: x}]", "c.yaml:2:1: backends: "],
    ["a backend without a definition", "version: '1'\nbackends: {a: }", "c.yaml:2:12: backends.a: type is missing"],
    ["a URL that is none", "version: '1'\nbackends: {a: {type: sse, url: http://}}", "c.yaml:2:27: backends.a.url: "],
  ])("%s", (_, text, start) => {
    expect(problems(text)).toEqual([expect.stringContaining(start)]);
  });
});

describe("a configuration", () => {
  test("has every default", () => {
    const { server, conflict_resolution, backends } = load("version: '1'");
    expect(server).toMatchObject({ host: "127.0.0.1", port: 9000, log_level: "info", transport: "streamable-http" });
    const limits = { body: 4 * 1024 * 1024, sessions: 1_000, session_idle: 1_800, requests_per_minute: 0 };
    expect(server.limits).toEqual(limits);
    expect(server.tls).toBeUndefined();
    expect(conflict_resolution).toEqual({ strategy: "first-wins", separator: "_", order: [] });
    expect(backends).toEqual({});
  });

  test.each([
    ["{type: stdio, command: x}", "shared", 60],
    ["{type: sse, url: http://x/}", "shared", 15],
    ["{type: streamable-http, url: http://x/}", "session", 15],
  ])("gives %s its type's sharing and time-outs", (definition, sharing, init) => {
    const { a } = load(`version: "1"\nbackends: {a: ${definition}}`).backends;
    expect(a).toMatchObject({ sharing, group: "default", enabled: true, tool_overrides: {} });
    expect(a?.timeouts).toEqual({ init, cap_fetch: 10, sse_startup: 5, call: 0 });
  });

  test("shares no default with another one", () => {
    load(stdio("")).server.allowed_hosts.push("x");
    expect(load(stdio("")).server.allowed_hosts).toEqual([]);
  });

  test("may have anchors, merges, null sections, and numbers for text", () => {
    const text =
      "version: 1\nserver:\nbackends:\n  a: &base {type: stdio, command: 7, args: [1, -y], env: }\n  b: {<<: *base, command: y}";
    const { a, b } = load(text).backends;
    expect(a).toMatchObject({ command: "7", args: ["1", "-y"], env: {} });
    expect(b).toMatchObject({ command: "y", args: ["1", "-y"] });
  });

  test("gets what the environment says", () => {
    const environment = { PORT: "0", COMMAND: "ls", OFF: "false" };
    const { server, backends } = load(
      "version: '1'\nserver: {port: '${PORT}'}\nbackends: {a: {type: stdio, command: '${COMMAND}', enabled: '${OFF}'}}",
      environment,
    );
    expect(server.port).toBe(0);
    expect(backends.a).toMatchObject({ command: "ls", enabled: false });
  });

  test("keeps the order of its backends, and takes no name that could not keep its place", () => {
    const lines = (names: string[]) => names.map((name) => `  "${name}": {type: stdio, command: x}`);
    const text = (names: string[]) => ["version: '1'", "backends:", ...lines(names)].join("\n");
    expect(Object.keys(load(text(["b", "1a", "a"])).backends)).toEqual(["b", "1a", "a"]);
    expect(problems(text(["b", "10"]))).toEqual([
      "c.yaml:4:3: backends.10: a backend's name must not be a number alone",
    ]);
  });

  test("has every default of what is watched, shown and exported", () => {
    const { server, optimizer, telemetry, feature_flags } = load("version: '1'\nserver: {management: , health: }");
    expect(server.management).toEqual({ enabled: true });
    expect(server.health).toEqual({ interval: 30, timeout: 10, failures: 3 });
    expect(optimizer).toEqual({ enabled: false, keep_tools: [] });
    expect(telemetry).toEqual({ enabled: false, otlp_endpoint: "http://localhost:4318", service_name: "argus-mcp" });
    expect(feature_flags).toEqual({ hot_reload: true });
  });

  test("has a management token where its variable is set, and else none", () => {
    const text = "version: '1'\nserver: {management: {token: '${TOKEN}'}}";
    expect(load(text, { TOKEN: "s" }).server.management).toEqual({ enabled: true, token: "s" });
    expect(load(text).server.management).toEqual({ enabled: true });
  });

  test("may switch probes off, and take parts of seconds", () => {
    const { health } = load("version: '1'\nserver: {health: {interval: 0, timeout: '0.5', failures: 1}}").server;
    expect(health).toEqual({ interval: 0, timeout: 0.5, failures: 1 });
  });

  test.each([
    ["server: {health: {interval: -1}}", "server.health.interval: "],
    ["server: {health: {timeout: 0}}", "server.health.timeout: "],
    ["server: {health: {failures: 0}}", "server.health.failures: "],
    ["server: {health: {failures: 1.5}}", "server.health.failures: "],
    ["server: {management: {tokn: x}}", 'server.management.tokn: unknown key "tokn" — did you mean "token"?'],
    ["telemetry: {otlp_endpoint: 'localhost:4318'}", "telemetry.otlp_endpoint: "],
    ["telemetry: {otlp_endpoint: 'http://'}", "telemetry.otlp_endpoint: "],
    [
      "telemetry: {otlp_endpoint: 'http://localhost:99999'}",
      'telemetry.otlp_endpoint: "http://localhost:99999" is not',
    ],
    ["optimizer: {keep_tools: all}", "optimizer.keep_tools: "],
    ["feature_flags: {hot_reload: maybe}", "feature_flags.hot_reload: "],
  ])("is refused with %s", (line, message) => {
    expect(problems(`version: '1'\n${line}`)).toEqual([expect.stringContaining(message)]);
  });
});
