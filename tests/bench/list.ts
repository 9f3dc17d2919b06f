// Scenario: tools/list of 1,000 tools.
import { duration, loadRows } from "./calls.ts";
import { type Contestant, load, start } from "./launch.ts";
import { type Bench, inTurns } from "./rounds.ts";
import type { Table } from "./table.ts";

const tools = 1000;

export async function list({ contestants, quick }: Bench): Promise<Table[]> {
  const measure = async (contestant: Contestant, clients: number) => {
    await using server = await start(contestant, { tools });
    return await load(server, { clients, call: { tools }, ...duration(quick) });
  };
  const taken = await inTurns([1, 8], contestants, quick ? 2 : 5, measure);
  return [
    {
      title: "tools/list of 1,000 tools",
      columns: [contestants[0].name, contestants[1].name],
      rows: [...taken].flatMap(([clients, pairs]) => loadRows(clients, pairs, {})),
    },
  ];
}
