// Starts a backend's process in a group of its own and ends the whole tree, whatever it forked.
import { accessSync, constants } from "node:fs";
import { describe, GatewayError } from "../errors.ts";
import { excerpt } from "../observe/excerpt.ts";
import { killMarked, MARK, newMark } from "./orphans.ts";

export interface ProcessOptions {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** Receives each line of stderr, and of stdout unless `stdout` is "pipe". */
  output(line: string): void;
  stdout: "pipe" | "lines";
}

/** How long a process may take after each step of its end, in milliseconds. */
const PATIENCE = 2_000;

/** Variables that a backend inherits; everything else it must be given in `env`. */
const INHERITED =
  process.platform === "win32"
    ? /^(APPDATA|COMSPEC|HOMEDRIVE|HOMEPATH|LOCALAPPDATA|NUMBER_OF_PROCESSORS|OS|PATH|PATHEXT|PROCESSOR_\w+|PROGRAM\w+(\(x86\))?|SYSTEMDRIVE|SYSTEMROOT|TEMP|TMP|USERDOMAIN|USERNAME|USERPROFILE|WINDIR|\w+_PROXY|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS)$/i
    : /^(HOME|PATH|USER|LOGNAME|SHELL|LANG|LC_\w+|TERM|TMPDIR|TZ|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|XDG_\w+)$/;

export type Child = ReturnType<typeof spawnChild>;

/**
 * Spawns a process. Throws GatewayError `unavailable` when it cannot be started, with the reason in words.
 * The caller must read `stdout` when it is "pipe".
 */
export function spawnChild(options: ProcessOptions) {
  const mark = newMark();
  const child = launch(options, mark);
  const exited = child.exited.then(() => howItEnded(child.exitCode, child.signalCode));
  void readLines(child.stderr, options.output);
  if (options.stdout === "lines") void readLines(child.stdout, options.output);
  let stopping: Promise<void> | undefined;
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    /** Resolves with words such as "exited with code 1" once the process itself has ended. */
    exited,
    /** Ends the process and all that it started; resolves when none is left. */
    stop: () => {
      stopping ??= stopTree(child, mark);
      return stopping;
    },
  };
}

function launch(options: ProcessOptions, mark: string) {
  const failed = (reason: string) => new GatewayError("unavailable", `cannot start "${options.command}": ${reason}`);
  const misplaced = options.cwd && problemIn(options.cwd);
  if (misplaced) throw failed(`its working directory (cwd) ${options.cwd} ${misplaced}`);
  const env: NodeJS.ProcessEnv = { ...inherited(), ...options.env, [MARK]: mark };
  const program = Bun.which(options.command, {
    PATH: env.PATH ?? env.Path ?? "",
    ...(options.cwd && { cwd: options.cwd }),
  });
  try {
    return Bun.spawn([program ?? options.command, ...options.args], {
      env,
      ...(options.cwd && { cwd: options.cwd }),
      detached: process.platform !== "win32",
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      windowsHide: true,
      lazy: true,
    });
  } catch (error) {
    throw failed(program ? describe(error) : "no such program in PATH");
  }
}

const MISPLACED: Readonly<Record<string, string>> = { ENOENT: "is not there", ENOTDIR: "is no directory" };

/** Says why no process can work in a directory: the system's error would name the program in its place. */
function problemIn(directory: string): string | undefined {
  try {
    accessSync(`${directory}/.`, constants.X_OK);
    return undefined;
  } catch (error) {
    return MISPLACED[(error as NodeJS.ErrnoException).code ?? ""] ?? `cannot be entered: ${describe(error)}`;
  }
}

function inherited(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => INHERITED.test(name)));
}

function howItEnded(code: number | null, signal: number | string | null): string {
  return signal ? `was ended by ${signal}` : `exited with code ${code}`;
}

/** Where a line is cut, in characters, so that no output can fill the memory. */
const LONGEST = 8_192;

/** Reads text lines into a callback. */
async function readLines(stream: ReadableStream<Uint8Array>, receive: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      // One more shows that the line is longer.
      rest = (lines.pop() ?? "").slice(0, LONGEST + 1);
      for (const line of lines) if (line) receive(excerpt(line, LONGEST));
    }
  } catch {
    // The pipe broke with its process, which `exited` reports.
  }
  if (rest) receive(excerpt(rest, LONGEST));
}

/** Closes stdin, waits, SIGTERM, waits, SIGKILL: each step only for what the one before has left (MCP Lifecycle, Shutdown). */
async function stopTree(child: ReturnType<typeof launch>, mark: string): Promise<void> {
  // Not awaited: a process that reads nothing any more would never take what is still on its way to it.
  void closeInput(child);
  await vanished(() => alive(child), PATIENCE);
  if (alive(child)) signalTree(child, "SIGTERM");
  await vanished(() => alive(child), PATIENCE);
  if (alive(child)) signalTree(child, "SIGKILL");
  await killMarked(mark);
  await child.exited;
}

async function closeInput({ stdin }: ReturnType<typeof launch>): Promise<void> {
  try {
    await stdin.end();
  } catch {
    // It was gone already.
  }
}

type Tree = Pick<ReturnType<typeof launch>, "pid" | "exitCode" | "signalCode" | "kill">;

/** Whether the process or, where there are groups, any process of its group is there. */
function alive(child: Tree): boolean {
  if (process.platform === "win32") return child.exitCode === null && child.signalCode === null;
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signalTree(child: Tree, signal: NodeJS.Signals): void {
  if (process.platform === "win32") {
    Bun.spawnSync(["taskkill", "/T", "/F", "/PID", String(child.pid)]);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}

/** No event tells that a process group is empty, so this looks, at growing intervals. */
async function vanished(there: () => boolean, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
  for (let pause = 1; there() && performance.now() < deadline; pause = Math.min(pause * 2, 50)) await Bun.sleep(pause);
}
