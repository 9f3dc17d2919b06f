// The matrix: what comes while a call is under way, how it ends early, and what comes unasked.
import { expect } from "bun:test";
import { isLogged, loggedAs, meets, progressOf, stepsTo, unique, updateOf } from "../../../fixtures/conversation.ts";
import { levels } from "../../../fixtures/full/stream-tools.ts";
import { startHanging } from "../../../fixtures/hanging.ts";
import type { Run } from "./era.ts";

export const streams = {
  async progress({ client }) {
    const seen = await Promise.all([3, 5].map((steps) => progressOf(client, steps)));
    expect(seen).toEqual([stepsTo(3), stepsTo(5)]);
  },

  /** Resolves only when the backend has heard of it. */
  async cancel({ client }) {
    const hanging = await startHanging(client);
    await hanging.cancel("changed my mind");
  },

  async log({ client, era }) {
    const [some, more, all] = [unique(), unique(), unique()];
    await era.callLogging(client, "error", { label: some });
    const fromError = levels.slice(levels.indexOf("error"));
    expect(await loggedAs(client, some)).toMatchObject(messagesOf(some, fromError));
    await client.call("log", { label: more });
    if (era.name === "legacy") expect(await loggedAs(client, more)).toMatchObject(messagesOf(more, fromError));
    await era.callLogging(client, "debug", { label: all });
    expect(await loggedAs(client, all)).toMatchObject(messagesOf(all, levels));
    expect(client.notifications.items().filter((message) => isLogged(message, more))).toEqual([]);
  },

  /** The second resource shows when an update of the first would have come. */
  async subscribe({ client, era }) {
    const [uri, witness] = ["full://static/1", "full://static/2"];
    const touched = async () => {
      for (const each of [uri, witness]) await client.call("touch", { uri: each });
      return (await updateOf(client)).uri;
    };
    const stopWitness = await era.follow(client, witness);
    expect(await touched()).toBe(witness);
    const stop = await era.follow(client, uri);
    expect([await touched(), (await updateOf(client)).uri].toSorted()).toEqual([uri, witness]);
    await stop();
    expect(await touched()).toBe(witness);
    await stopWitness();
    expect(client.notifications.items().map(({ method }) => method)).not.toContain("notifications/resources/updated");
  },

  async list_changed({ client, era }) {
    const stop = await era.hearOfChanges(client);
    for (const list of ["tools", "prompts", "resources"]) {
      const name = `added-${unique()}`;
      await client.call("add", { list, name });
      await meets(client, list, name);
    }
    await stop();
  },
} satisfies Record<string, Run>;

const messagesOf = (label: string, from: string[]) =>
  from.map((level) => ({ level, logger: "fixture", data: { label, nested: [level] } }));
