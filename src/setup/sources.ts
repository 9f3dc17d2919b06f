// Where servers are looked for: in the files of clients, or in one file that is named.
import type { Client, ClientName } from "../clients/client.ts";
import { type ClientFile, clientFiles, type Entry } from "../clients/entries.ts";
import type { Machine } from "../clients/machine.ts";
import { type Found, foundIn, type Reading, withMore } from "./found.ts";

/** How each client writes what it lists. */
const READINGS: Record<ClientName, Reading> = {
  "claude-desktop": { expands: false },
  "claude-code": { expands: true },
  cursor: { expands: false },
  vscode: { expands: false },
  cline: { expands: false, remote: "sse", limit: { key: "timeout", perSecond: 1 } },
  windsurf: { expands: false },
};

/** All that the clients on this machine list; `folder` is the project. Files that cannot be read are told. */
export function foundOnMachine(machine: Machine, folder: string, problem: (error: unknown) => void): Found[] {
  return clientFiles(machine, folder, problem).flatMap((file) => foundInFile(file, machine, folder));
}

/** What one file of a client lists. */
export function foundInFile({ client, path, entries }: ClientFile, machine: Machine, folder: string): Found[] {
  return entries.map((entry) => foundEntry(entry, client, { path, machine, folder }));
}

interface Place {
  path: string;
  machine: Machine;
  folder: string;
}

function foundEntry({ name, definition, project }: Entry, client: Client, { path, machine, folder }: Place): Found {
  const shared = client.project && path.startsWith(folder) && path.endsWith(client.project.join("/"));
  const places = { home: machine.home, ...(project !== undefined && { project }), ...(shared && { project: folder }) };
  const source = `${client.title} (${tilde(path, machine)}${project === undefined ? "" : `, project ${project}`})`;
  const found = foundIn(name, source, definition, { ...READINGS[client.name], places });
  // It ran in its project.
  const inProject =
    project !== undefined && found.definition?.command !== undefined && found.definition.cwd === undefined;
  return inProject ? withMore(found, { cwd: project }) : found;
}

export function tilde(path: string, { home }: Machine): string {
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path;
}
