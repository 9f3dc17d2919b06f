// Scenarios of what belongs to a call under way: progress, logging, cancellation.
import { expect } from "bun:test";
import type { TestClient } from "../../fixtures/clients.ts";
import { loggedAs, progressOf, stepsTo, unique } from "../../fixtures/conversation.ts";
import { levels } from "../../fixtures/full/stream-tools.ts";
import { startHanging } from "../../fixtures/hanging.ts";
import type { Scenario } from "./scenario.ts";

export const streamScenarios: Scenario[] = [
  {
    title: "progress arrives under the caller's token, in order and before the answer",
    async run({ client }) {
      expect(await progressOf(client, 5)).toEqual(stepsTo(5));
    },
  },
  {
    title: "progress of calls at the same time is not mixed up",
    async run({ client, connect }) {
      await using other = await connect();
      const seen = await Promise.all([progressOf(client, 2), progressOf(other, 3), progressOf(client, 4)]);
      expect(seen).toEqual([stepsTo(2), stepsTo(3), stepsTo(4)]);
    },
  },
  {
    title: "log messages of a call reach its client",
    async run({ client }) {
      await client.request("logging/setLevel", { level: "debug" });
      expect(await logsOf(client)).toEqual(levels);
    },
  },
  {
    title: "each client gets the log level that it set",
    async run({ client, connect }) {
      await using other = await connect();
      await client.request("logging/setLevel", { level: "debug" });
      await other.request("logging/setLevel", { level: "error" });
      expect(await logsOf(other)).toEqual(levels.slice(levels.indexOf("error")));
      expect(await logsOf(client)).toEqual(levels);
    },
  },
  {
    title: "a cancellation reaches the backend with its reason",
    async run({ client }) {
      const call = await startHanging(client);
      expect(await call.cancel("changed my mind")).toContain("changed my mind");
    },
  },
  {
    title: "a cancellation ends only the call that it names",
    async run({ client, connect }) {
      await using other = await connect();
      const [first, second, third] = await Promise.all([client, other, client].map(startHanging));
      expect(await first?.cancel("first")).toContain("first");
      expect(await second?.cancel("second")).toContain("second");
      expect(await third?.cancel("third")).toContain("third");
    },
  },
];

/** The levels of the messages that the tool `log` sent. */
async function logsOf(client: TestClient): Promise<unknown[]> {
  const label = unique();
  await client.call("log", { label });
  const logged = await loggedAs(client, label);
  for (const { level, logger, data, _meta } of logged)
    expect({ logger, data, _meta }).toEqual({
      logger: "fixture",
      data: { label, nested: [level] },
      _meta: { "vendor/log": true },
    });
  return logged.map(({ level }) => level);
}
