// Scenarios of the way back: sampling, elicitation and roots, asked by the backend and answered by the right client.
import { expect } from "bun:test";
import { AnswerError, failure, type Json, type TestClient } from "../../fixtures/clients.ts";
import { answering, told, unique } from "../../fixtures/conversation.ts";
import { form, question } from "../../fixtures/full/ask-tools.ts";
import { ownSession, type Scenario } from "./scenario.ts";

const answer = {
  role: "assistant",
  content: { type: "text", text: "blue", _meta: { "vendor/c": 1 } },
  model: "test-model",
  stopReason: "endTurn",
  "vendor/unknown": [1],
};

export const askScenarios: Scenario[] = [
  {
    title: "sampling reaches the client and its answer the backend, unknown keys included",
    async run({ client }) {
      const asked = answering(client, "sampling/createMessage", answer);
      expect(told(await client.call("sample", { "vendor/ask": { deep: [1] } }))).toEqual(answer);
      expect(asked).toEqual([{ ...question, "vendor/ask": { deep: [1] } }]);
    },
  },
  {
    title: "a client's refusal reaches the backend with code, message and data",
    async run({ client }) {
      client.answers.set("sampling/createMessage", () => {
        throw new AnswerError(-1, "The user said no.", { why: ["test"] });
      });
      const { error } = told(await client.call("ask", { method: "sampling/createMessage", params: question }));
      expect(error).toMatchObject({
        code: -1,
        message: expect.stringContaining("The user said no."),
        data: { why: ["test"] },
      });
    },
  },
  ...[{ action: "accept", content: { name: "Ada", colours: ["r"] } }, { action: "decline" }, { action: "cancel" }].map(
    (decision): Scenario => ({
      title: `elicitation by form is answered with ${decision.action}`,
      async run({ client }) {
        const asked = answering(client, "elicitation/create", decision);
        expect(told(await client.call("elicit"))).toEqual(decision);
        expect(asked).toEqual([{ mode: "form", ...form }]);
      },
    }),
  ),
  {
    title: "elicitation by URL, and its completion later",
    async run({ client }) {
      const id = unique();
      const asked = answering(client, "elicitation/create", { action: "accept" });
      expect(told(await client.call("elicit-url", { id }))).toEqual({ action: "accept" });
      expect(asked).toEqual([signInPage(id)]);
      await client.call("elicit-complete", { id });
      expect((await completionOf(client, id)).params).toEqual({ elicitationId: id });
    },
  },
  {
    title: "an error that demands elicitation by URL, and its completion later",
    async run({ client }) {
      const id = unique();
      const error = await failure(client.call("url-required", { id }));
      expect(error).toMatchObject({ code: -32042, data: { elicitations: [signInPage(id)] } });
      await client.call("elicit-complete", { id });
      expect((await completionOf(client, id)).params).toEqual({ elicitationId: id });
    },
  },
  {
    title: "roots are asked of the client, and their change is told to the backend",
    where: ownSession,
    async run({ client }) {
      const roots = { roots: [{ uri: "file:///home", name: "home", "vendor/unknown": 1 }], _meta: { "vendor/r": 1 } };
      const asked = answering(client, "roots/list", roots);
      expect(told(await client.call("roots"))).toEqual(roots);
      expect(asked).toHaveLength(1);
      const method = "notifications/roots/list_changed";
      await client.notify(method);
      expect(told(await client.call("notified", { method }))).toMatchObject({ method });
    },
  },
  {
    title: "the client's progress on a question reaches the backend",
    async run({ client }) {
      client.answers.set("sampling/createMessage", async ({ _meta }) => {
        const { progressToken } = _meta as Json;
        for (const progress of [1, 2])
          await client.notify("notifications/progress", { progressToken, progress, total: 2 });
        return answer;
      });
      const steps = [1, 2].map((progress) => ({ params: { progress, total: 2 } }));
      expect(told(await client.call("sample-with-progress"))).toMatchObject({ answer, steps });
    },
  },
  {
    title: "a question that the backend withdraws is withdrawn at the client",
    async run({ client }) {
      const { promise: withdrawn, resolve: withdraw } = Promise.withResolvers<unknown>();
      client.answers.set("sampling/createMessage", async (_, signal) => {
        signal.addEventListener("abort", () => withdraw(signal.reason));
        await client.notify("notifications/vendor/asked");
        await withdrawn;
        return answer;
      });
      await client.call("sample-and-withdraw");
      expect(String(await withdrawn)).toContain("no longer needed");
    },
  },
  {
    title: "a client answers a question with a task",
    where: ownSession,
    async run({ client }) {
      const now = new Date().toISOString();
      const task = { taskId: unique(), status: "working", ttl: 60_000, createdAt: now, lastUpdatedAt: now };
      answering(client, "sampling/createMessage", { task });
      const gets = answering(client, "tasks/get", { ...task, status: "completed" });
      const results = answering(client, "tasks/result", answer);
      const outcome = told(await client.call("sample-as-task"));
      expect(outcome).toMatchObject({ created: { task }, state: { status: "completed" }, result: answer });
      expect([...gets, ...results]).toEqual([{ taskId: task.taskId }, { taskId: task.taskId }]);
    },
  },
];

const signInPage = (id: string) => ({
  mode: "url",
  elicitationId: id,
  url: `https://example.com/sign-in?id=${id}`,
  message: "Please sign in.",
});

const completionOf = (client: TestClient, id: string) =>
  client.notifications.take(
    ({ method, params }) => method === "notifications/elicitation/complete" && params.elicitationId === id,
  );
