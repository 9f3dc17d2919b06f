// Scenario: what metrics, events and traces cost on the path of a call, beside the same gateway without a management API.
import { crowd, duration, figures, pairsOf } from "./calls.ts";
import { type Contestant, gatewayWith, load, type Server, start } from "./launch.ts";
import type { LoadResult } from "./load.ts";
import { type Bench, inTurns } from "./rounds.ts";
import type { Table } from "./table.ts";
import { get, Wire } from "./wire.ts";

interface Observed {
  contestant: Contestant;
  /** Whether somebody follows the events and reads the metrics. */
  read?: boolean;
}

/** Counts nothing, since nobody could read it. */
function plain(name: string): Observed {
  return { contestant: gatewayWith(name, { server: { management: { enabled: false } } }) };
}

/** The first is what the others are compared with: what differs there is the machine's noise. */
function variants(collector: string): Observed[] {
  return [
    plain("plain again"),
    { contestant: gatewayWith("by default", {}) },
    { contestant: gatewayWith("with readers", {}), read: true },
    { contestant: gatewayWith("traced", { telemetry: { enabled: true, otlp_endpoint: collector } }) },
  ];
}

async function expectOk(path: string, answer: Promise<{ status: number }>): Promise<void> {
  const { status } = await answer;
  if (status !== 200) throw new Error(`GET ${path} was answered with ${status}`);
}

/** Follows the events and scrapes the metrics every second, until this is over. */
async function readUntil(over: Promise<unknown>, { url }: Server): Promise<void> {
  const [events, metrics] = ["/manage/v1/events/stream", "/manage/v1/metrics"];
  using stream = await Wire.connect(url);
  await expectOk(events, stream.open(get(url, events)));
  using wire = await Wire.connect(url);
  const goesOn = () => Promise.race([Bun.sleep(1_000).then(() => true), over.then(() => false)]);
  do await expectOk(metrics, wire.send(get(url, metrics)));
  while (await goesOn());
}

async function measure({ contestant, read }: Observed, clients: number, quick: boolean): Promise<LoadResult> {
  await using server = await start(contestant);
  const loaded = load(server, { clients, call: { bytes: 100 }, ...duration(quick) });
  const [result] = await Promise.all([loaded, read && readUntil(loaded, server)]);
  return result;
}

export async function observe({ quick }: Bench): Promise<Table[]> {
  using collector = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const observed = variants(collector.url.origin);
  const points = [1, 64].flatMap((clients) => observed.map((variant) => ({ clients, variant })));
  const sides = [(variant: Observed) => variant, () => plain("plain")] as const;
  const taken = await inTurns(points, sides, quick ? 2 : 7, (side, { clients, variant }) =>
    measure(side(variant), clients, quick),
  );
  return [...Map.groupBy(taken, ([{ clients }]) => clients)].map(([clients, some]) => ({
    title: `tools/call with 100 B both ways, ${crowd(clients)}, observed and plain (management.enabled: false)`,
    columns: ["observed", "plain"],
    rows: figures.flatMap(({ of, unit }) =>
      some.map(([{ variant }, pairs]) => ({ name: `${unit}, ${variant.contestant.name}`, pairs: pairsOf(of, pairs) })),
    ),
  }));
}
