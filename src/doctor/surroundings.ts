// Checks what the gateway needs on this machine: programs, folders to write to, and the port.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import { describe } from "../errors.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";

/** Who brings a program along. */
const PACKAGES: Record<string, string> = {
  npx: "install Node.js",
  node: "install Node.js",
  uvx: "install uv",
  uv: "install uv",
  docker: "install Docker",
  bunx: "install Bun",
  python: "install Python",
  python3: "install Python",
};

/** The programs of all backends that are switched on, and their working directories. */
export function checkPrograms({ backends }: Config): Finding[] {
  return Object.entries(backends).flatMap(([name, backend]) => {
    if (backend.type === "streamable-http" || !backend.enabled || backend.command === undefined) return [];
    const { command, cwd, env } = backend;
    if (cwd !== undefined && !isFolder(cwd))
      return [failed("program", `${name}: its working directory ${cwd} is not there`, "make it, or mend cwd")];
    const path = Bun.which(command, { PATH: env.PATH ?? process.env.PATH ?? "", ...(cwd !== undefined && { cwd }) });
    if (path !== null) return [ok("program", `${name}: ${command} is ${path}`)];
    const advice = PACKAGES[command] ?? "install it, or give its whole path";
    return [failed("program", `${name}: there is no program ${command} in PATH`, advice)];
  });
}

/** Where the log and the audit trail go. */
export function checkPlaces({ audit }: Config): Finding[] {
  const log = resolve(process.env.ARGUS_LOG_DIR || "logs");
  const trail = audit.enabled ? [checkPlace("the audit trail", dirname(resolve(audit.file)))] : [];
  return [checkPlace("the log", log), ...trail];
}

/** A folder that is not there yet is made where its nearest one can be written to. */
function checkPlace(what: string, folder: string): Finding {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    if (!isFolder(there)) throw new Error(`${there} is no folder`);
    accessSync(there, constants.W_OK);
    return ok("files", `${what} goes to ${folder}`);
  } catch (error) {
    const message = `${what} cannot be written to ${folder}, and will go to stderr: ${describe(error)}`;
    return warning("files", message, what === "the log" ? "set ARGUS_LOG_DIR" : "set audit.file");
  }
}

/** How the gateway at this URL is, if one runs there. */
export async function findServer(url: URL): Promise<Finding | undefined> {
  try {
    const response = await fetch(new URL("/manage/v1/health", url), {
      signal: AbortSignal.timeout(3_000),
      // It is asked how it is, and told nothing: who it is does not matter.
      tls: { rejectUnauthorized: false },
    });
    const { status, version, backends } = (await response.json()) as Health;
    const counts = `${backends.connected} of ${backends.total} backends connected`;
    const message = `argus-mcp ${version} runs at ${url.origin}: ${status}, ${counts}`;
    return status === "healthy"
      ? ok("server", message)
      : warning("server", message, "see the backends below, and its log");
  } catch {
    return undefined;
  }
}

interface Health {
  status: string;
  version: string;
  backends: { connected: number; total: number };
}

/** Whether one could run there: only one program can have the port. */
export function checkPort(url: URL, { server }: Config): Finding {
  try {
    Bun.listen({ hostname: server.host, port: server.port, socket: { data: () => undefined } }).stop(true);
    return warning("server", `no gateway runs at ${url.origin}; the port is free`, "argus-mcp server starts one");
  } catch (error) {
    const message = `${server.host}:${server.port} cannot be listened on: ${describe(error)}`;
    return failed("server", message, "end the program that has it, or choose another server.port");
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
