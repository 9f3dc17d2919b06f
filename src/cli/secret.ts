// argus-mcp secret: keeps secrets, shows them, and runs commands with them.
import { type ArgsDef, defineCommand } from "citty";
import { generateKey } from "../secrets/key.ts";
import { isGrant, problemOfName } from "../secrets/names.ts";
import { openStore, type Provider, type SecretStore, secretsFile } from "../secrets/store.ts";
import { askHidden } from "./prompt.ts";
import { runWithSecrets } from "./secret-exec.ts";
import { printError } from "./stderr.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const PROVIDERS: readonly Provider[] = ["file", "env", "keychain"];

const args = {
  action: { type: "positional", required: false, description: "set, get, list, delete, keygen or exec" },
  name: { type: "positional", required: false, description: "the secret to set, get or delete" },
  value: {
    type: "positional",
    required: false,
    description: "its value; asked for, or read from stdin, when left out",
  },
  path: {
    type: "string",
    valueHint: "FILE",
    description: "the encrypted file (default: $ARGUS_SECRETS_FILE, ~/.config/argus-mcp/secrets.enc)",
  },
  provider: { type: "string", valueHint: "PROVIDER", description: `${PROVIDERS.join(", ")} (default file)` },
  json: { type: "boolean", description: "list: as JSON" },
  only: { type: "string", valueHint: "A,B", description: "exec: these secrets instead of all; the command follows --" },
} as const satisfies ArgsDef;

interface Given {
  /** What follows the action, before `--`. */
  words: string[];
  /** What follows `--`. */
  command: string[];
  json: boolean;
  only: string[] | undefined;
  store(): Promise<SecretStore>;
}

const actions: Record<string, (given: Given) => Promise<void>> = { set, get, list, delete: remove, keygen, exec };

export const secret = defineCommand({
  meta: { name: "secret", description: "Keep secrets, and use them" },
  args,
  async run({ args: given, rawArgs }) {
    refuseUnknown({ ...given, _: [] }, args);
    const command = rawArgs.includes("--") ? rawArgs.slice(rawArgs.indexOf("--") + 1) : [];
    const [action = "", ...words] = given._.slice(0, given._.length - command.length);
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!act)
      throw new UsageError(`secret needs one of ${Object.keys(actions).join(", ")}${action && `, not ${action}`}`);
    if (given.json !== undefined && action !== "list") throw new UsageError("--json belongs to secret list");
    if (given.only !== undefined && action !== "exec") throw new UsageError("--only belongs to secret exec");
    const path = needsValue("path", given.path) ?? secretsFile(process.env);
    const provider = providerOf(needsValue("provider", given.provider));
    await act({
      words,
      command,
      json: given.json ?? false,
      only: needsValue("only", given.only)?.split(","),
      store: () => openStore(provider, path, process.env),
    });
  },
});

function providerOf(name = "file"): Provider {
  const provider = PROVIDERS.find((known) => known === name);
  if (!provider) throw new UsageError(`--provider is one of ${PROVIDERS.join(", ")}, not ${name}`);
  return provider;
}

/** After `--` a value may begin with a dash. */
async function set({ words, command, store }: Given): Promise<void> {
  const [name, value] = wordsOf("set NAME [VALUE]", [...words, ...command], 2);
  const text = value ?? (process.stdin.isTTY ? await askHidden(`value of ${name}: `) : await readInput());
  // What fails to give a value gives nothing; that would be found out much later.
  if (text === "") throw new Error(`the value of ${name} is empty; nothing was stored`);
  const opened = await store();
  await opened.set(name, text);
  printError(`stored ${name} in ${opened.place}`);
}

async function get({ words, store }: Given): Promise<void> {
  const [name] = wordsOf("get NAME", words, 1);
  const opened = await store();
  const value = (await opened.read([name])).get(name);
  if (value === undefined) throw missing(name, opened);
  await Bun.write(Bun.stdout, `${value}\n`);
}

async function list({ words, json, store }: Given): Promise<void> {
  none("list", words);
  const names = await (await store()).names();
  const lines = json ? [JSON.stringify(names)] : names;
  await Bun.write(Bun.stdout, lines.map((line) => `${line}\n`).join(""));
}

async function remove({ words, store }: Given): Promise<void> {
  const [name] = wordsOf("delete NAME", words, 1);
  const opened = await store();
  if (!(await opened.delete(name))) throw missing(name, opened);
  printError(`deleted ${name} from ${opened.place}`);
}

async function keygen({ words }: Given): Promise<void> {
  none("keygen", words);
  await Bun.write(Bun.stdout, `${generateKey()}\n`);
}

async function exec({ words, command, only, store }: Given): Promise<void> {
  none("exec", words);
  const [program, ...rest] = command;
  if (program === undefined) throw new UsageError("usage: argus-mcp secret exec [--only A,B] -- CMD ARGS…");
  only?.forEach(mustBeName);
  const opened = await store();
  const names = only ?? (await opened.names()).filter((name) => !isGrant(name));
  const values = await opened.read(names);
  const lost = names.find((name) => !values.has(name));
  if (lost !== undefined) throw missing(lost, opened);
  // A wrong path must not run the command without what it needs.
  if (values.size === 0) throw new Error(`there are no secrets in ${opened.place}`);
  await runWithSecrets(program, rest, values);
}

/** A name, and what may follow it. Throws UsageError. */
function wordsOf(usage: string, words: string[], most: number): [string, string?] {
  const [name, value] = words;
  if (name === undefined || words.length > most) throw new UsageError(`usage: argus-mcp secret ${usage}`);
  mustBeName(name);
  return [name, value];
}

function none(action: string, [word]: string[]): void {
  if (word !== undefined) throw new UsageError(`secret ${action} does not take ${JSON.stringify(word)}`);
}

function mustBeName(name: string): void {
  const problem = problemOfName(name);
  if (problem) throw new UsageError(problem);
}

/** All of standard input, less one line break at its end. Throws when it is no text. */
async function readInput(): Promise<string> {
  const bytes = await Bun.stdin.bytes();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw new Error("the value is not UTF-8; encode it, for example with base64");
  }
}

function missing(name: string, { place }: SecretStore): Error {
  return new Error(`there is no secret ${JSON.stringify(name)} in ${place}`);
}
