// Scenarios of lists that change while clients are connected.
import { expect } from "bun:test";
import type { TestClient } from "../../fixtures/clients.ts";
import { catalogOfThatProcess, listAll, oneProcess, type Scenario, unique } from "./scenario.ts";

export const listScenarios: Scenario[] = ["tools", "resources", "prompts"].map((list) => ({
  title: `a change of the list of ${list} is told, and the list shows it`,
  where: catalogOfThatProcess,
  async run({ client, connect, ...place }) {
    await using other = await connect();
    const name = `added-${unique()}`;
    await client.call("add", { list, name });
    await seen(client, list, name);
    if (oneProcess(place)) await seen(other, list, name);
    await use(client, list, name);
  },
}));

/** A notification may tell of an earlier change, so look again at each until the new item is there. */
async function seen(client: TestClient, list: string, name: string): Promise<void> {
  do await client.notifications.take(({ method }) => method === `notifications/${list}/list_changed`);
  while (!(await listAll(client, `${list}/list`, list)).some((item) => item.name === name));
}

async function use(client: TestClient, list: string, name: string): Promise<void> {
  if (list === "tools") expect(await client.call(name)).toMatchObject({ content: [{ text: `${name} answers` }] });
  if (list === "prompts") expect(await client.request("prompts/get", { name })).toHaveProperty("messages");
  const uri = `full://added/${name}`;
  if (list === "resources")
    expect(await client.request("resources/read", { uri })).toMatchObject({ contents: [{ uri }] });
}
