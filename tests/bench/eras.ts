// Scenario: calls between clients and backends of both eras, beside calls of a legacy client to a legacy backend.
import { echoCommand, gatewayWith } from "./launch.ts";
import type { Era } from "./load.ts";
import type { Bench } from "./rounds.ts";
import type { Table } from "./table.ts";
import { compare, type Variant } from "./variants.ts";

function variant(name: string, client: Era, backend: Era): Variant {
  const [command, ...args] = echoCommand(1);
  const echo = { type: "stdio", command, args: [...args, backend], protocol: backend };
  return { contestant: { ...gatewayWith(name, { backends: { echo } }), era: client } };
}

export async function eras({ quick }: Bench): Promise<Table[]> {
  return await compare({
    title: "from client to backend, in each era",
    columns: ["these", "legacy to legacy"],
    variants: [
      variant("legacy to legacy", "legacy", "legacy"),
      variant("modern to legacy", "modern", "legacy"),
      variant("legacy to modern", "legacy", "modern"),
      variant("modern to modern", "modern", "modern"),
    ],
    plain: variant("plain", "legacy", "legacy"),
    quick,
  });
}
