// Compares variants of the gateway with a plain one under load: what a feature costs on the path of a call.
import { crowd, duration, figures, pairsOf } from "./calls.ts";
import { type Contestant, load, type Server, start } from "./launch.ts";
import type { LoadResult } from "./load.ts";
import { inTurns } from "./rounds.ts";
import type { Table } from "./table.ts";

export interface Variant {
  contestant: Contestant;
  /** What goes on beside the load, until it is over. */
  beside?(over: Promise<unknown>, server: Server): Promise<void>;
}

export interface Comparison {
  /** What the tables say after "tools/call with 100 B both ways". */
  title: string;
  columns: readonly [string, string];
  /** The first should be plain too: what differs there is the machine's noise. */
  variants: readonly Variant[];
  plain: Variant;
  quick: boolean;
}

async function measure({ contestant, beside }: Variant, clients: number, quick: boolean): Promise<LoadResult> {
  await using server = await start(contestant);
  const loaded = load(server, { clients, call: { bytes: 100, era: server.era }, ...duration(quick) });
  const [result] = await Promise.all([loaded, beside?.(loaded, server)]);
  return result;
}

/** Gives a table for one client, and one for 64. */
export async function compare({ title, columns, variants, plain, quick }: Comparison): Promise<Table[]> {
  const points = [1, 64].flatMap((clients) => variants.map((variant) => ({ clients, variant })));
  const sides = [(variant: Variant) => variant, () => plain] as const;
  const taken = await inTurns(points, sides, quick ? 2 : 7, (side, { clients, variant }) =>
    measure(side(variant), clients, quick),
  );
  return [...Map.groupBy(taken, ([{ clients }]) => clients)].map(([clients, some]) => ({
    title: `tools/call with 100 B both ways, ${crowd(clients)}, ${title}`,
    columns,
    rows: figures.flatMap(({ of, unit }) =>
      some.map(([{ variant }, pairs]) => ({ name: `${unit}, ${variant.contestant.name}`, pairs: pairsOf(of, pairs) })),
    ),
  }));
}
