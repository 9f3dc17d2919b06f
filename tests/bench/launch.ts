// Starts the processes of the bench, and ends them with it, however it ends.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { binary } from "../fixtures/gateway.ts";
import type { Era, LoadOptions, LoadResult } from "./load.ts";
import { get, Wire } from "./wire.ts";

/** What is run against what. */
export interface Contestant {
  name: string;
  /** Lines that every request of its clients carries, each with its line end. */
  headers?: string;
  /** The era that its clients speak (legacy). */
  era?: Era;
  /** Further variables for it. */
  env?: Record<string, string>;
  command(setup: Setup, directory: string): string[];
}

export interface Setup {
  port: number;
  backends: number;
  /** Tools of each backend. */
  tools: number;
}

/** Parts of the gateway's configuration. */
export interface GatewaySections {
  server?: object;
  telemetry?: object;
  audit?: object;
  authorization?: object;
  incoming_auth?: object;
  backends?: Record<string, object>;
}

export interface StartOptions {
  backends?: number;
  tools?: number;
  /** The path that answers 200 when the start is over. */
  path?: string;
  /** Says in place of the path whether it is over. */
  ready?(url: URL): Promise<boolean>;
}

export interface Server extends AsyncDisposable {
  url: URL;
  headers: string;
  era: Era | undefined;
  pid: number;
  /** Milliseconds from the spawn to the first 200. */
  startTime: number;
}

/** The bench's temporary directory. */
export const scratch = mkdtempSync(join(tmpdir(), "argus-bench-"));

/** The executable that is measured: a copy, so that a build meanwhile does not change what runs. */
export const program = join(scratch, "argus-mcp");

/** Takes the copy; comes before the first start of a gateway. */
export function copyGateway(): void {
  copyFileSync(binary, program);
}

const here = import.meta.dir;
const patience = 60_000;

export const echoCommand = (tools: number) => [process.execPath, join(here, "echo.ts"), String(tools)];

/** The gateway, with this in its configuration besides. */
export function gatewayWith(name: string, sections: GatewaySections, headers = ""): Contestant {
  const { server, backends: more, ...others } = sections;
  return {
    name,
    headers,
    command({ port, backends, tools }, directory) {
      const [command, ...args] = echoCommand(tools);
      const names = backends === 1 ? ["echo"] : Array.from({ length: backends }, (_, index) => `echo${index + 1}`);
      const config = {
        version: "1",
        server: { log_level: "warning", ...server },
        backends: { ...Object.fromEntries(names.map((name) => [name, { type: "stdio", command, args }])), ...more },
        conflict_resolution: { strategy: backends === 1 ? "first-wins" : "prefix" },
        ...others,
      };
      const path = join(directory, "config.yaml");
      writeFileSync(path, JSON.stringify(config));
      return [program, "server", "--port", String(port), "--config", path];
    },
  };
}

export const gateway = gatewayWith("gateway", {});

export const passThrough: Contestant = {
  name: "pass-through",
  command({ port, backends, tools }) {
    return [process.execPath, join(here, "pass-through.ts"), String(port), String(backends), ...echoCommand(tools)];
  },
};

const running = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of running) child.kill();
  rmSync(scratch, { recursive: true, force: true });
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

/** Ends it with the bench. */
export function track<Child extends Subprocess>(child: Child): Child {
  running.add(child);
  void child.exited.then(() => running.delete(child));
  return child;
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function answers(url: URL, path: string): Promise<boolean> {
  try {
    using wire = await Wire.connect(url);
    return (await wire.send(get(url, path))).status === 200;
  } catch {
    return false;
  }
}

/** Ends a process: at first politely. */
async function end(child: Subprocess): Promise<void> {
  const deadline = setTimeout(() => child.kill("SIGKILL"), 10_000);
  child.kill();
  await child.exited;
  clearTimeout(deadline);
}

/** Resolves when it is ready; rejects when the process has ended, as it must when its time is up. */
async function answered(child: Subprocess, url: URL, ready: (url: URL) => Promise<boolean>): Promise<void> {
  const deadline = setTimeout(() => child.kill("SIGKILL"), patience);
  let ended = false;
  void child.exited.then(() => {
    ended = true;
    clearTimeout(deadline);
  });
  while (!(await ready(url))) {
    if (ended) throw new Error(`the process ended with ${child.exitCode ?? child.signalCode} before ${url} answered`);
    await Bun.sleep(1);
  }
  clearTimeout(deadline);
}

/** Starts a contestant in a fresh process and directory, and waits until it answers. */
export async function start(contestant: Contestant, options: StartOptions = {}): Promise<Server> {
  const { backends = 1, tools = 1, path = "/manage/v1/ready", ready = (url) => answers(url, path) } = options;
  const directory = mkdtempSync(join(scratch, "server-"));
  const log = join(directory, "stderr.txt");
  const port = freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const command = contestant.command({ port, backends, tools }, directory);
  const since = performance.now();
  const env = { ...process.env, ...contestant.env };
  const child = track(
    Bun.spawn(command, { cwd: directory, env, stdin: "ignore", stdout: "ignore", stderr: Bun.file(log) }),
  );
  try {
    await answered(child, url, ready);
  } catch (cause) {
    const message = `${contestant.name} did not start:\n${readFileSync(log, "utf8")}`;
    await end(child);
    throw new Error(message, { cause });
  }
  const { headers = "", era } = contestant;
  return {
    url,
    headers,
    era,
    pid: child.pid,
    startTime: performance.now() - since,
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Runs the load client against a server. */
export async function load(server: Server, options: Omit<LoadOptions, "url" | "pid" | "headers">): Promise<LoadResult> {
  const { url, pid, headers } = server;
  const target: LoadOptions = { url: url.href, pid, headers, ...options };
  const client = track(
    Bun.spawn([process.execPath, join(here, "load.ts"), JSON.stringify(target)], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
      timeout: patience,
    }),
  );
  const output = await client.stdout.text();
  if ((await client.exited) !== 0) throw new Error(`the load client ended with ${client.exitCode ?? "a time-out"}`);
  return JSON.parse(output);
}
