// Finds processes that left their backend's process group, or outlived a killed gateway, by a mark in their environment (Linux).
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The environment variable that carries the mark. */
export const MARK = "ARGUS_MCP_CHILD";

/**
 * A mark for one backend process: which gateway started it (process id and start time, for ids are reused, and the namespace of the id, for
 * that of a container means another process here), and which one it is.
 */
export function newMark(): string {
  return [process.pid, startTime(process.pid), namespace(), crypto.randomUUID()].join(".");
}

/** Kills every process that carries this mark; resolves when none is left. */
export async function killMarked(mark: string): Promise<void> {
  for (let found = marked((text) => text === mark); found.length > 0; found = marked((text) => text === mark)) {
    found.forEach(kill);
    await Bun.sleep(5);
  }
}

/** Kills what gateways left behind that were killed themselves. Gives the number of processes. */
export function reapOrphans(): number {
  const here = namespace();
  const orphans = marked((text) => {
    const [gateway, started, from] = text.split(".");
    return from === here && startTime(Number(gateway)) !== started;
  });
  orphans.forEach(kill);
  return orphans.length;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}

function marked(wanted: (mark: string) => boolean): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const mark = readMark(pid);
      return mark !== undefined && wanted(mark) && !isZombie(pid);
    });
}

function readMark(pid: number): string | undefined {
  return new RegExp(`(?:^|\0)${MARK}=([^\0]*)`).exec(read(`/proc/${pid}/environ`))?.[1];
}

/** Field 3 of /proc/PID/stat (proc(5)); a zombie is dead already and only waits for its parent. */
function isZombie(pid: number): boolean {
  return statFields(pid)[0] === "Z";
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; empty where there is no such process. */
function startTime(pid: number): string {
  return statFields(pid)[19] ?? "";
}

/** The fields from the third on: the second, the program's name, may hold spaces and parentheses. */
function statFields(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The number of this process's PID namespace (pid_namespaces(7)). */
function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
