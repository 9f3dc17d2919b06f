// Scenario: calls of echo by 1, 8 and 64 clients with payloads of 100 B, 10 KB and 1 MB.
import { type Contestant, load, start } from "./launch.ts";
import type { LoadResult } from "./load.ts";
import { type Bench, inTurns, type Pair } from "./rounds.ts";
import type { Row, Table, Target } from "./table.ts";

interface Point {
  clients: number;
  bytes: number;
}

const payloads = [
  { bytes: 100, title: "100 B" },
  { bytes: 10_240, title: "10 KB" },
  { bytes: 1_048_576, title: "1 MB" },
];
const crowds = [1, 8, 64];

/** What is measured of a load, in the order of the rows. */
export const figures: readonly { of: keyof LoadResult; unit: string }[] = [
  { of: "p50", unit: "p50 ms" },
  { of: "p99", unit: "p99 ms" },
  { of: "callsPerSecond", unit: "calls a second" },
  { of: "cpuMicrosecondsPerCall", unit: "CPU µs a call" },
];

/** What was measured of one figure, in the order of the rounds. */
export function pairsOf(of: keyof LoadResult, pairs: readonly Pair<LoadResult>[]): Pair<number>[] {
  return pairs.map(([contestant, reference]) => [contestant[of], reference[of]]);
}

/** How many clients, in words. */
export function crowd(clients: number): string {
  return `${clients} client${clients === 1 ? "" : "s"}`;
}

/** Rows of one point, for every scenario that puts load on a server. */
export function loadRows(
  clients: number,
  pairs: Pair<LoadResult>[],
  targets: { [of in keyof LoadResult]?: Target },
): Row[] {
  return figures.map(({ of, unit }) => ({
    name: `${crowd(clients)}, ${unit}`,
    pairs: pairsOf(of, pairs),
    target: targets[of],
  }));
}

/** Large payloads take longer to warm up: a server's memory must first have grown to what 64 of them need. */
export function duration(quick: boolean, large = false): { warm: number; measure: number } {
  if (quick) return large ? { warm: 600, measure: 1000 } : { warm: 200, measure: 500 };
  return large ? { warm: 1200, measure: 2000 } : { warm: 700, measure: 1200 };
}

function targets(clients: number): { [of in keyof LoadResult]?: Target } {
  return {
    p50: clients === 1 ? { limit: "at most", value: 1.3 } : undefined,
    callsPerSecond: clients === 64 ? { limit: "at least", value: 0.7 } : undefined,
    cpuMicrosecondsPerCall: { limit: "at most", value: 2 },
  };
}

export async function calls({ contestants, quick }: Bench): Promise<Table[]> {
  const points = payloads.flatMap(({ bytes }) => crowds.map((clients): Point => ({ clients, bytes })));
  const measure = async (contestant: Contestant, { clients, bytes }: Point) => {
    await using server = await start(contestant);
    return await load(server, { clients, call: { bytes }, ...duration(quick, bytes > 1_000_000) });
  };
  const taken = await inTurns(points, contestants, quick ? 2 : 5, measure);
  return payloads.map(({ bytes, title }) => ({
    title: `tools/call with ${title} both ways`,
    columns: [contestants[0].name, contestants[1].name],
    rows: [...taken]
      .filter(([point]) => point.bytes === bytes)
      .flatMap(([{ clients }, pairs]) => loadRows(clients, pairs, targets(clients))),
  }));
}
