// What connects one client to a server: the text for it, and what is to be known of tokens.
import { type Client, clientNamed, entryFor } from "../../clients/client.ts";
import { type Snippet, snippets } from "../../clients/snippets.ts";
import type { Security } from "../state.ts";
import type { Line } from "../theme.ts";

/** What clients are told to take their token from, unless another variable is named. */
const VARIABLE = "ARGUS_TOKEN";

export type IncomingAuth = Security["incoming_auth"];

export interface Recipe {
  title: string;
  client: Client;
  snippet: Snippet;
  /** Of the gateway's endpoint. */
  url: string;
  /** What the gateway is called in the client's file. */
  name: string;
  /** The one that holds the token, if the client sends one. */
  variable: string | undefined;
  /** What is to be known of tokens, if anything is. */
  token: string | null;
}

/** One for each client, and the command of Claude Code. */
export function recipesOf(url: string, name: string, variable: string | undefined, auth: IncomingAuth): Recipe[] {
  const options = { name, ...(variable !== undefined && { authorization: { variable } }) };
  return snippets(url, options).flatMap((snippet) => {
    const client = clientNamed(snippet.client);
    if (!client) return [];
    const title = snippet.language === "sh" ? `${client.title} (command)` : client.title;
    return [{ title, client, snippet, url, name, variable, token: tokenText(auth, client, snippet, variable) }];
  });
}

/** The variable that holds the token: none where clients find out by themselves how to log in, unless one was `chosen`; "" chooses none. */
export function variableFor(auth: IncomingAuth | undefined, chosen: string | undefined): string | undefined {
  if (!auth || auth.type === "anonymous") return undefined;
  return (chosen ?? (auth.issuer === null ? VARIABLE : "")) || undefined;
}

/** How clients come by a token, in few words. */
export function tokenLine(auth: IncomingAuth, chosen: string | undefined): Line {
  if (auth.type === "anonymous") return [["not asked for", "muted"]];
  const variable = variableFor(auth, chosen);
  if (variable !== undefined) return [[`$${variable}`]];
  return [auth.issuer === null ? ["none", "warning"] : ["client logs in", "muted"]];
}

/** Whether variables mean anything in the client's file. */
export function readsVariables(client: Client): boolean {
  return entryFor(client, new URL("http://localhost"), { variable: VARIABLE }) !== undefined;
}

/** Where the token comes from, where the server wants one. */
function tokenText(auth: IncomingAuth, client: Client, { language }: Snippet, variable?: string): string | null {
  const { type, issuer } = auth;
  if (type === "anonymous") return null;
  if (variable === undefined)
    return issuer === null
      ? "This server asks for a token, and this sends none: v names the variable that holds it."
      : `The client logs in at ${issuer} when the server asks it to; v names a variable with a token instead.`;
  if (language === "sh") return `The shell puts the token in from its variable ${variable}; it is kept in the file.`;
  if (readsVariables(client))
    return `The token is taken from the variable ${variable}, as it is set where ${client.title} is started.`;
  return `${client.title} reads no variables in its file: put the token itself in the place of TOKEN.`;
}
