// Where the server writes what happens: a log file for each start, and on stderr the start screen and trouble.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chaos, script, tiny } from "../fixtures/backends.ts";
import { folder, launch, type Place } from "../fixtures/command.ts";
import { binary } from "../fixtures/gateway.ts";
import { TinyTerminal } from "../fixtures/tiny-terminal.ts";
import { until, within } from "../fixtures/until.ts";

const absent = { type: "stdio", command: "/nowhere/at-all" };

/** Starts the server, and gives stderr when the start screen is whole. */
async function started(place: Place, ...args: string[]) {
  const gateway = await launch(["server", "--port", "0", ...args], place);
  await until("the start screen is whole", () => gateway.stderr().match(/^ready: .*\n/m));
  return gateway;
}

const logsIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith(".log"));

/** The only log in a folder. */
function logOf(directory: string): string {
  const [name = "", ...others] = logsIn(directory);
  expect(others).toEqual([]);
  return readFileSync(join(directory, name), "utf8");
}

/** Prints a line to stderr when it starts. */
const noisy = script("echo 'to whom it concerns' >&2; exec sh \"$tiny\" noisy");

describe("the log file", () => {
  test("has what happened and what backends print, under their names", async () => {
    using place = folder({ "config.yaml": { version: "1", backends: { noisy, absent } } });
    await using gateway = await started(place);
    expect(await gateway.stop()).toBe(0);
    const directory = join(place.directory, "logs");
    const log = logOf(directory);
    expect(log).toMatch(/^\S+Z info {4}\[noisy\] to whom it concerns$/m);
    expect(log).toMatch(/^\S+Z info {4}\[noisy\] connected .*: 1 tool, 0 resources, 0 prompts$/m);
    expect(log).toMatch(/^\S+Z error {3}\[absent\] .*\/nowhere\/at-all/m);
    const [name = ""] = logsIn(directory);
    expect(name).toMatch(/^argus_\d{8}_\d{6}\.log$/);
    expect(gateway.stderr()).toContain(join(directory, name));
    if (process.platform !== "win32") expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test("is in ARGUS_LOG_DIR, one for each start, and the newest 20 are kept", async () => {
    using place = folder({ "config.yaml": { version: "1" } });
    const env = { ARGUS_LOG_DIR: join(place.directory, "elsewhere") };
    for (const _ of [1, 2]) await (await started({ ...place, env })).stop();
    expect(logsIn(env.ARGUS_LOG_DIR)).toHaveLength(2);
    for (let second = 10; second < 40; second++) {
      writeFileSync(join(env.ARGUS_LOG_DIR, `argus_20200101_0000${second}.log`), "");
    }
    await (await started({ ...place, env })).stop();
    const names = logsIn(env.ARGUS_LOG_DIR);
    expect(names).toHaveLength(20);
    expect(names.filter((name) => name.startsWith("argus_2020"))).toHaveLength(17);
    expect(logsIn(join(place.directory, "logs"))).toEqual([]);
  }, 20_000);

  test.each(["debug", "info", "critical"])("has messages of the level %s and above", async (level) => {
    using place = folder({ "config.yaml": { version: "1", backends: { tiny: tiny("tool"), absent } } });
    await using gateway = await started(place, "--log-level", level);
    await gateway.stop();
    const log = logOf(join(place.directory, "logs"));
    expect(/Z debug /.test(log)).toBe(level === "debug");
    expect(/Z info /.test(log)).toBe(level !== "critical");
    expect(/Z error /.test(log)).toBe(level !== "critical");
  });
});

describe("stderr", () => {
  test("has the start screen, and then warnings and errors only", async () => {
    using place = folder({ "config.yaml": { version: "1", backends: { broken: chaos("--broken"), absent } } });
    await using gateway = await started(place, "--log-level", "debug");
    await until("an attempt after the start has failed", () => / error {3}\[absent\]/.test(gateway.stderr()));
    await gateway.stop();
    const lines = gateway.stderr().split("\n");
    expect(lines[0]).toBe(`argus-mcp ${lines[0]?.split(" ")[1]} is listening on ${gateway.url}/mcp`);
    const end = lines.findIndex((line) => line.startsWith("ready: 1 of 2 backends connected"));
    const start = lines.slice(0, end);
    expect(start.filter((line) => /^absent: failed: .*\/nowhere\/at-all.* \(\d+\.\d s\)$/.test(line))).toHaveLength(1);
    expect(start.filter((line) => /^broken: connected.*\(\d+\.\d s\)$/.test(line))).toHaveLength(1);
    expect(start.filter((line) => /Z warning \[broken\]/.test(line)).length).toBeGreaterThan(0);
    expect(start.filter((line) => line.includes("/nowhere/at-all"))).toHaveLength(1);
    for (const line of lines.slice(end + 1, -1)) expect(line).toMatch(/Z (warning|error {2}) /);
    expect(gateway.stderr()).not.toMatch(/Z (debug|info) /);
  });

  test("has everything, and a warning that says why, when there can be no file", async () => {
    using place = folder({ "config.yaml": { version: "1", backends: { noisy } }, logs: "a file" });
    await using gateway = await started(place);
    await gateway.stop();
    // The two files are opened at the same time: either may fail first.
    const warnings = [...(gateway.stderr().match(/(?<= warning +).*$/gm) ?? [])].sort();
    const about = ["cannot write to logs/audit.jsonl (audit.file)", "no log file in "];
    expect(warnings).toEqual(about.map((each) => expect.stringContaining(each)));
    expect(gateway.stderr()).toMatch(/Z info {4}\[noisy\] to whom it concerns$/m);
  });

  test("has everything from when the disk is full", async () => {
    const talkative = script(
      'for line in $(seq 200); do echo "this is line $line" >&2; done; exec sh "$tiny" talkative',
    );
    using place = folder({ "config.yaml": { version: "1", backends: { talkative } } });
    // No file may have more than a block, which is 512 bytes or 1 KiB: the second write fails as on a full disk.
    const limited = ["sh", "-c", 'trap "" XFSZ; ulimit -f 1; exec "$0" server --port 0', binary];
    await using gateway = Bun.spawn(limited, {
      cwd: place.directory,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    let stderr = "";
    const read = (async () => {
      for await (const chunk of gateway.stderr.pipeThrough(new TextDecoderStream())) stderr += chunk;
    })();
    await until("the backend is connected", () => /^ready: 1 of 1/m.test(stderr));
    gateway.kill();
    expect(await within("the gateway ends", gateway.exited)).toBe(0);
    await read;
    expect(stderr.match(/Z warning /g)).toHaveLength(1);
    expect(stderr).toMatch(/Z warning cannot write to .*argus_.*\.log/);
    expect(stderr).toContain("this is line 200\n");
  });
});

test("a terminal shows the backends in a list that is drawn in place", async () => {
  const slow = script('until test -e open; do sleep 0.05; done; exec sh "$tiny" slow');
  using place = folder({ "config.yaml": { version: "1", backends: { slow, absent } } });
  const tinyTerminal = new TinyTerminal(60, 24);
  const decoder = new TextDecoder();
  await using terminal = new Bun.Terminal({
    cols: tinyTerminal.columns,
    rows: tinyTerminal.rows,
    data: (_, bytes) => tinyTerminal.write(decoder.decode(bytes, { stream: true })),
  });
  const env = { ...process.env, TERM: "xterm" };
  await using gateway = Bun.spawn([binary, "server", "--port", "0"], { cwd: place.directory, env, terminal });
  const seen = (pattern: RegExp) =>
    until(String(pattern), () => tinyTerminal.seen().find((line) => pattern.test(line)));
  await seen(/✖ absent {2}failed: .*…$/);
  expect(tinyTerminal.seen().slice(1)).toEqual([
    "  · slow    connecting",
    expect.stringMatching(/^ {2}✖ absent {2}failed: .*…$/),
  ]);
  writeFileSync(join(place.directory, "open"), "");
  await seen(/^ready: 1 of 2 backends connected/);
  const [first, ...rows] = tinyTerminal.seen();
  expect(first).toMatch(/^argus-mcp \S+ is listening on http:\S+\/mcp$/);
  expect(rows[0]).toMatch(/✔ slow {4}connected/);
  expect(tinyTerminal.seen().filter((line) => /^ {2}[·✔✖] /.test(line))).toHaveLength(2);
  gateway.kill();
  expect(await within("the gateway ends", gateway.exited)).toBe(0);
});
