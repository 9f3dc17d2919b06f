// What to put into each client's file to connect it, as text to copy.
import { type Authorization, CLIENTS, type Client, entryFor, userFile } from "./client.ts";
import { type Machine, thisMachine, tilde } from "./machine.ts";

export interface Snippet {
  /** The client, as argus-mcp client names it. */
  client: string;
  title: string;
  /** Where the text belongs, with ~ for the home folder; empty where it is a command. */
  file: string;
  language: "json" | "sh";
  text: string;
}

export interface SnippetOptions {
  /** What the server is called in the client (argus). */
  name?: string;
  /** A token, or the variable that holds it, where the gateway asks for one. */
  authorization?: Authorization;
  machine?: Machine;
}

/** One for each client, and for Claude Code also the command that does the same. `url` is that of the gateway's endpoint. */
export function snippets(url: string, options: SnippetOptions = {}): Snippet[] {
  return CLIENTS.flatMap((client) => [snippetOf(client, url, options), ...commandOf(client, url, options)]);
}

/** The text for one client. A variable that a client cannot read becomes a token to fill in. */
export function snippetOf(client: Client, url: string, options: SnippetOptions = {}): Snippet {
  const { name = "argus", authorization, machine = thisMachine() } = options;
  const { key, title } = client;
  const entry = entryFor(client, new URL(url), authorization) ?? entryFor(client, new URL(url), { token: "TOKEN" });
  const text = JSON.stringify({ [key]: { [name]: entry } }, undefined, 2);
  return { client: client.name, title, file: tilde(userFile(client, machine), machine), language: "json", text };
}

function commandOf(
  { name: client, title }: Client,
  url: string,
  { name = "argus", authorization }: SnippetOptions,
): Snippet[] {
  if (client !== "claude-code") return [];
  const value = authorization && ("token" in authorization ? authorization.token : `$${authorization.variable}`);
  const header = value === undefined ? "" : ` --header "Authorization: Bearer ${value}"`;
  const text = `claude mcp add --transport http --scope user ${name} ${url}${header}`;
  return [{ client, title: `${title}, by its command`, file: "", language: "sh", text }];
}
