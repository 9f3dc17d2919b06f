// argus-mcp call: calls one tool of a running gateway, as any MCP client would.
import { type ArgsDef, defineCommand } from "citty";
import type { JsonObject } from "../model.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { gatewayArgs, openGateway } from "./gateway-flags.ts";
import { didYouMean } from "./nearest.ts";
import { plain } from "./plain.ts";
import { argumentsOf, mustBeComplete, objectOf } from "./tool-arguments.ts";
import { readable } from "./tool-result.ts";
import { refuseUnknown, UsageError } from "./usage.ts";

const args = {
  tool: { type: "positional", required: false, description: "the tool, by the name that argus-mcp list tools shows" },
  arguments: {
    type: "positional",
    required: false,
    description: "key=value, key:=json, key=@file; or - for all of them as one JSON object on stdin",
  },
  ...gatewayArgs,
  json: { type: "boolean", description: "print the result as it came" },
} as const satisfies ArgsDef;

export const call = defineCommand({
  meta: { name: "call", description: "Call a tool of a running gateway" },
  args,
  async run({ args: given }) {
    refuseUnknown({ ...given, _: [] }, args);
    const [name, ...words] = given._;
    if (name === undefined) throw new UsageError("usage: argus-mcp call TOOL [key=value…]");
    await using gateway = await openGateway(given);
    const schema = await schemaOf(name, gateway);
    const input = words.join() === "-" ? objectOf(await Bun.stdin.text()) : argumentsOf(words, schema);
    mustBeComplete(name, input, schema);
    const result = await gateway.call(name, input);
    const text = (given.json ? [JSON.stringify(result)] : readable(result)).map((line) => `${line}\n`).join("");
    await Bun.write(Bun.stdout, process.stdout.isTTY ? plain(text) : text);
    if (result.isError === true) throw new Error(`${name} reported an error`);
  },
});

/** The input schema of a tool. Throws UsageError when there is no such tool. */
async function schemaOf(name: string, gateway: GatewayClient): Promise<JsonObject> {
  const tools = await gateway.list("tools");
  const tool = tools.find((one) => one.name === name);
  if (tool) return (tool.inputSchema ?? {}) as JsonObject;
  const names = tools.map((one) => String(one.name));
  // The optimizer lists few of the tools, and all can be called.
  if (names.includes("find_tool") && names.includes("call_tool")) return {};
  throw new UsageError(`there is no tool "${name}"${didYouMean(name, names)}; argus-mcp list tools shows all`);
}
