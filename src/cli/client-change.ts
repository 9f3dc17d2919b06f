// The actions of argus-mcp client that write: add, remove and undo.
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { type Replaced, replaceFile, restoreFile } from "../clients/backup.ts";
import { readFile } from "../clients/disk.ts";
import { isArgus } from "../clients/entries.ts";
import { edited, isRecord, objectAt, parseJsonc } from "../clients/jsonc.ts";
import { gatewayAddress } from "../config/address.ts";
import { type Chosen, choose, entryArgs, entryOf, fileArgs, nameOf, shown } from "./client-flags.ts";
import { printError } from "./stderr.ts";

const addArgs = {
  ...entryArgs,
  force: { type: "boolean", description: "also replace a server of that name which is not the gateway" },
} as const satisfies ArgsDef;

export const add = defineCommand({
  meta: { name: "client add", description: "Put the gateway into a client's file, with a backup" },
  args: addArgs,
  async run({ args: given }) {
    const chosen = choose("add", given, addArgs);
    const { client, path } = chosen;
    const name = nameOf(given);
    const { url, entry, authorization } = await entryOf(client, given);
    const done = replaceFile(path, (text = "") => {
      if (!given.force) mustBeFree({ ...chosen, name }, text, url);
      return edited(text, [client.key, name], entry, path);
    });
    if (!done.changed) return printError(`${name} is in ${shown(path)} already; nothing was changed`);
    report(`added ${name} (${url.href})`, "to", chosen, done);
    if (client.note) printError(`${client.title}: ${client.note}`);
    printError(`next: ${client.afterwards}`);
    if (!authorization && given.url === undefined && (await gatewayAddress(given.config, process.env)).asksForToken)
      printError("the gateway asks clients for a token: add it with --token or --token-env");
    if (given.project && authorization && "token" in authorization)
      printError("the token is in a file that projects share; --token-env keeps it out");
  },
}) as CommandDef;

const removeArgs = { ...fileArgs, name: entryArgs.name } as const satisfies ArgsDef;

export const remove = defineCommand({
  meta: { name: "client remove", description: "Take the gateway out of a client's file, with a backup" },
  args: removeArgs,
  run({ args: given }) {
    const chosen = choose("remove", given, removeArgs);
    const { client, path } = chosen;
    const name = nameOf(given);
    if (!serverIn(readFile(path) ?? "", chosen, name)) throw new Error(`there is no ${name} in ${shown(path)}`);
    const done = replaceFile(path, (text = "") =>
      serverIn(text, chosen, name) ? edited(text, [client.key, name], undefined, path) : text,
    );
    report(`removed ${name}`, "from", chosen, done);
    printError(`next: ${client.afterwards}`);
  },
}) as CommandDef;

const undoArgs = {
  ...fileArgs,
  force: { type: "boolean", description: "also when the file was changed since; a backup of that is kept" },
} as const satisfies ArgsDef;

export const undo = defineCommand({
  meta: { name: "client undo", description: "Put the newest backup of a client's file back" },
  args: undoArgs,
  run({ args: given }) {
    const { path } = choose("undo", given, undoArgs);
    const { removed, kept } = restoreFile(path, given.force);
    printError(removed ? `removed ${shown(path)}, which was not there before` : `${shown(path)} is as it was before`);
    if (kept) printError(`what it was just now is in ${shown(kept)}`);
  },
}) as CommandDef;

function serverIn(text: string, { client, path }: Chosen, name: string): unknown {
  const servers = objectAt(parseJsonc(text, path), [client.key], path);
  return Object.hasOwn(servers, name) ? servers[name] : undefined;
}

/** What is somebody else's is not replaced by the way. */
function mustBeFree({ name, ...chosen }: Chosen & { name: string }, text: string, gateway: URL): void {
  const there = serverIn(text, chosen, name);
  if (there === undefined || (isRecord(there) && isArgus({ name, definition: there }, gateway))) return;
  const advice = "choose another --name, or --force";
  throw new Error(`${name} in ${shown(chosen.path)} is another server; ${advice}`);
}

function report(what: string, way: "to" | "from", { client, path, flags }: Chosen, { backup }: Replaced): void {
  printError(`${what} ${way} ${shown(path)}`);
  const before = backup ? `the file as it was is ${shown(backup)}; ` : "";
  printError(`${before}argus-mcp client undo ${client.name}${flags} undoes this`);
}
