// What the optimizer saves a model, in tokens, with real servers: `bun tests/bench/tokens.ts` prints a table for the README.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { buildCatalog, type Catalog } from "../../src/gateway/catalog.ts";
import { filterOf } from "../../src/gateway/filters.ts";
import { optimize, ownAnswer } from "../../src/gateway/optimizer.ts";
import type { JsonObject } from "../../src/model.ts";
import { request } from "../../src/protocol/message.ts";
import { root } from "../fixtures/gateway.ts";
import { upstream } from "../unit/gateway/stand-ins.ts";

interface RealServer {
  name: string;
  args: string[];
  /** What a model would look for there, and the tool that it means. */
  searches: Record<string, string>;
}

const servers: RealServer[] = [
  {
    name: "memory",
    args: [],
    searches: {
      "remember facts about a person": "create_entities",
      "add facts to memory": "add_observations",
      "search the knowledge graph": "search_nodes",
      "delete a relation between entities": "delete_relations",
    },
  },
  {
    name: "everything",
    args: ["stdio"],
    searches: {
      "add two numbers": "get-sum",
      "show environment variables": "get-env",
      "compress a file": "gzip-file-as-resource",
      "start a long running operation": "trigger-long-running-operation",
    },
  },
  {
    name: "filesystem",
    args: [tmpdir()],
    searches: {
      "read a text file": "read_text_file",
      "find files by name": "search_files",
      "rename a file": "move_file",
      "size of a file": "get_file_info",
    },
  },
];

async function toolsOf({ name, args }: RealServer): Promise<JsonObject[]> {
  const program = join(root, "node_modules", "@modelcontextprotocol", `server-${name}`, "dist", "index.js");
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command: "node", args: [program, ...args], stderr: "ignore" }));
  const { tools } = await client.request({ method: "tools/list", params: {} }, ResultSchema);
  await client.close();
  return tools as JsonObject[];
}

const offers = new Map<RealServer, JsonObject[]>();
for (const server of servers) offers.set(server, await toolsOf(server));

/** The gateway's catalog of these servers, each as often as there are copies. */
function catalogOf(chosen: RealServer[], copies: number): Catalog {
  const all = filterOf({ allow: [], deny: [] });
  const filters = { tools: all, resources: all, prompts: all };
  const sources = Array.from({ length: copies }, (_, copy) =>
    chosen.map((server) => {
      const name = copies === 1 ? server.name : `${server.name}${copy + 1}`;
      return { upstream: upstream(name, { tools: offers.get(server) ?? [] }), filters, overrides: {} };
    }),
  );
  const strategy = copies === 1 ? "first-wins" : "prefix";
  return buildCatalog(sources.flat(), { strategy, separator: "_", order: [] });
}

/** Tokens of a list of tools as a model gets it: clients pass on name, description and input schema. */
function listTokens({ lists }: Catalog): number {
  const { tools }: { tools: JsonObject[] } = JSON.parse(lists.tools);
  return countTokens(
    JSON.stringify(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
  );
}

/** Tokens of a search, which are what the model writes and the answer that it reads, and whether it finds what is meant. */
async function search(catalog: Catalog, query: string, meant: string): Promise<{ tokens: number; found: boolean }> {
  const call = request(1, "tools/call", { name: "find_tool", arguments: { query } });
  const answer = await ownAnswer(catalog, call);
  const { text } = JSON.parse(answer?.text ?? "").result.content[0];
  return { tokens: countTokens(JSON.stringify({ query })) + countTokens(text), found: text.includes(`${meant}"`) };
}

async function measure(chosen: RealServer[], copies = 1): Promise<(string | number)[]> {
  const full = catalogOf(chosen, copies);
  const short = optimize(full, []);
  const queries = chosen.flatMap(({ searches }) => Object.entries(searches));
  const taken = await Promise.all(queries.map(([query, meant]) => search(short, query, meant)));
  const each = taken.reduce((sum, { tokens }) => sum + tokens, 0) / taken.length;
  const found = `${taken.filter((one) => one.found).length} of ${taken.length}`;
  const names = chosen.length === servers.length ? "all three" : chosen.map(({ name }) => name).join();
  const [before, after] = [listTokens(full), listTokens(short)];
  const paying = Math.max(0, Math.floor((before - after) / each));
  const subject = copies === 1 ? names : `${names}, ${copies} times`;
  return [subject, full.tools.size, before, after, Math.round(each), paying, found];
}

const rows = [];
for (const server of servers) rows.push(await measure([server]));
for (const copies of [1, 2, 4, 8]) rows.push(await measure(servers, copies));
const heads = [
  "servers",
  "tools",
  "all listed",
  "optimizer's list",
  "a search",
  "searches that pay",
  "right tool found",
];
console.log(`| ${heads.join(" | ")} |\n| --- |${" ---: |".repeat(heads.length - 1)}`);
for (const row of rows) console.log(`| ${row.map((cell) => cell.toLocaleString("en")).join(" | ")} |`);
