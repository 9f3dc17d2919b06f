// Checks which clients on this machine are set up for the gateway.
import { type ClientFile, clientFiles, leadsTo } from "../clients/entries.ts";
import { type Machine, thisMachine } from "../clients/machine.ts";
import { describe } from "../errors.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** A line for each file that leads to the gateway, and one where none does. */
export function checkClients(gateway: URL, machine: Machine = thisMachine()): Finding[] {
  const broken: Finding[] = [];
  const problem = (error: unknown) =>
    broken.push(warning("client", describe(error), "mend the file: its client cannot read it either"));
  const known = clientFiles(machine, process.cwd(), problem).flatMap((file) => connected(file, gateway));
  if (known.length > 0) return [...known, ...broken];
  return [warning("client", `no client is set up for ${gateway.href}`, "argus-mcp client add CLIENT"), ...broken];
}

function connected({ client, path, entries }: ClientFile, gateway: URL): Finding[] {
  const entry = entries.find(({ definition }) => leadsTo(definition, gateway));
  return entry ? [ok("client", `${client.title} has the gateway as ${entry.name} (${path})`)] : [];
}
