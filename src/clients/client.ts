// The clients that are known: where each keeps its list of MCP servers, and how it writes one that is reached by a URL.
import { exists, folderOf, join, type Machine, packaged, settings } from "./machine.ts";

export type ClientName = "claude-desktop" | "claude-code" | "cursor" | "vscode" | "cline" | "windsurf";

/** A bearer token, or the environment variable that the client takes it from. */
export type Authorization = { token: string } | { variable: string };

export interface Client {
  name: ClientName;
  title: string;
  /** The key that servers are under. */
  key: "mcpServers" | "servers";
  /** The files that may hold the user's servers, the likeliest first. */
  files(machine: Machine): string[];
  /** The file within a project, if it has one. */
  project?: readonly string[];
  /** How a variable is written in its file; absent where variables mean nothing there. */
  variable?(name: string): string;
  /** The entry of a server. */
  entry(url: URL, authorization: string | undefined): Record<string, unknown>;
  /** What to do once the file has changed. */
  afterwards: string;
  /** What is peculiar to it. */
  note?: string;
}

const CLINE = ["saoudrizwan.claude-dev", "settings", "cline_mcp_settings.json"] as const;

export const CLIENTS: readonly Client[] = [
  {
    name: "claude-desktop",
    title: "Claude Desktop",
    key: "mcpServers",
    files: (machine) => [
      // Installed as a package, it does not see the usual folder.
      ...packaged(machine, "Claude_", "Claude", "claude_desktop_config.json"),
      settings(machine, "Claude", "claude_desktop_config.json"),
    ],
    entry: bridge,
    afterwards: "quit Claude Desktop, also in the tray, and start it again",
    note:
      "its file knows local programs only, so npx mcp-remote (Node.js) carries messages between the two; " +
      "its custom connectors are for servers on the internet, since requests then come from Anthropic",
  },
  {
    name: "claude-code",
    title: "Claude Code",
    key: "mcpServers",
    files: (machine) => [join(machine, machine.environment.CLAUDE_CONFIG_DIR || machine.home, ".claude.json")],
    project: [".mcp.json"],
    variable: (name) => `\${${name}}`,
    entry: (url, authorization) => ({ type: "http", url: url.href, ...headers(authorization) }),
    afterwards: "start Claude Code again; /mcp shows the server",
  },
  {
    name: "cursor",
    title: "Cursor",
    key: "mcpServers",
    files: (machine) => [join(machine, machine.home, ".cursor", "mcp.json")],
    project: [".cursor", "mcp.json"],
    variable: fromEnvironment,
    entry: (url, authorization) => ({ url: url.href, ...headers(authorization) }),
    afterwards: "switch the server on in Cursor's settings, under MCP",
  },
  {
    name: "vscode",
    title: "VS Code",
    key: "servers",
    files: (machine) =>
      ["Code", "Code - Insiders", "VSCodium"].map((product) => settings(machine, product, "User", "mcp.json")),
    project: [".vscode", "mcp.json"],
    variable: fromEnvironment,
    entry: (url, authorization) => ({ type: "http", url: url.href, ...headers(authorization) }),
    afterwards: "run MCP: List Servers in VS Code, and start it there",
  },
  {
    name: "cline",
    title: "Cline",
    key: "mcpServers",
    files: (machine) => {
      const { CLINE_MCP_SETTINGS_PATH: file, CLINE_DIR: folder } = machine.environment;
      const own = join(machine, folder || join(machine, machine.home, ".cline"), "data", "settings", CLINE[2]);
      return [...(file ? [file] : []), own, settings(machine, "Code", "User", "globalStorage", ...CLINE)];
    },
    entry: (url, authorization) => ({ type: "streamableHttp", url: url.href, ...headers(authorization) }),
    afterwards: "Cline takes it at once; its MCP Servers view shows the server",
  },
  {
    name: "windsurf",
    title: "Windsurf",
    key: "mcpServers",
    files: (machine) => [join(machine, machine.home, ".codeium", "windsurf", "mcp_config.json")],
    variable: fromEnvironment,
    entry: (url, authorization) => ({ serverUrl: url.href, ...headers(authorization) }),
    afterwards: "press Refresh in Windsurf's MCP view",
  },
];

/** What clients take for the name of a server. */
export const SERVER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The first of a client's files that there is, else the first whose folder is there, else the usual one. */
export function userFile({ files }: Client, machine: Machine): string {
  const candidates = files(machine);
  const there = (path: string) => exists(machine, path);
  return candidates.find(there) ?? candidates.find((file) => there(folderOf(machine, file))) ?? candidates[0] ?? "";
}

/** The client of this name, if it is known. */
export function clientNamed(name: string): Client | undefined {
  return CLIENTS.find((client) => client.name === name);
}

/** The entry that makes a client connect to this URL, or nothing where it could not read the variable. */
export function entryFor(client: Client, url: URL, authorization?: Authorization): Record<string, unknown> | undefined {
  if (!authorization) return client.entry(url, undefined);
  if ("token" in authorization) return client.entry(url, `Bearer ${authorization.token}`);
  return client.variable && client.entry(url, `Bearer ${client.variable(authorization.variable)}`);
}

function headers(authorization: string | undefined): { headers?: Record<string, string> } {
  return authorization === undefined ? {} : { headers: { Authorization: authorization } };
}

function fromEnvironment(name: string): string {
  return `\${env:${name}}`;
}

/** The token is handed over in the environment: on Windows, spaces in arguments do not survive npx. */
function bridge(url: URL, authorization: string | undefined): Record<string, unknown> {
  const here = url.protocol === "https:" || ["localhost", "127.0.0.1"].includes(url.hostname);
  const args = ["-y", "mcp-remote", url.href, "--transport", "http-only", ...(here ? [] : ["--allow-http"])];
  if (authorization === undefined) return { command: "npx", args };
  const header = ["--header", `Authorization:\${ARGUS_AUTHORIZATION}`];
  return { command: "npx", args: [...args, ...header], env: { ARGUS_AUTHORIZATION: authorization } };
}
