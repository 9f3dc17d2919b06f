// A backend is told once of all tasks that are followed, and those hear of a task who follow it.
import { expect, test } from "bun:test";
import { TaskFollowers } from "../../../src/gateway/task-followers.ts";
import type { Call } from "../../../src/model.ts";
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
const follower = (of: typeof ann, id: string) => ({ session: of, id: `${of.id}-${id}`, tool: "slow" });
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
  const agreed = await Promise.all(
    added.map(([who, original]) => followers.add({ upstream: of, original }, follower(who, original))),
  );
  expect(agreed).toEqual([true, true, true, false]);
  expect(told).toEqual([["1", "2", "unknown"]]);
  expect(idsOf(followers, of, "1")).toEqual(["ann-1", "bob-1"]);
  expect(idsOf(followers, of, "unknown")).toEqual([]);
});

test("a backend hears when nobody follows a task any more, and not before", async () => {
  const { of, told } = backend();
  const followers = new TaskFollowers();
  for (const who of [ann, bob]) await followers.add({ upstream: of, original: "1" }, follower(who, "1"));
  await followers.add({ upstream: of, original: "2" }, follower(bob, "2"));
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
  expect(await followers.add({ upstream: away, original: "1" }, follower(ann, "1"))).toBe(false);
  expect(idsOf(followers, away, "1")).toEqual([]);
});

test("of a backend that tells no more, all is forgotten, and who followed anything is known", async () => {
  const [first, second] = [backend(), backend()];
  const followers = new TaskFollowers();
  for (const id of ["1", "2"]) await followers.add({ upstream: first.of, original: id }, follower(ann, id));
  await followers.add({ upstream: second.of, original: "1" }, follower(bob, "1"));
  expect([...followers.drop(first.of)]).toEqual([ann]);
  expect(idsOf(followers, first.of, "1")).toEqual([]);
  expect(idsOf(followers, second.of, "1")).toEqual(["bob-1"]);
  expect([...followers.drop(first.of)]).toEqual([]);
});
