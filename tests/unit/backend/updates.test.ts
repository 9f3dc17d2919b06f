// One stream of updates at a time, whatever is wanted, refused, broken off or ended.
import { expect, test } from "bun:test";
import { Updates } from "../../../src/backend/updates.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { JsonObject, Message } from "../../../src/model.ts";
import { parse } from "../../../src/protocol/message.ts";
import { fateOf } from "./scripted.ts";
import { SimulatedClock } from "./simulated-clock.ts";

interface Listening {
  id: number;
  filter: JsonObject;
  cancelled(): boolean;
  end(answer: JsonObject | GatewayError): void;
}

const all = { tools: { listChanged: true }, prompts: { listChanged: true }, resources: { listChanged: true } };

function follower(capabilities: JsonObject = {}) {
  const clock = new SimulatedClock();
  const streams: Listening[] = [];
  const missed: unknown[] = [];
  const lost: GatewayError[] = [];
  let unheard = 0;
  const state = { ended: false };
  const updates = new Updates({
    clock,
    capabilities,
    listen: ({ body }, { signal, started }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Message>();
      const id = streams.length + 1;
      started(id);
      const end: Listening["end"] = (answer) =>
        answer instanceof GatewayError
          ? reject(answer)
          : resolve(parse(JSON.stringify({ jsonrpc: "2.0", id, ...answer })));
      signal.addEventListener("abort", () => end(new GatewayError("cancelled", "x")));
      streams.push({ id, filter: body.params?.notifications as JsonObject, cancelled: () => signal.aborted, end });
      return promise;
    },
    ended: () => state.ended,
    missed: (notifications) => missed.push(...notifications.map(({ body }) => body.method)),
    unheard: () => unheard++,
    lost: (error) => lost.push(error),
  });
  const grant = (id: number, ...uris: string[]) => updates.acknowledged(id, { resourceSubscriptions: uris });
  return { clock, streams, missed, lost, unheard: () => unheard, state, updates, grant };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("lists that may change are listened to, and no others", async () => {
  const { updates, streams } = follower({ ...all, prompts: {} });
  updates.start();
  await settle();
  expect(streams.map(({ filter }) => filter)).toEqual([{ toolsListChanged: true, resourcesListChanged: true }]);
});

test("without anything to hear, nothing is opened", async () => {
  const { updates, streams } = follower();
  updates.start();
  await settle();
  expect(streams).toEqual([]);
});

test("what is followed in one turn is asked for at once, and the stream before ends with its successor's beginning", async () => {
  const { updates, streams, grant } = follower(all);
  updates.start();
  await settle();
  const followed = Promise.all([updates.follow("a:1"), updates.follow("a:2")]);
  await settle();
  expect(streams.map(({ filter }) => filter.resourceSubscriptions)).toEqual([undefined, ["a:1", "a:2"]]);
  expect(streams[0]?.cancelled()).toBe(false);
  grant(2, "a:1", "a:2");
  await followed;
  expect(streams.map((stream) => stream.cancelled())).toEqual([true, false]);
});

test("whoever waits for a stream that another overtakes is served by that one", async () => {
  const { updates, streams, grant } = follower();
  const first = fateOf(updates.follow("a:1"));
  await settle();
  const second = fateOf(updates.follow("a:2"));
  await settle();
  grant(2, "a:1", "a:2");
  await settle();
  expect([first, second]).toEqual([{ value: undefined }, { value: undefined }]);
  expect(streams.map((stream) => stream.cancelled())).toEqual([true, false]);
});

test("what the server does not grant is refused, and not asked for again", async () => {
  const { updates, streams, grant } = follower();
  const fate = fateOf(updates.follow("a:1"));
  await settle();
  grant(1);
  await settle();
  expect(fate.error).toMatchObject({ code: "invalid_params" });
  const other = updates.follow("a:2");
  await settle();
  grant(2, "a:2");
  await other;
  expect(streams[1]?.filter).toEqual({ resourceSubscriptions: ["a:2"] });
});

test("with the last thing that is followed the stream ends", async () => {
  const { updates, streams, grant } = follower();
  const followed = updates.follow("a:1");
  await settle();
  grant(1, "a:1");
  await followed;
  await updates.unfollow("a:1");
  expect(streams.map((stream) => stream.cancelled())).toEqual([true]);
});

test.each<[string, JsonObject | GatewayError]>([
  ["ends", { result: {} }],
  ["is broken off", new GatewayError("unavailable", "closed the stream")],
  ["is refused for now", { error: { code: -32603, message: "Subscription limit reached" } }],
])("a stream that %s is opened again after a pause, and what may have been missed is told", async (_, how) => {
  const { updates, streams, grant, missed, clock } = follower({ tools: { listChanged: true } });
  updates.start();
  await settle();
  grant(1);
  streams[0]?.end(how);
  await settle();
  expect(streams).toHaveLength(1);
  await clock.pass(1_000);
  await settle();
  expect(streams).toHaveLength(2);
  expect(missed).toEqual([]);
  grant(2);
  expect(missed).toEqual(["notifications/tools/list_changed"]);
});

test("a server that does not know how to listen is asked no more", async () => {
  const { updates, streams, clock } = follower(all);
  const fate = fateOf(updates.follow("a:1"));
  await settle();
  streams[0]?.end({ error: { code: -32601, message: "x" } });
  await settle();
  expect(fate.error).toMatchObject({ code: "unknown_method" });
  await clock.pass(1_000_000);
  expect(streams).toHaveLength(1);
});

test("a server that never says what it grants is not waited for without end", async () => {
  const { updates, clock } = follower();
  const fate = fateOf(updates.follow("a:1"));
  await settle();
  await clock.pass(10_000);
  await settle();
  expect(fate.error).toMatchObject({ code: "timeout" });
});

test("a server that cannot be reached is lost", async () => {
  const { updates, streams, lost, clock } = follower(all);
  updates.start();
  await settle();
  const gone = new GatewayError("undelivered", "cannot be reached");
  streams[0]?.end(gone);
  await settle();
  expect(lost).toEqual([gone]);
  await clock.pass(1_000_000);
  expect(streams).toHaveLength(1);
});

test("with the connection everything ends", async () => {
  const { updates, streams, state, clock } = follower(all);
  updates.start();
  await settle();
  state.ended = true;
  streams[0]?.end(new GatewayError("unavailable", "exited"));
  await settle();
  await clock.pass(1_000_000);
  updates.stop();
  await expect(updates.follow("a:1")).rejects.toThrow("closed");
  expect(streams).toHaveLength(1);
});

test("tasks are followed beside resources, those of the last time alone", async () => {
  const { updates, streams } = follower();
  const granted = [updates.follow("a:1"), updates.followTasks(["1", "2"])];
  await settle();
  updates.acknowledged(1, { resourceSubscriptions: ["a:1"], taskIds: ["1"] });
  expect(await Promise.all(granted)).toEqual([undefined, ["1"]]);
  const fewer = updates.followTasks(["3"]);
  await settle();
  updates.acknowledged(2, { resourceSubscriptions: ["a:1"], taskIds: ["3"] });
  expect(await fewer).toEqual(["3"]);
  expect(streams.map(({ filter }) => filter)).toEqual([
    { resourceSubscriptions: ["a:1"], taskIds: ["1", "2"] },
    { resourceSubscriptions: ["a:1"], taskIds: ["3"] },
  ]);
});

test("tasks that a server does not tell of, or refuses, are not asked for again", async () => {
  const { updates, streams, grant } = follower();
  const ungranted = updates.followTasks(["1"]);
  await settle();
  updates.acknowledged(1, {});
  expect(await ungranted).toEqual([]);
  const refused = fateOf(updates.followTasks(["2"]));
  await settle();
  streams[1]?.end({ error: { code: -32602, message: "no" } });
  await settle();
  expect(refused.error).toMatchObject({ message: "does not listen: no" });
  const followed = updates.follow("a:1");
  await settle();
  grant(3, "a:1");
  await followed;
  expect(streams[2]?.filter).toEqual({ resourceSubscriptions: ["a:1"] });
});

test("once it is not told of tasks any more, all are forgotten, and once it says so", async () => {
  const { updates, streams, clock, unheard } = follower(all);
  const followed = updates.followTasks(["1"]);
  await settle();
  updates.acknowledged(1, { taskIds: ["1"] });
  await followed;
  const refused = updates.followTasks(["1", "2"]);
  await settle();
  streams[1]?.end({ error: { code: -32602, message: "x" } });
  await expect(refused).rejects.toThrow();
  // The stream from before goes on.
  expect(unheard()).toBe(0);
  streams[0]?.end({ result: {} });
  await settle();
  expect(unheard()).toBe(1);
  await clock.pass(10_000);
  await settle();
  expect(streams.at(-1)?.filter).not.toHaveProperty("taskIds");
  updates.stop();
  expect(unheard()).toBe(1);
});

test("at its end it is told of tasks no more; where nobody followed any, nobody misses any", async () => {
  for (const taskIds of [["1"], []]) {
    const { updates, unheard } = follower(all);
    const followed = updates.followTasks(["1"]);
    await settle();
    updates.acknowledged(1, { taskIds });
    await followed;
    updates.stop();
    updates.stop();
    expect(unheard()).toBe(taskIds.length);
  }
});
