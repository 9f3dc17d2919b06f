// Scenario: what metrics, events and traces cost on the path of a call, beside the same gateway without a management API.
import { gatewayWith, type Server } from "./launch.ts";
import type { Bench } from "./rounds.ts";
import type { Table } from "./table.ts";
import { compare, type Variant } from "./variants.ts";
import { get, Wire } from "./wire.ts";

/** Counts nothing, since nobody could read it. */
function plain(name: string): Variant {
  return { contestant: gatewayWith(name, { server: { management: { enabled: false } } }) };
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

export async function observe({ quick }: Bench): Promise<Table[]> {
  using collector = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const traced = { telemetry: { enabled: true, otlp_endpoint: collector.url.origin } };
  return await compare({
    title: "observed and plain (management.enabled: false)",
    columns: ["observed", "plain"],
    variants: [
      plain("plain again"),
      { contestant: gatewayWith("by default", {}) },
      { contestant: gatewayWith("with readers", {}), beside: readUntil },
      { contestant: gatewayWith("traced", traced) },
    ],
    plain: plain("plain"),
    quick,
  });
}
