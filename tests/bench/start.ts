// Scenario: from the start of the process until the port answers, and until 1 and 20 backends are ready.
import { join } from "node:path";
import { bun } from "../../build/bun.ts";
import { FLAGS } from "../../build/bundle.ts";
import { type Contestant, scratch, start } from "./launch.ts";
import { type Bench, inTurns } from "./rounds.ts";
import type { Table } from "./table.ts";

/** With the flags of the gateway. */
async function compileEmptyApp(): Promise<Contestant> {
  const program = join(scratch, "empty");
  await bun(import.meta.dir, ["build", "empty.ts", ...FLAGS, `--outfile=${program}`]);
  return { name: "empty Elysia app", command: ({ port }) => [program, String(port)] };
}

async function portAnswers({ contestants: [contestant], quick }: Bench): Promise<Table> {
  const emptyApp = await compileEmptyApp();
  const measure = async (started: Contestant) => {
    await using server = await start(started, { path: "/" });
    return server.startTime;
  };
  const subject = "start to the first answer, ms";
  const taken = await inTurns([subject], [contestant, emptyApp], quick ? 6 : 20, measure);
  return {
    title: "The port answers (GET /)",
    columns: [contestant.name, emptyApp.name],
    rows: [...taken].map(([name, pairs]) => ({ name, pairs, target: { limit: "at most", value: 1.5 } })),
  };
}

async function backendsReady({ contestants, quick }: Bench): Promise<Table> {
  const measure = async (contestant: Contestant, backends: number) => {
    await using server = await start(contestant, { backends });
    return server.startTime;
  };
  const taken = await inTurns([1, 20], contestants, quick ? 2 : 9, measure);
  return {
    title: "All backends are ready (GET /manage/v1/ready)",
    columns: [contestants[0].name, contestants[1].name],
    rows: [...taken].map(([backends, pairs]) => ({ name: `start to ready, backends: ${backends}, ms`, pairs })),
  };
}

export async function startTimes(bench: Bench): Promise<Table[]> {
  return [await portAnswers(bench), await backendsReady(bench)];
}
