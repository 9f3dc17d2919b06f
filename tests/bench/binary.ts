// Scenario: what the terminal UI costs those who do not open it: the same gateway built with it and without.
import { statSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../build/bundle.ts";
import { libcHere } from "../../build/targets.ts";
import { root } from "../fixtures/gateway.ts";
import { type Contestant, gateway, scratch, start } from "./launch.ts";
import { scheduledMilliseconds, settledKiB } from "./proc.ts";
import { type Bench, inTurns } from "./rounds.ts";
import type { Table, Target } from "./table.ts";

interface Build extends Contestant {
  file: string;
}

/** Builds the gateway as a release is, in a place of its own. */
async function build(name: string, without: readonly string[]): Promise<Build> {
  const file = join(scratch, without.length > 0 ? "plain" : "whole", "argus-mcp");
  await bundle({ directory: root, outfile: file, commit: undefined, libc: await libcHere(), without });
  return {
    ...{ name, file },
    command: (setup, directory) => [file, ...gateway.command(setup, directory).slice(1)],
  };
}

interface Subject {
  /** With its unit. */
  name: string;
  target?: Target;
  measure(build: Build): Promise<number>;
}

async function versionTime({ file }: Build): Promise<number> {
  const since = performance.now();
  await Bun.spawn([file, "--version"], { stdin: "ignore", stdout: "ignore" }).exited;
  return performance.now() - since;
}

/** Other work on the machine changes it less than the time on the clock. */
async function versionCpu({ file }: Build): Promise<number> {
  const child = Bun.spawn([file, "--version"], { stdin: "ignore", stdout: "ignore" });
  await child.exited;
  return Number(child.resourceUsage()?.cpuTime.total ?? Number.NaN) / 1_000;
}

async function readyTime(build: Build): Promise<number> {
  await using server = await start(build);
  return server.startTime;
}

async function readyCpu(build: Build): Promise<number> {
  await using server = await start(build);
  return scheduledMilliseconds(server.pid);
}

async function memory(build: Build): Promise<number> {
  await using server = await start(build);
  return (await settledKiB(server.pid)) / 1_024;
}

/** Two builds of the very same differ by less. The time on the clock has no target: whatever else the machine does is in it. */
const same: Target = { limit: "at most", value: 1.05 };

const fast: Subject[] = [
  { name: "--version, ms", measure: versionTime },
  { name: "--version, CPU ms", target: same, measure: versionCpu },
  { name: "start to ready, one backend, ms", measure: readyTime },
  { name: "start to ready, one backend, CPU ms", target: same, measure: readyCpu },
];
const slow: Subject[] = [{ name: "resident memory, one backend, idle, MiB", target: same, measure: memory }];
const once: Subject[] = [
  { name: "the file, MB", measure: ({ file }) => Promise.resolve(statSync(file).size / 1_000_000) },
];

export async function binarySize({ quick }: Bench): Promise<Table[]> {
  const builds = [await build("with the TUI", []), await build("without", ["*/cli/tui.ts"])] as const;
  const take = (subjects: Subject[], rounds: number) =>
    inTurns(subjects, builds, rounds, (of, { measure }) => measure(of));
  const taken = [...(await take(fast, quick ? 6 : 40)), ...(await take(slow, quick ? 1 : 5)), ...(await take(once, 1))];
  return [
    {
      title: "The terminal UI in the executable",
      columns: [builds[0].name, builds[1].name],
      rows: taken.map(([{ name, target }, pairs]) => ({ name, pairs, ...(target && { target }) })),
    },
  ];
}
