// argus-mcp init: writes a first configuration from the servers that other programs list.
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { type ArgsDef, defineCommand } from "citty";
import { replaceFile } from "../clients/backup.ts";
import { thisMachine } from "../clients/machine.ts";
import { describe } from "../errors.ts";
import { openStore, type SecretStore, secretsFile } from "../secrets/store.ts";
import { configText } from "../setup/config-text.ts";
import { type Imported, readFrom } from "../setup/formats.ts";
import { type Plan, planOf } from "../setup/plan.ts";
import { SecretTaker } from "../setup/secrets.ts";
import { foundOnMachine } from "../setup/sources.ts";
import { confirm } from "./confirm.ts";
import { gatewayUrl } from "./gateway-url.ts";
import { printError } from "./stderr.ts";
import { needsValue, refuseUnknown } from "./usage.ts";

const args = {
  from: {
    type: "string",
    valueHint: "FILE",
    description: "take the servers of this file alone: a client's, mcphub's, metamcp's or mcp-proxy's",
  },
  secrets: { type: "boolean", description: "move secrets into the encrypted store instead of leaving them out" },
  yes: { type: "boolean", alias: "y", description: "write without asking" },
  config: { type: "string", alias: "c", valueHint: "PATH", description: "the file to write (default config.yaml)" },
} as const satisfies ArgsDef;

export const init = defineCommand({
  meta: { name: "init", description: "Write a configuration from the servers that your clients have" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    const file = needsValue("config", given.config) ?? "config.yaml";
    const { found, address, notes } = read(needsValue("from", given.from));
    const store = given.secrets ? await openStore("file", secretsFile(process.env), process.env) : undefined;
    const taker = new SecretTaker(store ? "store" : "environment", await valuesIn(store));
    const plan = planOf(found, { environment: process.env, gateway: await ownUrl(), taker });
    const text = configText(plan, { host: address?.host ?? "127.0.0.1", port: address?.port ?? 9000 });
    if (!given.yes) await Bun.write(Bun.stdout, text);
    tell(plan, notes, store);
    if (!given.yes && !(await agreed(file))) return printError("nothing was written");
    await write(file, text, plan, store);
  },
});

function read(from: string | undefined): Imported {
  const machine = thisMachine();
  if (from !== undefined) return readFrom(from, machine);
  const problem = (error: unknown) => printError(`argus-mcp: ${describe(error)}`);
  return { found: foundOnMachine(machine, process.cwd(), problem), notes: [] };
}

async function valuesIn(store: SecretStore | undefined): Promise<Map<string, string>> {
  return store ? await store.read(await store.names()) : new Map();
}

/** Where a gateway is that the present configuration, if there is one, starts. */
function ownUrl(): Promise<URL> {
  return gatewayUrl({ url: undefined, config: undefined }, process.env).catch(() =>
    gatewayUrl({ url: "http://127.0.0.1:9000", config: undefined }, process.env),
  );
}

/** Without a terminal nobody can agree. */
async function agreed(file: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    printError(`this is what ${file} would be; --yes writes it`);
    return false;
  }
  return await confirm(existsSync(file) ? `replace ${file}, and keep a backup of it?` : `write ${file}?`);
}

/** Says what was found, what was left out, and where secrets go. */
function tell({ backends, leftOut, secrets }: Plan, notes: readonly string[], store: SecretStore | undefined): void {
  const count = backends.length === 1 ? "1 backend" : `${backends.length} backends`;
  printError(`${count}${backends.length === 0 ? ": no client lists a server that can be one" : ""}`);
  for (const { name, source, why } of leftOut) printError(`left out: ${name} of ${source}: ${why}`);
  for (const note of notes) printError(note);
  if (secrets.length === 0) return;
  const names = [...new Set(secrets.map(({ name, backend }) => `${name} (${backend})`))].join(", ");
  if (store) printError(`secrets for ${store.place}: ${names}`);
  else
    printError(`secrets are not copied: set ${names} before the start, or use --secrets, which keeps them encrypted`);
}

async function write(file: string, text: string, plan: Plan, store: SecretStore | undefined): Promise<void> {
  for (const { name, value } of store ? plan.secrets : []) await store?.set(name, value);
  const { changed, backup } = replaceFile(file, () => text, { undo: false });
  if (!changed) return printError(`${file} is so already; nothing was changed`);
  printError(`wrote ${file}${backup ? `; what was there is in ${backup}` : ""}`);
  if (basename(file) === "config.yaml" && existsSync("config.yml"))
    printError("config.yml is not read any more, since config.yaml is there");
  const flag = file === "config.yaml" ? "" : ` --config ${file}`;
  const first = plan.backends.length === 0 ? `put a backend into ${file}, which has an example, ` : "";
  printError(`next: ${first}argus-mcp server --check${flag}, argus-mcp server${flag}, argus-mcp client add CLIENT`);
}
