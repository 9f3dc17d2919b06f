// Ids of tasks lead back to their backend, for whom they were made.
import { expect, test } from "bun:test";
import { TaskIds } from "../../../src/gateway/task-ids.ts";
import type { Identity } from "../../../src/model.ts";

const way = { backend: "jobs", tool: "slow", taskId: "ä / \n 1" };
const owner = (subject: string | null, issuer: string | null = "https://issuer"): Identity => ({
  ...{ subject, issuer, roles: [] },
});
const ann = owner("ann");
const fixed = () => new TaskIds(async () => new Uint8Array(32).fill(1));

test("an id is good for a header, and for its owner, whatever roles she has now", async () => {
  const ids = fixed();
  const id = await ids.make(way, ann);
  expect(id).toMatch(/^[\w-]+\.[\w-]+$/);
  expect(await ids.read(id, { ...ann, roles: ["other"], expires: 1 })).toEqual(way);
});

test("it is the same every time, and differs for each backend, tool, task and owner", async () => {
  const ids = fixed();
  const others = [{ backend: "other" }, { tool: "other" }, { taskId: "2" }].map((change) => ({ ...way, ...change }));
  const made = await Promise.all([
    ...[way, way, ...others].map((each) => ids.make(each, ann)),
    ...[owner("bob"), owner("ann", "https://other"), owner(null, null)].map((each) => ids.make(way, each)),
  ]);
  expect(made[0]).toBe(made[1]);
  expect(new Set(made).size).toBe(made.length - 1);
});

test("it is nothing to others, and nor is what was made up", async () => {
  const ids = fixed();
  const id = await ids.make(way, ann);
  for (const other of [owner("bob"), owner("ann", "https://other"), owner(null, null)])
    expect(await ids.read(id, other)).toBeUndefined();
  const [, code] = id.split(".");
  const forged = Buffer.from(JSON.stringify(["other", "slow", "1"])).toString("base64url");
  for (const wrong of [`${forged}.${code}`, forged, "", ".", "[]"]) expect(await ids.read(wrong, ann)).toBeUndefined();
});

test("with the same key it is good elsewhere; without one, only where it was made", async () => {
  const id = await fixed().make(way, ann);
  expect(await fixed().read(id, ann)).toEqual(way);
  const unkeyed = () => new TaskIds(async () => undefined);
  const here = unkeyed();
  const own = await here.make(way, ann);
  expect(await here.read(own, ann)).toEqual(way);
  expect(await unkeyed().read(own, ann)).toBeUndefined();
});
