// argus-mcp list: shows what a running gateway offers, as any MCP client would see it.
import { type ArgsDef, defineCommand } from "citty";
import type { JsonObject } from "../model.ts";
import { harmless } from "../observe/log.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { gatewayArgs, openGateway } from "./gateway-flags.ts";
import { didYouMean } from "./nearest.ts";
import { plain } from "./plain.ts";
import { printError } from "./stderr.ts";
import { refuseUnknown, UsageError } from "./usage.ts";

const args = {
  what: { type: "positional", required: false, description: "tools, resources or prompts" },
  ...gatewayArgs,
  json: { type: "boolean", description: "print the definitions as they came" },
} as const satisfies ArgsDef;

const KINDS = ["tools", "resources", "prompts"];

export const list = defineCommand({
  meta: { name: "list", description: "List tools, resources or prompts of a running gateway" },
  args,
  async run({ args: given }) {
    refuseUnknown({ ...given, _: given._.slice(1) }, args);
    const [what = ""] = given._;
    if (!KINDS.includes(what))
      throw new UsageError(`list needs one of ${KINDS.join(", ")}${what && `, not ${what}${didYouMean(what, KINDS)}`}`);
    await using gateway = await openGateway(given);
    const items = await itemsOf(what, gateway);
    const lines = given.json ? [JSON.stringify(items)] : rows(items.map(rowOf));
    await Bun.write(Bun.stdout, lines.map((line) => `${line}\n`).join(""));
    if (items.length === 0)
      printError(`the gateway offers no ${what}; argus-mcp health tells whether its backends are connected`);
  },
});

async function itemsOf(what: string, gateway: GatewayClient): Promise<JsonObject[]> {
  if (what === "resources") return [...(await gateway.list("resources")), ...(await gateway.list("resourceTemplates"))];
  return gateway.list(what === "tools" ? "tools" : "prompts");
}

/** What it is asked for by, and what it is. Both are others' text. */
function rowOf({ name, title, description, uri, uriTemplate }: JsonObject): [string, string] {
  const [line = ""] = plain(String(description ?? title ?? "").trim()).split("\n");
  const place = uri ?? uriTemplate;
  const [first, second] = place === undefined ? [name, line] : [place, line || (name ?? "")];
  return [harmless(String(first)), harmless(String(second))];
}

/** Columns on a terminal; elsewhere a tab between two values, for programs. */
function rows(pairs: readonly [string, string][]): string[] {
  if (!process.stdout.isTTY) return pairs.map(([name, text]) => `${name}\t${text}`);
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, text]) =>
    Bun.sliceAnsi(`${name.padEnd(width)}  ${text}`, 0, process.stdout.columns || 80, "…"),
  );
}
