// The load client, a process of its own: clients, each with its session, that call in a closed loop for a while.
import { cpuMicroseconds } from "./proc.ts";
import { modernHeaders, modernMeta, openSession } from "./session.ts";
import { openSse } from "./sse.ts";
import { Wire } from "./wire.ts";
import { echoWork, firstId, listWork, type Work } from "./work.ts";

export interface LoadOptions {
  url: string;
  /** Lines that every request carries. */
  headers: string;
  /** The server whose CPU time is read. */
  pid: number;
  clients: number;
  /** The path of the stream, for clients of HTTP+SSE in place of Streamable HTTP. */
  sse?: string;
  /** What each call is: an echo of that many bytes by the tool of this name (echo), in this era (legacy), or a list of that many tools. */
  call: Echo | { tools: number };
  /** Milliseconds before and of the measurement. */
  warm: number;
  measure: number;
}

export interface Echo {
  bytes: number;
  tool?: string | undefined;
  era?: Era | undefined;
}

export type Era = "legacy" | "modern";

export interface LoadResult {
  /** Milliseconds. */
  p50: number;
  p99: number;
  callsPerSecond: number;
  cpuMicrosecondsPerCall: number;
}

type Phase = "warming" | "measuring" | "over";

/** Collects the latencies of the calls that end while it measures. */
class Meter {
  phase: Phase = "warming";
  readonly #latencies: number[] = [];

  add(milliseconds: number): void {
    if (this.phase === "measuring") this.#latencies.push(milliseconds);
  }

  async run({ pid, warm, measure }: LoadOptions): Promise<LoadResult> {
    await Bun.sleep(warm);
    this.phase = "measuring";
    const [since, cpuBefore] = [performance.now(), cpuMicroseconds(pid)];
    await Bun.sleep(measure);
    this.phase = "over";
    const [elapsed, cpu] = [performance.now() - since, cpuMicroseconds(pid) - cpuBefore];
    const calls = this.#latencies.length;
    if (calls === 0) throw new Error("no call ended in the time of the measurement");
    const sorted = this.#latencies.sort((a, b) => a - b);
    const quantile = (part: number) => sorted[Math.floor(part * calls)] ?? Number.NaN;
    return {
      p50: quantile(0.5),
      p99: quantile(0.99),
      callsPerSecond: (1000 * calls) / elapsed,
      cpuMicrosecondsPerCall: cpu / calls,
    };
  }
}

interface Client extends Disposable {
  wire: Pick<Wire, "send">;
  work: Work;
}

async function openClient(options: LoadOptions, client: number): Promise<Client> {
  const { url: address, headers: carried, sse, call } = options;
  if ("era" in call && call.era === "modern") return await openModern(options, { ...call, client });
  const opened =
    sse === undefined ? await openStreamable(new URL(address), carried) : await openSse(new URL(sse, address));
  const { url, headers, wire } = opened;
  const work = "tools" in call ? listWork(url, headers, call.tools) : echoWork(url, headers, { client, ...call });
  return { wire, work, [Symbol.dispose]: () => wire[Symbol.dispose]() };
}

async function openStreamable(url: URL, carried: string) {
  const wire = await Wire.connect(url);
  return { url, headers: await openSession(url, wire, carried), wire };
}

/** In the modern era there is nothing to open. */
async function openModern(
  { url: address, headers }: LoadOptions,
  { tool = "echo", ...call }: Echo & { client: number },
) {
  const url = new URL(address);
  const wire = await Wire.connect(url);
  const work = echoWork(url, headers + modernHeaders(tool), { ...call, tool, more: modernMeta });
  return { wire, work, [Symbol.dispose]: () => wire[Symbol.dispose]() };
}

async function callUntilOver({ wire, work }: Client, meter: Meter): Promise<void> {
  for (let id = firstId; meter.phase !== "over"; id++) {
    const request = work.request(id);
    const since = performance.now();
    const reply = await wire.send(request);
    meter.add(performance.now() - since);
    work.check(reply, id);
  }
}

const options: LoadOptions = JSON.parse(Bun.argv[2] ?? "");
const clients = await Promise.all(Array.from({ length: options.clients }, (_, index) => openClient(options, index)));
const meter = new Meter();
const [result] = await Promise.all([meter.run(options), ...clients.map((client) => callUntilOver(client, meter))]);
for (const client of clients) client[Symbol.dispose]();
console.log(JSON.stringify(result));
