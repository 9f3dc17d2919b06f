// argus-mcp doctor finds what is wrong, and says what to do.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Finding } from "../../src/doctor/finding.ts";
import { generateKey } from "../../src/secrets/key.ts";
import { script, tiny } from "../fixtures/backends.ts";
import { launch } from "../fixtures/command.ts";
import { freePort } from "../fixtures/free-port.ts";
import { binary, ready } from "../fixtures/gateway.ts";
import { type Home, newHome } from "../fixtures/home.ts";
import { allGone, marked, markVariable } from "../fixtures/processes.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(60_000);

const config = (backends: object, more: object = {}) => JSON.stringify({ version: "1", ...more, backends });

/** The findings as `state area message`, without those that are of no concern. */
async function examine(home: Home): Promise<{ code: number; found: string[]; findings: Finding[] }> {
  const { code, stdout } = await home.run("doctor", "--json");
  const findings = JSON.parse(stdout) as Finding[];
  return { code, findings, found: findings.map(({ state, area, message }) => `${state} ${area} ${message}`) };
}

test("everything that is well has its line, with a symbol and a word", async () => {
  const port = freePort();
  const mark = crypto.randomUUID();
  using home = newHome({
    "config.yaml": config({ one: tiny("a", { [markVariable]: mark }) }, { server: { port } }),
    ".cursor/mcp.json": JSON.stringify({ mcpServers: { gate: { url: `http://localhost:${port}/mcp` } } }),
  });
  const { code, stdout, stderr } = await home.run("doctor");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.split("\n").map((line) => line.replaceAll(home.directory, "~"));
  expect(lines).toEqual([
    "✔ ok       configuration  config.yaml is valid, with 1 backend",
    expect.stringMatching(/^✔ ok {7}program {8}one: sh is .*\/sh$/),
    "✔ ok       files          the log goes to ~/logs",
    "✔ ok       files          the audit trail goes to ~/logs",
    `▲ warning  server         no gateway runs at http://127.0.0.1:${port}; the port is free → argus-mcp server starts one`,
    "✔ ok       backend        one answers: 1 tool, 0 resources, 0 prompts",
    "✔ ok       client         Cursor has the gateway as gate (~/.cursor/mcp.json)",
    "",
  ]);
  await allGone(mark);
});

test("a gateway that runs is found, and what has a port of its own is left to it", async () => {
  const port = freePort();
  const local = {
    type: "sse",
    command: "sleep",
    args: ["60"],
    url: "http://127.0.0.1:1/sse",
    timeouts: { sse_startup: 1 },
  };
  using home = newHome({ "config.yaml": config({ one: tiny("a"), local }, { server: { port } }) });
  await using gateway = await launch(["server"], home);
  await ready(gateway.url);
  home.env.HTTP_PROXY = `http://127.0.0.1:${freePort()}`;
  const { code, found } = await examine(home);
  expect(code).toBe(0);
  expect(found).toContainEqual(
    expect.stringMatching(/^warning server argus-mcp .* degraded, 1 of 2 backends connected$/),
  );
  expect(found).toContain("ok backend local is left to the gateway that runs: its port can be had once");
});

test("what keeps a backend from answering is told, with what helps, and secrets are not", async () => {
  const backends = {
    gone: { type: "stdio", command: "no-such-program" },
    dies: script("echo token=$API_TOKEN >&2; exit 3", { API_TOKEN: "s3cret-value" }),
    nowhere: { type: "stdio", command: "sh", cwd: "missing" },
    remote: { type: "streamable-http", url: `http://127.0.0.1:${freePort()}/mcp` },
    off: { type: "stdio", command: "also-missing", enabled: false },
  };
  using home = newHome({ "config.yaml": config(backends, { server: { port: freePort() } }) });
  const { code, found, findings } = await examine(home);
  expect(code).toBe(1);
  expect(found).toContain("failed program gone: there is no program no-such-program in PATH");
  expect(found).toContain("failed program nowhere: its working directory missing is not there");
  expect(found).toContain("ok backend off is switched off");
  expect(found.filter((line) => line.startsWith("failed backend "))).toEqual([
    expect.stringContaining("gone cannot be connected: "),
    expect.stringMatching(/dies cannot be connected: exited with code 3; it printed: token=\*\*\*REDACTED\*\*\*$/),
    expect.stringContaining("nowhere cannot be connected: "),
    expect.stringContaining("remote cannot be connected: "),
  ]);
  expect(JSON.stringify(findings)).not.toContain("s3cret-value");
  for (const { state, advice } of findings) expect(advice === undefined).toBe(state === "ok");
});

