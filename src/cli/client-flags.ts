// What the actions of argus-mcp client have in common: which client, which of its files, and how the gateway is entered there.
import { resolve } from "node:path";
import type { ArgsDef } from "citty";
import {
  type Authorization,
  CLIENTS,
  type Client,
  clientNamed,
  entryFor,
  SERVER_NAME,
  userFile,
  VARIABLE_NAME,
} from "../clients/client.ts";
import { thisMachine, tilde } from "../clients/machine.ts";
import { gatewayArgs } from "./gateway-flags.ts";
import { gatewayUrl } from "./gateway-url.ts";
import { didYouMean } from "./nearest.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const NAMES = CLIENTS.map(({ name }) => name);

/** Which client, and which of its files. */
export const fileArgs = {
  client: { type: "positional", required: false, description: NAMES.join(", ") },
  project: { type: "boolean", description: "the file of the project in the working directory" },
  file: { type: "string", valueHint: "FILE", description: "another file of that client" },
} as const satisfies ArgsDef;

/** The gateway, and what it is called there. */
export const entryArgs = {
  ...fileArgs,
  name: { type: "string", valueHint: "NAME", description: "what the gateway is called there (default argus)" },
  url: gatewayArgs.url,
  config: gatewayArgs.config,
  token: { type: "string", valueHint: "TOKEN", description: "a bearer token to write into the file" },
  "token-env": {
    type: "string",
    valueHint: "VARIABLE",
    description: "the variable that the client takes the token from",
  },
} as const satisfies ArgsDef;

type Texts<Args> = { [Key in keyof Args]?: Key extends "project" ? boolean : string } & { _: string[] };

export interface Chosen {
  client: Client;
  /** The file that is meant. */
  path: string;
  /** The flags that mean it, for another command: nothing, or a space and they. */
  flags: string;
}

/** Throws UsageError. */
export function choose(action: string, given: Texts<typeof fileArgs>, known: ArgsDef): Chosen {
  refuseUnknown({ ...given, _: given._.slice(1) }, known);
  const [name] = given._;
  if (name === undefined) throw new UsageError(`usage: argus-mcp client ${action} CLIENT, one of ${NAMES.join(", ")}`);
  const client = clientNamed(name);
  if (!client)
    throw new UsageError(`unknown client "${name}"${didYouMean(name, NAMES)}; there are ${NAMES.join(", ")}`);
  const file = needsValue("file", given.file);
  if (file !== undefined) return { client, path: resolve(file), flags: ` --file ${file}` };
  if (given.project) return { client, path: projectFile(client), flags: " --project" };
  return { client, path: userFile(client, thisMachine()), flags: "" };
}

function projectFile({ project, title }: Client): string {
  if (!project) throw new UsageError(`${title} has no file for a project`);
  return resolve(...project);
}

/** The name of the server in the client's file. Throws UsageError. */
export function nameOf(given: Texts<typeof entryArgs>): string {
  const name = needsValue("name", given.name) ?? "argus";
  if (!SERVER_NAME.test(name))
    throw new UsageError(`--name has letters, digits, _ and -, and not ${JSON.stringify(name)}`);
  return name;
}

/** The gateway's URL and the client's entry for it. Throws UsageError when the client cannot be told the token in this way. */
export async function entryOf(client: Client, given: Texts<typeof entryArgs>) {
  const authorization = authorizationOf(given);
  const where = { url: needsValue("url", given.url), config: needsValue("config", given.config) };
  const url = await gatewayUrl(where, process.env);
  const entry = entryFor(client, url, authorization);
  if (!entry)
    throw new UsageError(`${client.title} reads no variables in its file; give --token instead of --token-env`);
  return { url, entry, authorization };
}

function authorizationOf(given: Texts<typeof entryArgs>): Authorization | undefined {
  const token = needsValue("token", given.token);
  const variable = needsValue("token-env", given["token-env"]);
  if (token !== undefined && variable !== undefined) throw new UsageError("--token and --token-env exclude each other");
  if (token !== undefined) return { token };
  if (variable === undefined) return undefined;
  if (!VARIABLE_NAME.test(variable)) throw new UsageError(`--token-env is the name of a variable, not ${variable}`);
  return { variable };
}

/** The path as people write it. */
export function shown(path: string): string {
  return tilde(path, thisMachine());
}
