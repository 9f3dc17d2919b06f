// Scenario: resident memory, idle with one backend and with 1,000 idle sessions, without and with an open GET stream each.
import { type Contestant, type Server, start } from "./launch.ts";
import { settledKiB } from "./proc.ts";
import { type Bench, inTurns } from "./rounds.ts";
import { openSession } from "./session.ts";
import type { Row, Table, Target } from "./table.ts";
import { get, Wire } from "./wire.ts";

/** The first sessions warm the server up; a further session costs what the rest adds. */
const first = 100;
const all = 1000;

interface Sample {
  idleMiB: number;
  fullMiB: number;
  perSessionKiB: number;
}

/** Opens sessions one after the other on one connection, so that nothing but the sessions stays. */
async function openIdle({ url }: Server, count: number): Promise<void> {
  using wire = await Wire.connect(url);
  for (let index = 0; index < count; index++) await openSession(url, wire);
}

async function openStreams({ url }: Server, count: number): Promise<void> {
  using wire = await Wire.connect(url);
  for (let index = 0; index < count; index++) {
    const headers = await openSession(url, wire);
    const stream = await Wire.connect(url);
    const { status } = await stream.open(get(url, "/mcp", headers));
    if (status !== 200) throw new Error(`GET /mcp was answered with ${status}`);
  }
}

async function measure(contestant: Contestant, open: typeof openIdle): Promise<Sample> {
  await using server = await start(contestant);
  const idle = await settledKiB(server.pid);
  await open(server, first);
  const warm = await settledKiB(server.pid);
  await open(server, all - first);
  const full = await settledKiB(server.pid);
  return { idleMiB: idle / 1024, fullMiB: full / 1024, perSessionKiB: (full - warm) / (all - first) };
}

type Column = keyof Sample;

export async function memory({ contestants, quick }: Bench): Promise<Table[]> {
  const [contestant, reference] = contestants;
  const rounds = quick ? 1 : 3;
  const sessions = [...(await inTurns([openIdle], contestants, rounds, measure)).values()].flat();
  // A pass-through has no streams to compare with.
  const streams: Sample[] = [];
  while (streams.length < rounds) streams.push(await measure(contestant, openStreams));
  const row = (name: string, column: Column, target?: Target): Row => {
    return { name, pairs: sessions.map(([own, other]) => [own[column], other[column]]), target };
  };
  const streamsRow = (name: string, column: Column): Row => {
    return { name, pairs: streams.map((own) => [own[column], Number.NaN]) };
  };
  return [
    {
      title: "Resident memory (the backend not counted)",
      columns: [contestant.name, reference.name],
      rows: [
        row("idle with one backend, MiB", "idleMiB", { limit: "at most", value: 60, unit: "MiB" }),
        row("1,000 idle sessions, MiB", "fullMiB"),
        row("a further idle session, KiB", "perSessionKiB", { limit: "at most", value: 16, unit: "KiB" }),
        streamsRow("1,000 idle sessions with GET streams, MiB", "fullMiB"),
        streamsRow("a further one, KiB", "perSessionKiB"),
      ],
    },
  ];
}