test("a signal while backends are being connected ends them, too", async () => {
  const mark = crypto.randomUUID();
  const silent = script("trap '' TERM; sleep 60", { [markVariable]: mark });
  using home = newHome({ "config.yaml": config({ silent }, { server: { port: freePort() } }) });
  const { directory: cwd, env } = home;
  const doctor = Bun.spawn([binary, "doctor"], {
    cwd,
    env: { ...process.env, ...env },
    stdout: "ignore",
    stderr: "ignore",
  });
  await until("the backend runs", () => marked(mark).length > 0);
  doctor.kill("SIGINT");
  expect(await doctor.exited).toBe(130);
  await allGone(mark);
});

test("a port that another program has is a failure", async () => {
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("somebody else") });
  using home = newHome({ "config.yaml": config({ one: tiny("a") }, { server: { port: other.port } }) });
  const { code, found } = await examine(home);
  expect(code).toBe(1);
  expect(found).toContainEqual(expect.stringMatching(/^failed server 127\.0\.0\.1:\d+ cannot be listened on: /));
});

test("secrets that are missing are named, and no backend is connected without them", async () => {
  const backends = { one: { ...tiny("a"), env: { A: "secret:here", B: "secret:missing" } } };
  using home = newHome({ "config.yaml": config(backends, { server: { port: freePort() } }) });
  home.env.ARGUS_SECRET_KEY = generateKey();
  await home.run("secret", "set", "here", "1");
  const { code, findings, found } = await examine(home);
  expect(code).toBe(1);
  expect(findings).toContainEqual({
    state: "failed",
    area: "secrets",
    message: expect.stringContaining("there is no secret missing in "),
    advice: "argus-mcp secret set missing",
  });
  expect(found).toContainEqual(expect.stringContaining("ok secrets 1 of 2 that are named are in "));
  expect(found).toContain("warning backend no backend was connected, since secrets are missing");
  home.env.ARGUS_SECRET_KEY = generateKey();
  expect((await examine(home)).found).toContainEqual(expect.stringMatching(/^failed secrets this key does not open /));
});

test.each([
  [{ path: "own.enc" }, "argus-mcp secret set missing --path own.enc"],
  [{ provider: "env" }, "set SECRET_MISSING"],
])("a secret that is missing is to be put where %j says", async (secrets, advice) => {
  const backends = { one: { ...tiny("a"), env: { A: "secret:missing" } } };
  using home = newHome({ "config.yaml": config(backends, { secrets, server: { port: freePort() } }) });
  home.env.ARGUS_SECRET_KEY = generateKey();
  const { findings } = await examine(home);
  expect(findings.find(({ area }) => area === "secrets")?.advice).toBe(advice);
});

test("a configuration that is wrong is told line by line", async () => {
  using home = newHome({
    "config.yaml": 'version: "1"\nbackends:\n  a: { type: stdio, comand: x }\nserver: { prot: 1 }\n',
  });
  const { code, found } = await examine(home);
  expect(code).toBe(1);
  expect(found.filter((line) => line.startsWith("failed configuration config.yaml:"))).toHaveLength(3);
});

test("without a configuration it says how to get one", async () => {
  using home = newHome();
  const { code, findings } = await examine(home);
  expect([code, findings[0]?.advice]).toEqual([1, "argus-mcp init writes one"]);
});

test("a place that cannot be written to is a warning", async () => {
  using home = newHome({
    file: "",
    "config.yaml": config({ one: tiny("a") }, { server: { port: freePort() }, audit: { file: "file/audit.jsonl" } }),
  });
  const { code, found } = await examine(home);
  expect(code).toBe(0);
  expect(found).toContainEqual(
    expect.stringMatching(/^warning files the audit trail cannot be written to .* is no folder$/),
  );
});

test.each([["now"], ["--jsno"], ["--config"]])("%s is wrong usage", async (argument) => {
  using home = newHome();
  expect((await home.run("doctor", argument)).code).toBe(2);
});
