// Scenarios of the tasks of protocol version 2025-11-25.
import { expect } from "bun:test";
import { failure, type Json, type TestClient } from "../../fixtures/clients.ts";
import { told, unique } from "../../fixtures/conversation.ts";
import type { Scenario } from "./scenario.ts";

const related = "io.modelcontextprotocol/related-task";

export const taskScenarios: Scenario[] = [
  {
    title: "a task is created, watched, listed and finished",
    async run({ client }) {
      const { taskId, label } = await startJob(client);
      expect(await client.request("tasks/get", { taskId })).toMatchObject({ taskId, status: "working", ttl: 60_000 });
      expect((await client.request("tasks/list")).tasks).toContainEqual(expect.objectContaining({ taskId }));
      const result = client.request("tasks/result", { taskId });
      await client.call("finish", { label });
      expect(await statusOf(client, taskId)).toMatchObject({
        taskId,
        status: "completed",
        statusMessage: "now completed",
      });
      expect(await result).toMatchObject({ content: [{ text: "nothing asked" }], _meta: { [related]: { taskId } } });
    },
  },
  {
    title: "a task is cancelled",
    async run({ client }) {
      const { taskId } = await startJob(client);
      expect(await client.request("tasks/cancel", { taskId })).toMatchObject({ taskId, status: "cancelled" });
      expect(await statusOf(client, taskId)).toMatchObject({ status: "cancelled" });
      expect(await failure(client.request("tasks/cancel", { taskId }))).toMatchObject({ code: -32602 });
    },
  },
  {
    title: "a task asks its client while the client waits for the result",
    async run({ client }) {
      const { taskId, label } = await startJob(client);
      await client.call("finish", { label, ask: true });
      expect(await statusOf(client, taskId)).toMatchObject({ status: "input_required" });
      let asked: Json = {};
      client.answers.set("elicitation/create", (params) => {
        asked = params;
        return { action: "accept", content: { sure: true } };
      });
      const result = await client.request("tasks/result", { taskId });
      expect(told(result)).toEqual({ action: "accept", content: { sure: true } });
      expect(asked).toMatchObject({ message: "Are you sure?", _meta: { [related]: { taskId } } });
      expect(result._meta).toEqual({ [related]: { taskId } });
    },
  },
  {
    title: "the progress of a task goes on under its caller's token",
    async run({ client }) {
      const progressToken = Number.parseInt(unique().slice(0, 8), 16);
      const { label } = await startJob(client, { progressToken });
      await client.call("finish", { label });
      const told = await client.notifications.take(({ params }) => params.progressToken === progressToken);
      expect(told.params).toEqual({ progressToken, progress: 1, total: 2 });
    },
  },
  {
    title: "the status of a task is told to its client only",
    async run({ client, connect }) {
      await using other = await connect();
      const [own, foreign] = [await startJob(client), await startJob(other)];
      await other.request("tasks/cancel", { taskId: foreign.taskId });
      await client.request("tasks/cancel", { taskId: own.taskId });
      await statusOf(client, own.taskId);
      await statusOf(other, foreign.taskId);
      const stray = (items: readonly { params: Json }[], id: string) =>
        items.filter(({ params }) => params.taskId === id);
      expect(stray(client.notifications.items(), foreign.taskId)).toEqual([]);
      expect(stray(other.notifications.items(), own.taskId)).toEqual([]);
    },
  },
  {
    title: "an unknown task is an error in the parameters",
    async run({ client }) {
      expect(await failure(client.request("tasks/get", { taskId: "no-such-task" }))).toMatchObject({ code: -32602 });
    },
  },
];

async function startJob(client: TestClient, _meta: Json = {}): Promise<{ taskId: string; label: string }> {
  const label = unique();
  const params = { name: "job", arguments: { label }, task: { ttl: 60_000 }, _meta };
  const { task } = await client.request("tools/call", params);
  expect(task).toMatchObject({ status: "working", ttl: 60_000, pollInterval: 50 });
  return { taskId: (task as { taskId: string }).taskId, label };
}

async function statusOf(client: TestClient, taskId: string): Promise<Json> {
  const { params } = await client.notifications.take(
    ({ method, params }) => method === "notifications/tasks/status" && params.taskId === taskId,
  );
  return params;
}
