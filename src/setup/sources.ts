// Where servers are looked for: in the files of clients, or in one file that is named.
import type { Client, ClientName } from "../clients/client.ts";
import { type ClientFile, clientFiles, type Entry } from "../clients/entries.ts";
import { join, type Machine, tilde } from "../clients/machine.ts";
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
  return clientFiles(machine, folder, problem).flatMap((file) => foundInFile(file, machine));
}

/** What one file of a client lists; its path is absolute. */
export function foundInFile({ client, path, entries }: ClientFile, machine: Machine): Found[] {
  const project = projectOf(path, client, machine);
  return entries.map((entry) => foundEntry(entry, client, { path, project, machine }));
}

/** The project whose file this is. */
function projectOf(path: string, { project, files }: Client, machine: Machine): string | undefined {
  if (!project || files(machine).includes(path)) return undefined;
  const end = join(machine, "/", ...project);
  return path.endsWith(end) ? path.slice(0, -end.length) : undefined;
}

interface Place {
  path: string;
  project: string | undefined;
  machine: Machine;
}

function foundEntry(
  { name, definition, project: named }: Entry,
  client: Client,
  { path, machine, ...file }: Place,
): Found {
  const project = named ?? file.project;
  const places = { home: machine.home, ...(project !== undefined && { project }) };
  const source = `${client.title} (${tilde(path, machine)}${named === undefined ? "" : `, project ${named}`})`;
  const found = foundIn(name, source, definition, { ...READINGS[client.name], places });
  // It ran in its project.
  const alone = named !== undefined && found.definition?.command !== undefined && found.definition.cwd === undefined;
  return alone ? withMore(found, { cwd: named }) : found;
}
