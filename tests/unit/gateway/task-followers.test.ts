// A backend is told once of all tasks that are followed, and those hear of a task who follow it.
import { expect, test } from "bun:test";
import { TaskFollowers } from "../../../src/gateway/task-followers.ts";
import type { Call, Upstream } from "../../../src/model.ts";
import { resultMessage } from "../../../src/protocol/message.ts";
import { taskIdsOf } from "../../../src/protocol/tasks-extension.ts";
import { session, upstream } from "./stand-ins.ts";

/** A backend that tells of all tasks but one. */
function backend() {
  const told: string[][] = [];
  const of = upstream("jobs", undefined, {
    request: async ({ message }: Call) => {
      const taskIds = taskIdsOf(message.body.params?.notifications);
      told.push(taskIds);
      return resultMessage({ notifications: { taskIds: taskIds.filter((id) => id !== "unknown") } });
    },
  });
  return { of, told };
}

const [ann, bob] = [session("ann"), session("bob")];
const follower = (upstream: Upstream, who: typeof ann, original: string) => ({
  ...{ session: who, id: `${who.id}-${original}`, tool: "slow" },
  route: { upstream, original },
});
const idsOf = (followers: TaskFollowers, of: ReturnType<typeof upstream>, taskId: string) =>
  followers.of(of, taskId).map(({ id }) => id);

test("what is followed in one turn is told at once", async () => {
  const { of, told } = backend();
  const followers = new TaskFollowers();
  const added = [
    [ann, "1"],
    [bob, "1"],
    [ann, "2"],
    [ann, "unknown"],
  ] as const;
  const agreed = await Promise.all(added.map(([who, original]) => followers.add(follower(of, who, original))));
  expect(agreed).toEqual([true, true, true, false]);
  expect(told).toEqual([["1", "2", "unknown"]]);
  expect(idsOf(followers, of, "1")).toEqual(["ann-1", "bob-1"]);
  expect(idsOf(followers, of, "unknown")).toEqual([]);
});

test("a backend hears when nobody follows a task any more, and not before", async () => {
  const { of, told } = backend();
  const followers = new TaskFollowers();
  for (const who of [ann, bob]) await followers.add(follower(of, who, "1"));
  await followers.add(follower(of, bob, "2"));
  told.length = 0;
  followers.forget(ann);
  await Bun.sleep(0);
  expect(told).toEqual([]);
  expect(idsOf(followers, of, "1")).toEqual(["bob-1"]);
  followers.forget(bob);
  await Bun.sleep(0);
  expect(told).toEqual([[]]);
  expect(idsOf(followers, of, "1")).toEqual([]);
});

test("a backend that is not there tells nothing", async () => {
  const followers = new TaskFollowers();
  const away = upstream("away");
  expect(await followers.add(follower(away, ann, "1"))).toBe(false);
  expect(idsOf(followers, away, "1")).toEqual([]);
});

test("of a backend that tells no more, all is forgotten, and who followed anything is known", async () => {
  const [first, second] = [backend(), backend()];
  const followers = new TaskFollowers();
  for (const id of ["1", "2"]) await followers.add(follower(first.of, ann, id));
  await followers.add(follower(second.of, bob, "1"));
  expect([...followers.drop(first.of)]).toEqual([ann]);
  expect(idsOf(followers, first.of, "1")).toEqual([]);
  expect(idsOf(followers, second.of, "1")).toEqual(["bob-1"]);
  expect([...followers.drop(first.of)]).toEqual([]);
});

test("the end of a session costs nothing for what others follow", async () => {
  const cost = async (followed: number) => {
    const { of } = backend();
    const followers = new TaskFollowers();
    await Promise.all(Array.from({ length: followed }, (_, id) => followers.add(follower(of, ann, String(id)))));
    const before = process.cpuUsage();
    for (let time = 0; time < 2_000; time++) followers.forget(bob);
    const { user } = process.cpuUsage(before);
    return user;
  };
  await cost(100);
  const [few, many] = [await cost(100), await cost(10_000)];
  expect(many).toBeLessThan(20 * few + 20_000);
});
