// Scenarios of two clients at once, whose questions and answers must not be mixed up.
import { expect } from "bun:test";
import type { TestClient } from "../../fixtures/clients.ts";
import { told, unique } from "../../fixtures/conversation.ts";
import { question } from "../../fixtures/full/ask-tools.ts";
import { startHanging } from "../../fixtures/hanging.ts";
import { oneProcess, type Place, type Scenario } from "./scenario.ts";

export const pairScenarios: Scenario[] = [
  {
    title: "one question after the other reaches the client that called",
    async run({ client, connect }) {
      await using other = await connect();
      answerAs(client, "first");
      answerAs(other, "second");
      for (const _ of [1, 2]) {
        expect(told(await client.call("sample"))).toMatchObject({ model: "first" });
        expect(told(await other.call("sample"))).toMatchObject({ model: "second" });
      }
    },
  },
  {
    title: "questions at the same time each reach the client that called",
    where: tellsCallsApart,
    async run({ client, connect }) {
      await using other = await connect();
      answerAs(client, "first");
      answerAs(other, "second");
      const calls = [client, other, client, other].map((caller) => caller.call("sample"));
      const models = (await Promise.all(calls)).map((result) => told(result).model);
      expect(models).toEqual(["first", "second", "first", "second"]);
    },
  },
  {
    title: "a question that could be for two clients is refused",
    where: (place) => !tellsCallsApart(place),
    async run({ client, connect }) {
      await using other = await connect();
      const asked = [client, other].map((each) => answerAs(each, "nobody"));
      const hanging = await startHanging(client);
      const { error } = told(await other.call("ask", { method: "sampling/createMessage", params: question }));
      expect(error).toMatchObject({ message: expect.stringContaining("sharing: session") });
      expect(asked).toEqual([{ times: 0 }, { times: 0 }]);
      await hanging.cancel("done");
    },
  },
  {
    title: "a client is not asked for what it did not declare",
    where: ({ via }) => via === "shared",
    async run({ connect }) {
      await using modest = await connect({ capabilities: { elicitation: { form: {} } } });
      const asked = answerAs(modest, "nobody");
      const { error } = told(await modest.call("ask", { method: "sampling/createMessage", params: question }));
      expect(error).toMatchObject({ message: expect.stringMatching(/sampling/) });
      expect(asked).toEqual({ times: 0 });
    },
  },
  {
    title: "the end of an elicitation by URL is told to the client that was sent there",
    where: oneProcess,
    async run({ client, connect }) {
      await using other = await connect();
      const [id, othersId] = [unique(), unique()];
      for (const each of [client, other]) each.answers.set("elicitation/create", () => ({ action: "accept" }));
      await client.call("elicit-url", { id });
      await other.call("elicit-url", { id: othersId });
      await other.call("elicit-complete", { id });
      await client.call("elicit-complete", { id: othersId });
      expect(await completionOf(client)).toEqual({ elicitationId: id });
      expect(await completionOf(other)).toEqual({ elicitationId: othersId });
    },
  },
  {
    title: "a session that ends leaves the others alone",
    async run({ client, connect }) {
      const hanging = await startHanging(client);
      const other = await connect();
      await other.call("echo");
      await other[Symbol.asyncDispose]();
      await hanging.cancel("done");
    },
  },
];

/** Over Streamable HTTP the stream on which a question comes tells to which call it belongs. */
function tellsCallsApart({ kind, via }: Place): boolean {
  return via !== "shared" || kind === "streamable-http";
}

/** Counts how often the client was asked. */
function answerAs(client: TestClient, model: string): { times: number } {
  const asked = { times: 0 };
  client.answers.set("sampling/createMessage", () => {
    asked.times++;
    return { role: "assistant", content: { type: "text", text: "blue" }, model };
  });
  return asked;
}

async function completionOf(client: TestClient) {
  const { params } = await client.notifications.take(({ method }) => method === "notifications/elicitation/complete");
  return params;
}
