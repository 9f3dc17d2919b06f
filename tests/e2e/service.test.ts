// The files for service managers: they are well-formed, and what they start is a server that becomes ready.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { $ } from "bun";
import { parse } from "plist";
import { tiny } from "../fixtures/backends.ts";
import { folder } from "../fixtures/command.ts";
import { listenForDatagrams } from "../fixtures/datagrams.ts";
import { binary, root } from "../fixtures/gateway.ts";
import { parseUnit, valuesOf } from "../fixtures/unit-file.ts";
import { within } from "../fixtures/until.ts";

const UNITS = ["argus-mcp.service", "argus-mcp-user.service"];

/** What is elsewhere on a real machine lies in the test's folder. */
function moved(text: string, directory: string): string {
  return text
    .replaceAll("/usr/local/bin/argus-mcp", binary)
    .replaceAll("%h/.local/bin/argus-mcp", binary)
    .replaceAll(
      /%E|%S|\/etc(?=\/)|\/var\/(?:lib|log)(?=\/)|\/Users\/NAME\/\.config|\/Users\/NAME\/Library\/Logs/g,
      directory,
    );
}

const source = (name: string) => readFileSync(join(root, "docs", "service", name), "utf8");

interface Service {
  command: string[];
  cwd: string;
  env: Record<string, string>;
}

/** Starts it as its service manager would, with a configuration of one backend, and stops it when it is ready. */
async function startsAndStops({ command, cwd, env }: Service, directory: string): Promise<void> {
  mkdirSync(join(directory, "argus-mcp"), { recursive: true });
  const config = { version: "1", server: { port: 0 }, backends: { one: tiny("one") } };
  writeFileSync(join(directory, "argus-mcp", "config.yaml"), JSON.stringify(config));
  const name = join(directory, "notify");
  using manager = listenForDatagrams(name);
  const { PATH = "" } = process.env;
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH, ...env, NOTIFY_SOCKET: name },
    stdio: ["ignore", "ignore", "ignore"],
  });
  try {
    expect(await manager.line("READY=1")).toContain("STATUS=1 of 1 backends connected");
    child.kill("SIGTERM");
    expect(await within("the server ends", child.exited)).toBe(0);
    expect(existsSync(join(env.ARGUS_LOG_DIR ?? join(cwd, "logs")))).toBe(true);
  } finally {
    child.kill("SIGKILL");
  }
}

describe.each(UNITS)("%s", (name) => {
  test("starts a server that becomes ready and stops", async () => {
    using place = folder();
    const unit = parseUnit(moved(source(name), place.directory));
    const [command = ""] = valuesOf(unit, "Service", "ExecStart");
    const [cwd = ""] = valuesOf(unit, "Service", "WorkingDirectory");
    const env = Object.fromEntries(valuesOf(unit, "Service", "Environment").map((text) => text.split("=", 2)));
    await startsAndStops({ command: command.split(" "), cwd, env }, place.directory);
  });

  test("waits for readiness, and for the end of what it stops", () => {
    const unit = parseUnit(source(name));
    expect(valuesOf(unit, "Service", "Type")).toEqual(["notify"]);
    expect(valuesOf(unit, "Service", "KillMode")).toEqual(["mixed"]);
    expect(Number(valuesOf(unit, "Service", "TimeoutStopSec"))).toBeGreaterThan(10);
    expect(valuesOf(unit, "Install", "WantedBy")).toHaveLength(1);
  });

  test("is understood by systemd, where that is", async () => {
    using place = folder({ [name]: moved(source(name), "/var/lib") });
    const scope = name.includes("user") ? "--user" : "--system";
    // A machine without systemd has read it by the tests above.
    const verify = Bun.which("systemd-analyze") ? ["systemd-analyze", "verify", scope] : ["true"];
    const { exitCode, stderr } = await $`${verify} ${join(place.directory, name)}`
      .env({ ...process.env, XDG_RUNTIME_DIR: place.directory })
      .nothrow()
      .quiet();
    expect({ exitCode, said: stderr.toString() }).toEqual({ exitCode: 0, said: "" });
  });
});

describe("argus-mcp.plist", () => {
  const agent = (directory: string) => parse(moved(source("argus-mcp.plist"), directory)) as Record<string, unknown>;

  test("starts a server that becomes ready and stops", async () => {
    using place = folder();
    const { ProgramArguments, WorkingDirectory, EnvironmentVariables } = agent(place.directory);
    const env = { ...(EnvironmentVariables as Record<string, string>), PATH: process.env.PATH ?? "" };
    const service = { command: ProgramArguments as string[], cwd: WorkingDirectory as string, env };
    await startsAndStops(service, place.directory);
  });

  test("is started again when it failed, and gets its time to stop", () => {
    const { Label, KeepAlive, ExitTimeOut, RunAtLoad } = agent("/");
    expect({ Label, KeepAlive, RunAtLoad }).toEqual({
      ...{ Label: "argus-mcp", RunAtLoad: true },
      KeepAlive: { SuccessfulExit: false },
    });
    expect(ExitTimeOut).toBeGreaterThan(10);
  });
});

test("docs/service.md names the files, and everything it says to install is there", () => {
  const text = readFileSync(join(root, "docs", "service.md"), "utf8");
  for (const name of [...UNITS, "argus-mcp.plist"]) expect(text).toContain(`(service/${name})`);
  for (const [path] of text.matchAll(/docs\/service\/[\w.-]+/g)) expect(existsSync(join(root, path))).toBe(true);
});
