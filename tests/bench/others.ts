// Scenario: the gateway beside others that npm carries, each as its own documentation starts it, with the same backend and the same clients.
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crowd, figures, pairsOf } from "./calls.ts";
import { type Contestant, echoCommand, gateway, load, program, type Server, scratch, start } from "./launch.ts";
import type { LoadResult } from "./load.ts";
import { settledKiB } from "./proc.ts";
import { type Bench, inTurns, type Pair } from "./rounds.ts";
import { openSession } from "./session.ts";
import { openSse } from "./sse.ts";
import type { Table } from "./table.ts";
import { post, Wire } from "./wire.ts";

/** One of the two sides of a table. */
interface Side {
  contestant: Contestant;
  /** The path of its stream, where clients speak HTTP+SSE. */
  sse?: string;
  /** What it calls the backend's tool. */
  tool: string;
  /** Bytes of what is installed. */
  size: number;
}

interface Other {
  /** Name and version, as npm has them. */
  name: string;
  version: string;
  /** The program within the package. */
  program: string;
  sse?: string;
  tool?: string;
  args(setup: { port: number; backend: string[]; directory: string }): string[];
}

/** In milliseconds; they get the time that Node takes to compile what runs often. */
const TIMES = { quick: { warm: 1_000, measure: 800 }, whole: { warm: 2_000, measure: 2_000 } };

const OTHERS: readonly Other[] = [
  {
    ...{ name: "mcp-proxy", version: "6.7.19", program: "dist/bin/mcp-proxy.mjs" },
    // Without what it keeps for clients that come back, which none of these do.
    args: ({ port, backend }) => [
      ...["--host", "127.0.0.1", "--port", String(port), "--server", "stream", "--no-eventStore", "--", ...backend],
    ],
  },
  {
    ...{ name: "supergateway", version: "4.0.0", program: "dist/index.js" },
    // Without state it would start the backend for every single request.
    args: ({ port, backend }) => [
      ...["--stdio", backend.join(" "), "--outputTransport", "streamableHttp", "--stateful"],
      ...["--port", String(port), "--logLevel", "none"],
    ],
  },
  {
    ...{ name: "mcp-hub", version: "4.2.1", program: "dist/cli.js", sse: "/mcp", tool: "echo__echo" },
    args({ port, backend: [command, ...args], directory }) {
      const path = join(directory, "servers.json");
      writeFileSync(path, JSON.stringify({ mcpServers: { echo: { command, args } } }));
      return ["--port", String(port), "--config", path];
    },
  },
];

export async function others(bench: Bench): Promise<Table[]> {
  const node = Bun.which("node");
  if (!node) throw new Error("the others run on Node, which is not here");
  const tables: Table[] = [];
  for (const other of OTHERS) tables.push(await beside(install(other, node), other, bench));
  return [...tables, { title: "Node, which they need besides", columns: ["", "Node"], rows: [nodeSize(node)] }];
}

/** Installs one with npm, in a folder of its own. */
function install({ name, version, program, sse, tool = "echo", args }: Other, node: string): Side {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const command = ["npm", "install", "--silent", "--no-audit", "--no-fund", `${name}@${version}`];
  const { success, stderr } = Bun.spawnSync(command, { cwd: folder });
  if (!success) throw new Error(`${name} could not be installed:\n${stderr}`);
  const modules = join(folder, "node_modules");
  const contestant: Contestant = {
    name: `${name} ${version}`,
    // What it keeps for its user goes with the bench.
    env: {
      NODE_ENV: "production",
      HOME: folder,
      XDG_STATE_HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
    },
    command: ({ port, tools }, directory) => [
      ...[node, join(modules, name, program)],
      ...args({ port, backend: echoCommand(tools), directory }),
    ],
  };
  return { contestant, ...(sse && { sse }), tool, size: sizeOf(modules) };
}

/** The gateway speaks what the other one speaks. */
async function beside(theirs: Side, { sse }: Other, { quick }: Bench): Promise<Table> {
  const ours: Side = {
    ...{ contestant: gateway, tool: "echo", size: statSync(program).size },
    ...(sse && { sse: "/sse" }),
  };
  const sides = [ours, theirs] as const;
  const rounds = quick ? 2 : 5;
  const starts = [...(await inTurns(["start"], sides, rounds, idle)).values()].flat();
  const loads = await inTurns([1, 8], sides, rounds, (side, clients) => underLoad(side, clients, quick));
  const of = (key: "startTime" | "memory"): Pair<number>[] => starts.map(([own, other]) => [own[key], other[key]]);
  return {
    title: `${theirs.contestant.name}, over ${sse ? "HTTP+SSE" : "Streamable HTTP"}; calls of 100 B`,
    columns: [gateway.name, theirs.contestant.name],
    rows: [
      { name: "installed, MB", pairs: [[ours.size / 1e6, theirs.size / 1e6]] },
      { name: "start until a client lists the backend's tool, ms", pairs: of("startTime") },
      { name: "resident memory, one backend, idle, MiB", pairs: of("memory") },
      ...[...loads].flatMap(([clients, pairs]) => rowsOf(clients, pairs)),
    ],
  };
}

function rowsOf(clients: number, pairs: readonly Pair<LoadResult>[]) {
  return figures.map(({ of, unit }) => ({ name: `${crowd(clients)}, ${unit}`, pairs: pairsOf(of, pairs) }));
}

async function idle(side: Side): Promise<{ startTime: number; memory: number }> {
  await using server = await startSide(side);
  return { startTime: server.startTime, memory: (await settledKiB(server.pid)) / 1024 };
}

async function underLoad(side: Side, clients: number, quick: boolean): Promise<LoadResult> {
  await using server = await startSide(side);
  const { sse, tool } = side;
  return await load(server, {
    clients,
    call: { bytes: 100, tool },
    ...(sse && { sse }),
    ...TIMES[quick ? "quick" : "whole"],
  });
}

function startSide(side: Side): Promise<Server> {
  return start(side.contestant, { ready: (url) => offers(side, url).catch(() => false) });
}

/** Whether a client that connects now is told of the tool. */
async function offers({ sse, tool }: Side, origin: URL): Promise<boolean> {
  const { url, headers, wire } = sse ? await openSse(new URL(sse, origin)) : await streamable(origin);
  using open = wire;
  const { body } = await open.send(post(url, headers, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'));
  return body.includes(`"name":"${tool}"`);
}

async function streamable(url: URL) {
  const wire = await Wire.connect(url);
  return { url, headers: await openSession(url, wire), wire };
}

function nodeSize(node: string) {
  const pair: Pair<number> = [Number.NaN, statSync(node).size / 1e6];
  return { name: "its executable, MB", pairs: [pair] };
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
