// Entry of the bench: `bun tests/bench/run.ts [calls|list|start|binary|memory|observe|trust|eras|tui|others…] [--quick] [--noise]` prints tables.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { binary } from "../fixtures/gateway.ts";
import { binarySize } from "./binary.ts";
import { calls } from "./calls.ts";
import { eras } from "./eras.ts";
import { copyGateway, gateway, passThrough } from "./launch.ts";
import { list } from "./list.ts";
import { memory } from "./memory.ts";
import { observe } from "./observe.ts";
import { others } from "./others.ts";
import type { Bench } from "./rounds.ts";
import { startTimes } from "./start.ts";
import { format, type Table } from "./table.ts";
import { trust } from "./trust.ts";
import { tui } from "./tui.ts";

const scenarios: Record<string, (bench: Bench) => Promise<Table[]>> = {
  calls,
  list,
  start: startTimes,
  binary: binarySize,
  memory,
  observe,
  trust,
  eras,
  tui,
  others,
};

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, noise: { type: "boolean", default: false } },
});

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** With `--noise` the pass-through is compared with itself: what then differs from 1 is the machine's noise. */
const contestants = [values.noise ? passThrough : gateway, passThrough] as const;
/** Without names, what the gateway costs as it is; what a part of it costs, and what others do, is asked for. */
const chosen = positionals.length > 0 ? positionals : ["calls", "list", "start", "memory"];
const unknown = chosen.filter((name) => !(name in scenarios));
if (unknown.length > 0) fail(`unknown: ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`);
if (!values.noise && !existsSync(binary)) fail(`${binary} does not exist; build it first: bun run build`);
if (!values.noise) copyGateway();

console.log(
  `${availableParallelism()} cores, ${process.platform} ${process.arch}, Bun ${Bun.version}. Values are medians over rounds in ` +
    "fresh processes, in turns;\nthe ratio is the median of the rounds' ratios, beside it the lowest and the highest.",
);
if (process.platform !== "linux") console.log("CPU time and resident memory are read from /proc, on Linux only.");
for (const name of chosen) {
  for (const table of (await scenarios[name]?.({ contestants, quick: values.quick })) ?? []) console.log(format(table));
}
