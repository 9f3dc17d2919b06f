// The command line of `argus-mcp server`: usage, where the configuration comes from, ports, signals and logs.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { chaos, script, tiny } from "../fixtures/backends.ts";
import { folder, launch, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { binary, root, startGateway } from "../fixtures/gateway.ts";
import { marked, markVariable } from "../fixtures/processes.ts";
import { onTerminal } from "../fixtures/pty.ts";
import { until } from "../fixtures/until.ts";

/** A valid configuration that is recognised by the name of its backend. */
const naming = (name: string) => ({ version: "1", backends: { [name]: tiny(name) } });

describe("usage", () => {
  test.each([[["--help"]], [["server", "--help"]]])("%j prints the help to stdout", async (args) => {
    using place = folder();
    const { code, stdout, stderr } = await run(args, place);
    expect(code).toBe(0);
    expect(stdout).toContain("server");
    expect(stderr).toBe("");
  });

  test("the server's help names every flag", async () => {
    using place = folder();
    const { stdout } = await run(["server", "--help"], place);
    for (const flag of ["--host", "--port", "--log-level", "--config", "-c", "--check"]) expect(stdout).toContain(flag);
  });

  test("--version prints the version, the commit that was built where there is one, and nothing else", async () => {
    using place = folder();
    const { code, stdout, stderr } = await run(["--version"], place);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replace(/ \([0-9a-f]{7}(-dirty)?\)/, "")).toBe(`${version}\n`);
  });

  test("no command prints the help and fails", async () => {
    using place = folder();
    const { code, stdout, stderr } = await run([], place);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("server");
  });

  test.each([
    ["an unknown command", ["serve"], "serve"],
    ["an unknown flag", ["server", "--prot", "1"], "prot"],
    ["an unknown short flag", ["server", "-x"], "x"],
    ["help with a value", ["server", "--help=x"], "help"],
    ["a stray argument", ["server", "now"], "now"],
    ["a port that is no number", ["server", "--port", "high"], "port"],
    ["a port that does not exist", ["server", "--port", "65536"], "port"],
    ["an unknown log level", ["server", "--log-level", "loud"], "loud"],
  ])("%s is wrong usage", async (_, args, named) => {
    // It is told before anything is looked for.
    using place = folder();
    const { code, stdout, stderr } = await run(args, place);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(named);
  });

  test.each([
    ["a command", ["sever"], 'unknown command "sever" — did you mean "server"?; see argus-mcp --help'],
    ["a command's flag", ["server", "--prot", "1"], "unknown flag --prot; see argus-mcp server --help"],
    [
      "an action",
      ["client", "ad"],
      "client needs one of list, show, add, remove, undo, not ad; see argus-mcp client --help",
    ],
    ["an action's argument", ["client", "add"], "; see argus-mcp client --help"],
  ])("%s that is wrong comes with where to read on", async (_, args, message) => {
    using place = folder();
    expect((await run(args, place)).stderr).toEndWith(`${message}\n`);
  });
});

test("a reader who has seen enough is no failure", async () => {
  using place = folder();
  // What is written to its other end finds nobody.
  const closed = 'mkfifo pipe; exec 3<>pipe 4>pipe 3>&-; "$0" completion bash >&4';
  const { exitCode, stderr } = await Bun.$`sh -c ${closed} ${binary}`.cwd(place.directory).nothrow().quiet();
  expect([exitCode, stderr.toString()]).toEqual([0, ""]);
});

test("a host that is no name of this machine is not taken for a port in use", async () => {
  using place = folder({ "config.yaml": naming("unused") });
  const { code, stderr } = await run(["server", "--host", "elsewhere.invalid"], place);
  expect(code).toBe(1);
  expect(stderr).toEndWith("; or elsewhere.invalid is no name of this machine\n");
});

describe("the configuration file", () => {
  const files = {
    "config.yaml": naming("yaml"),
    "config.yml": naming("yml"),
    a: naming("variable"),
    b: naming("flag"),
  };

  const all = Object.keys(files);

  test.each([
    { order: "--config first", args: ["--config", "b"], env: { ARGUS_CONFIG: "a" }, present: all, found: "flag" },
    { order: "-c as well", args: ["-c", "b"], env: { ARGUS_CONFIG: "a" }, present: all, found: "flag" },
    { order: "then ARGUS_CONFIG", args: [], env: { ARGUS_CONFIG: "a" }, present: all, found: "variable" },
    { order: "then config.yaml", args: [], env: {}, present: ["config.yaml", "config.yml"], found: "yaml" },
    { order: "then config.yml", args: [], env: {}, present: ["config.yml"], found: "yml" },
  ])("is looked up: $order", async ({ args, env, present, found }) => {
    const there = new Set<string>(present);
    using place = folder(Object.fromEntries(Object.entries(files).filter(([name]) => there.has(name))));
    const { code, stdout } = await run(["server", "--check", ...args], { ...place, env });
    expect(code).toBe(0);
    expect(stdout).toContain(found);
  });

  test("that is nowhere: the error names all four places and shows a valid file", async () => {
    using place = folder();
    const { code, stdout, stderr } = await run(["server"], place);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const where of ["--config", "ARGUS_CONFIG", "config.yaml", "config.yml"]) expect(stderr).toContain(where);
    expect(stderr).toContain('version: "1"');
  });

  test.each([
    ["--config", ["--config", "missing.yaml"], {}],
    ["ARGUS_CONFIG", [], { ARGUS_CONFIG: "missing.yaml" }],
  ])("that %s names and that is missing is not replaced by another", async (_, args, env) => {
    using place = folder({ "config.yaml": naming("other") });
    const { code, stderr } = await run(["server", ...args], { ...place, env });
    expect(code).toBe(1);
    expect(stderr).toContain("missing.yaml");
  });
});

