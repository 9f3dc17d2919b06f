// What Linux tells of a running process; NaN on other systems.
import { readdirSync, readFileSync } from "node:fs";

const linux = process.platform === "linux";
const microsecondsPerTick = 10_000;

/** Microseconds of CPU this process, without its children, has used so far; in steps of 10 ms. */
export function cpuMicroseconds(pid: number): number {
  if (!linux) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field, the program's name, may hold spaces: count from the end of its parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
}

/** As above, of the threads that it still has, to the nanosecond: for what takes little. */
export function scheduledMilliseconds(pid: number): number {
  if (!linux) return Number.NaN;
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]),
  );
  return times.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1_000_000;
}

/** Resident memory in KiB. */
export function residentKiB(pid: number): number {
  if (!linux) return Number.NaN;
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
}

/** Resident memory in KiB once it has stood still for a second, or after ten. */
export async function settledKiB(pid: number): Promise<number> {
  let before = residentKiB(pid);
  let still = 0;
  for (let sample = 0; sample < 40 && still < 4; sample++) {
    await Bun.sleep(250);
    const now = residentKiB(pid);
    still = Math.abs(now - before) < 256 ? still + 1 : 0;
    before = now;
  }
  return before;
}
