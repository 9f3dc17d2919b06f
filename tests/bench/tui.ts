// Scenario: the terminal UI of a gateway with 50 backends and 2,000 tools, under 200 events a second and in peace; and over an hour of them.
import { join } from "node:path";
import { type OnTerminal, onTerminal } from "../fixtures/pty.ts";
import { until } from "../fixtures/until.ts";
import type { Order } from "./busy-server.ts";
import { type Answer, type Key, press } from "./keyboard.ts";
import { program, scratch, track } from "./launch.ts";
import { cpuMicroseconds, residentKiB } from "./proc.ts";
import type { Bench, Pair } from "./rounds.ts";
import type { Row, Table, Target } from "./table.ts";

/** Events a second. */
const FLOOD = 200;
const HOUR = 3_600;

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;
type Size = (typeof SIZES)[number];

interface Busy extends Disposable {
  url: string;
  order(order: Order): void;
}

async function busyServer(): Promise<Busy> {
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const child = track(
    Bun.spawn([process.execPath, join(import.meta.dir, "busy-server.ts")], {
      ipc: (message) => resolve(String(message)),
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  return { url: await url, order: (order) => void child.send(order), [Symbol.dispose]: () => child.kill() };
}

/** Opens the executable on a terminal of this size, in front of the server. */
async function open({ url }: Busy, { columns, rows }: Size): Promise<OnTerminal> {
  const env = { XDG_CONFIG_HOME: scratch };
  const ui = onTerminal([program, "tui", "--server", url, "--theme", "dark"], env, { columns, rows, keeps: false });
  await ui.sees("backend-01");
  return ui;
}

async function leave(ui: OnTerminal): Promise<void> {
  ui.type("q");
  await ui.exited;
  ui[Symbol.dispose]();
}

const showing = (text: string) => (screen: string) => screen.includes(text);

/** Goes through the list of backends, from tab to tab, and types into a search, and back to where it began. */
const WAYS: Readonly<Record<string, readonly Key[]>> = {
  "a selection moves": [2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1].map((row, index) => ({
    press: index < 6 ? "\u001b[B" : "\u001b[A",
    shows: showing(`─ backend-0${row} ─`),
  })),
  "a tab is shown": [
    { press: "1", shows: showing("─ Traffic ─") },
    { press: "2", shows: showing("─ backend-01 ─") },
  ],
  "a search is typed": [
    { press: "/", shows: showing(" keep ") },
    { press: "1", shows: showing("Backends 14/50") },
    { press: "9", shows: showing("Backends 1/50") },
    { press: "\u007f", shows: showing("Backends 14/50") },
    { press: "\u007f", shows: showing("Backends 50") },
    { press: "\r", shows: (screen) => !screen.includes(" keep ") },
    { press: "g", shows: showing("─ backend-01 ─") },
  ],
  "2,000 tools are searched": [
    { press: "3", shows: showing("─ Tools 2,000 ─") },
    { press: "/", shows: showing(" keep ") },
    ...["4", "45", "45 ", "45 w", "45 wo", "45 w", "45 ", "45", "4"].map((query, index) => ({
      press: index < 5 ? query.slice(-1) : "\u007f",
      shows: showing(`/${query} ─╮`),
    })),
    { press: "\u001b", shows: (screen) => !screen.includes(" keep ") },
    { press: "2", shows: showing("─ backend-01 ─") },
  ],
};

interface Sample {
  cpu: number;
  answers: Map<string, Answer[]>;
}

/** Presses all keys again and again, at moments that nothing tells beforehand, and then counts what it takes to be looked at. */
async function observe(ui: OnTerminal, quick: boolean): Promise<Sample> {
  const answers = new Map<string, Answer[]>(Object.keys(WAYS).map((way) => [way, []]));
  await press(ui, { press: "2", shows: showing("─ backend-01 ─") });
  for (let round = 0; round < (quick ? 2 : 4); round++) {
    for (const [way, taken] of answers) {
      for (const key of WAYS[way] ?? []) {
        taken.push(await press(ui, key));
        await Bun.sleep(Math.random() * 50);
      }
    }
  }
  await press(ui, { press: "1", shows: showing("─ Traffic ─") });
  return { cpu: await cpuOf(ui.pid, quick ? 2_000 : 4_000), answers };
}

/** How much of one core it uses, in percent. */
async function cpuOf(pid: number, milliseconds: number): Promise<number> {
  const [before, since] = [cpuMicroseconds(pid), performance.now()];
  await Bun.sleep(milliseconds);
  return (cpuMicroseconds(pid) - before) / (performance.now() - since) / 10;
}

interface Compared {
  size: Size;
  /** In the flood and in peace, for each round. */
  rounds: Pair<Sample>[];
}

async function compare(server: Busy, size: Size, quick: boolean): Promise<Compared> {
  const rounds: Pair<Sample>[] = [];
  while (rounds.length < (quick ? 1 : 5)) {
    const ui = await open(server, size);
    const quiet = await observe(ui, quick);
    server.order({ rate: FLOOD });
    const flooded = await observe(ui, quick);
    server.order({ rate: 0 });
    await leave(ui);
    rounds.push([flooded, quiet]);
  }
  return { size, rounds };
}

function rowsOf({ size, rounds }: Compared): Row[] {
  const name = (what: string) => `${size.columns}×${size.rows}, ${what}`;
  const each = (way: string, of: (answers: Answer[]) => number) =>
    rounds.map(
      ([flooded, quiet]): Pair<number> => [of(flooded.answers.get(way) ?? []), of(quiet.answers.get(way) ?? [])],
    );
  const one: Target = { limit: "at most", value: 1, unit: "frame" };
  return [
    ...Object.keys(WAYS).flatMap((way) => [
      {
        name: name(`${way}: frames behind the key, 19 of 20`),
        pairs: each(way, (answers) => mostly(answers.map(({ behind }) => behind))),
        target: one,
      },
      {
        name: name(`${way}: ms until it is seen, mean`),
        pairs: each(way, (answers) => mean(answers.map(({ milliseconds }) => milliseconds))),
      },
    ]),
    {
      name: name("the dashboard, CPU, % of a core"),
      pairs: rounds.map(([flooded, quiet]) => [flooded.cpu, quiet.cpu]),
    },
  ];
}

/** So many events come at once. */
const BATCH = 400;

/** All the events of an hour, as fast as they are shown: the most memory in the last third and in the one before, in MiB. The first warms up. */
async function hour(server: Busy, size: Size, quick: boolean): Promise<Pair<number>> {
  const ui = await open(server, size);
  const resident: number[] = [];
  const batches = Math.round((HOUR * FLOOD * (quick ? 0.1 : 1)) / BATCH);
  for (let batch = 1; batch <= batches; batch++) {
    const mark = `${batch} of ${batches} batches`;
    server.order({ burst: BATCH, mark });
    await until(mark, () => ui.drawn.text.includes(mark));
    resident.push(residentKiB(ui.pid) / 1_024);
  }
  await leave(ui);
  const third = Math.floor(batches / 3);
  return [Math.max(...resident.slice(-third)), Math.max(...resident.slice(third, -third))];
}

/** The value that 19 of 20 do not exceed: a busy machine holds one up now and then. */
function mostly(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export async function tui({ quick }: Bench): Promise<Table[]> {
  using server = await busyServer();
  const compared: Compared[] = [];
  for (const size of SIZES) compared.push(await compare(server, size, quick));
  const [small] = SIZES;
  return [
    {
      title: `The terminal UI, 50 backends, 2,000 tools: ${FLOOD} events a second, and none`,
      columns: ["flood", "peace"],
      rows: compared.flatMap(rowsOf),
    },
    {
      title: `Memory of the terminal UI, ${quick ? "a tenth of an hour" : "an hour"} of that flood as fast as it is shown`,
      columns: ["last third", "second third"],
      rows: [
        {
          name: "resident memory, at most, MiB",
          pairs: [await hour(server, small, quick)],
          target: { limit: "at most", value: 1.05 },
        },
      ],
    },
  ];
}
