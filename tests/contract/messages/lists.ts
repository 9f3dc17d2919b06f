// Scenarios of lists that change while clients are connected.
import { meets, unique } from "../../fixtures/conversation.ts";
import { catalogOfThatProcess, oneProcess, type Scenario } from "./scenario.ts";

export const listScenarios: Scenario[] = ["tools", "resources", "prompts"].map((list) => ({
  title: `a change of the list of ${list} is told, and the list shows it`,
  where: catalogOfThatProcess,
  async run({ client, connect, ...place }) {
    await using other = await connect();
    const name = `added-${unique()}`;
    await client.call("add", { list, name });
    await meets(client, list, name);
    if (oneProcess(place)) await meets(other, list, name);
  },
}));