test("a folder is not said to be missing", async () => {
  using place = folder();
  const { code, stderr } = await run(["server", "--config", "."], place);
  expect([code, stderr]).toEqual([1, "argus-mcp: .: that is a folder, and no file (named by --config)\n"]);
});

describe("--check", () => {
  test("prints a line for each backend and starts none", async () => {
    const eager = script("echo > started\ncat > /dev/null");
    const remote = { type: "sse", url: "http://127.0.0.1:1/sse" };
    using place = folder({ "config.yaml": { version: "1", backends: { eager, remote } } });
    const { code, stdout } = await run(["server", "--check"], place);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines).toEqual([expect.stringContaining("eager"), expect.stringContaining("remote")]);
    expect(existsSync(join(place.directory, "started"))).toBe(false);
  });

  test("says so where there is nothing to run", async () => {
    using place = folder({ "config.yaml": { version: "1" } });
    const { code, stdout, stderr } = await run(["server", "--check"], place);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "config.yaml is valid, and has no backends\n",
    });
  });

  test("needs no free port", async () => {
    await using gateway = await startGateway({ version: "1" });
    const { code } = await run(["server", "--check", "--port", new URL(gateway.url).port], gateway);
    expect(code).toBe(0);
  });
});

describe("host and port", () => {
  test("0 picks a free port and prints it", async () => {
    using place = folder({ "config.yaml": { version: "1" } });
    await using one = await launch(["server", "--port", "0"], place);
    await using two = await launch(["server", "--port=0"], place);
    expect(one.url).not.toBe(two.url);
    for (const { url } of [one, two]) expect((await fetch(`${url}/manage/v1/health`)).status).toBe(200);
  });

  test("the configuration wins over the default", async () => {
    using place = folder({ "config.yaml": { version: "1", server: { host: "127.0.0.2", port: 0 } } });
    await using gateway = await launch(["server"], place);
    expect(new URL(gateway.url).hostname).toBe("127.0.0.2");
    expect(new URL(gateway.url).port).not.toBe("9000");
  });

  test("a flag wins over the configuration, also when it equals the default", async () => {
    await using holder = await startGateway({ version: "1" });
    const port = Number(new URL(holder.url).port);
    using place = folder({ "config.yaml": { version: "1", server: { host: "127.0.0.2", port } } });
    await using gateway = await launch(["server", "--host", "127.0.0.1", "--port", "0"], place);
    expect(new URL(gateway.url).hostname).toBe("127.0.0.1");
    expect(new URL(gateway.url).port).not.toBe(String(port));
  });
});

describe.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s", (signal, forced) => {
  test("stops gracefully: the call in flight is answered, and the exit code is 0", async () => {
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
    await using client = await connect(gateway.url);
    const started = Promise.withResolvers<void>();
    const slow = client.text("slow", { seconds: 1, steps: 4 }, { onprogress: () => started.resolve() });
    await started.promise;
    gateway.kill(signal);
    expect(await slow).toBe("done");
    expect(await gateway.exited).toBe(0);
  }, 20_000);

  test("ends at once when it is sent again", async () => {
    const mark = crypto.randomUUID();
    const stubborn = script('trap "" TERM; sh "$tiny" stubborn; while :; do sleep 1; done', { [markVariable]: mark });
    await using gateway = await startGateway({ version: "1", backends: { stubborn } });
    let code: number | undefined;
    void gateway.exited.then((value) => {
      code = value;
    });
    // Two signals in quick succession may become one, therefore more of them.
    await until("the gateway has ended", () => {
      if (code === undefined) gateway.kill(signal);
      return code !== undefined;
    });
    expect(code).toBe(forced);
    for (const pid of marked(mark)) process.kill(pid, "SIGKILL");
  }, 30_000);
});

test("one Ctrl-C is one, also where who has started the server hands it on besides the terminal", async () => {
  using place = folder({ "config.yaml": { version: "1" } });
  const args = ["start", "--port", "0", "--config", join(place.directory, "config.yaml")];
  const env = { ARGUS_LOG_DIR: join(place.directory, "logs") };
  // Only of the terminal that is its own does a group of processes get signals.
  const own = ["setsid", "--ctty", "--wait"];
  using terminal = onTerminal([...own, process.execPath, "run", ...args], env, { cwd: root });
  await terminal.wrote("ready: ");
  terminal.type("\u0003");
  expect({ code: await terminal.exited, output: terminal.output() }).toMatchObject({ code: 0 });
}, 30_000);

describe("logs", () => {
  const backends = { absent: { type: "stdio", command: "/nowhere/at-all" } };

  /** What the server has logged about a backend that cannot be started. */
  const written = async (config: object, ...args: string[]) => {
    await using gateway = await startGateway({ version: "1", backends, ...config }, { args });
    await gateway.stop();
    return gateway.log();
  };

  test("say more at a lower level", async () => {
    const [debug, info, critical] = await Promise.all(
      ["debug", "info", "critical"].map((level) => written({}, "--log-level", level)),
    );
    expect(debug?.length).toBeGreaterThan(info?.length ?? 0);
    expect(info).toContain("absent");
    expect(critical).not.toContain("absent");
  }, 20_000);

  test("take their level from the configuration, and a flag that equals the default wins", async () => {
    const server = { log_level: "critical" };
    expect(await written({ server })).not.toContain("absent");
    expect(await written({ server }, "--log-level", "info")).toContain("absent");
  }, 20_000);

  test("have no colours where there is no terminal", async () => {
    using place = folder({ "config.yaml": { version: "1", backends } });
    await using gateway = await launch(["server", "--port", "0"], { ...place, env: { NO_COLOR: undefined } });
    await gateway.stop();
    expect(gateway.stderr()).not.toContain("\u001b");
  });
});
