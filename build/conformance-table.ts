// What the official suites say of the gateway, as a table for the documentation: the figures are those that the tests hold it to.
import { SUITES } from "../tests/fixtures/suites.ts";

/** How many scenarios pass of those that each suite requires, in front of every kind of backend, and behind every kind of client. */
export function conformanceTable(): string {
  const backends = ["stdio", "HTTP"].flatMap((transport) => ["legacy", "modern"].map((era) => `${era}, ${transport}`));
  const clients = ["legacy client", "modern client"];
  const rows = SUITES.map(({ version, flags, required: { server, client } }) => [
    `${version} \`${flags.join(" ")}\``,
    ...backends.map(() => `${server}/${server}`),
    ...clients.map(() => `${client}/${client}`),
  ]);
  const head = ["suite", ...backends, ...clients];
  return [head, ["---", ...head.slice(1).map(() => "---:")], ...rows].map(rowOf).join("\n");
}

function rowOf(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
