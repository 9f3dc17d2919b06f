// argus-mcp client: puts the gateway into the configuration of MCP clients, and takes it out again.
import { existsSync } from "node:fs";
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { CLIENTS, type Client } from "../clients/client.ts";
import { type ClientFile, clientFiles, leadsTo } from "../clients/entries.ts";
import { thisMachine } from "../clients/machine.ts";
import { snippetOf } from "../clients/snippets.ts";
import { describe } from "../errors.ts";
import { add, remove, undo } from "./client-change.ts";
import { choose, entryArgs, entryOf, nameOf, shown } from "./client-flags.ts";
import { gatewayArgs } from "./gateway-flags.ts";
import { gatewayUrl } from "./gateway-url.ts";
import { printError } from "./stderr.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const listArgs = {
  url: gatewayArgs.url,
  config: gatewayArgs.config,
  json: { type: "boolean", description: "as JSON" },
} as const satisfies ArgsDef;

const list = defineCommand({
  meta: { name: "client list", description: "Show which clients are here, and which of them know the gateway" },
  args: listArgs,
  async run({ args: given }) {
    refuseUnknown(given, listArgs);
    const where = { url: needsValue("url", given.url), config: needsValue("config", given.config) };
    const gateway = await gatewayUrl(where, process.env);
    const files = clientFiles(thisMachine(), process.cwd(), (error) => printError(`argus-mcp: ${describe(error)}`));
    const rows = CLIENTS.flatMap((client) => rowsOf(client, files, gateway));
    const lines = given.json
      ? [JSON.stringify(rows)]
      : rows.map(({ client, state, file }) => [client, state, shown(file)].join("\t"));
    await Bun.write(Bun.stdout, lines.map((line) => `${line}\n`).join(""));
  },
});

/** A row for each file that there is, else one for the client. */
function rowsOf({ name: client, title, files }: Client, found: readonly ClientFile[], gateway: URL) {
  const own = found.filter((file) => file.client.name === client);
  const [usual = ""] = files(thisMachine());
  // A file that cannot be read is there, too.
  if (own.length === 0)
    return [{ client, title, state: existsSync(usual) ? "unreadable" : "not found", file: usual, servers: [] }];
  return own.map(({ path, entries }) => {
    const servers = entries.filter(({ definition }) => leadsTo(definition, gateway)).map(({ name }) => name);
    return { client, title, state: servers.length > 0 ? "connected" : "found", file: path, servers };
  });
}

const show = defineCommand({
  meta: { name: "client show", description: "Print what a client's file needs, without changing it" },
  args: entryArgs,
  async run({ args: given }) {
    const { client, path, flags } = choose("show", given, entryArgs);
    const { url, authorization } = await entryOf(client, given);
    const { text } = snippetOf(client, url.href, { name: nameOf(given), ...(authorization && { authorization }) });
    console.log(text);
    printError(`belongs into ${shown(path)}; argus-mcp client add ${client.name}${flags} writes it`);
    if (client.note) printError(`${client.title}: ${client.note}`);
  },
});

const actions = { list, show, add, remove, undo } as Record<string, CommandDef>;

export const client = defineCommand({
  meta: { name: "client", description: "Connect Claude, Cursor, VS Code, Cline or Windsurf to the gateway" },
  subCommands: actions,
  setup({ rawArgs: [action = ""] }) {
    if (Object.hasOwn(actions, action)) return;
    throw new UsageError(`client needs one of ${Object.keys(actions).join(", ")}${action && `, not ${action}`}`);
  },
});
