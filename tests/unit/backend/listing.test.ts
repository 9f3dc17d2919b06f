// What a backend offers, kept up to date: one listing at a time, and none that is forgotten.
import { expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { kept, offering, prompts } from "./kept.ts";
import { gone, ScriptedServer } from "./scripted.ts";
import { settled } from "./simulated-clock.ts";

test("lists are asked for again when they have changed, and what came and went is told", async () => {
  let names = ["a", "b"];
  const server = new ScriptedServer({ prompts: {} }, { "prompts/list": () => prompts(...names) });
  const { keeper, facts, changes } = kept(() => server);
  await keeper.start();
  keeper.listing.refresh(["prompts"]);
  await keeper.listing.settled;
  expect([changes(), facts.length]).toEqual([2, 2]);
  names = ["b", "c"];
  keeper.listing.refresh(["prompts"]);
  await keeper.listing.settled;
  expect(facts.slice(2)).toEqual([
    {
      stage: "capability_change",
      severity: "info",
      message: "offers something else (prompts: 1 new, 1 gone, 0 changed)",
      details: { prompts: { added: ["c"], removed: ["a"], changed: [] } },
    },
  ]);
});

test("lists that change while they are listed are listed once more", async () => {
  const server = new ScriptedServer({ prompts: {} }, {}, ["prompts/list"]);
  const { keeper } = kept(() => server);
  void keeper.start();
  await settled();
  for (let change = 0; change < 10; change++) keeper.listing.refresh(["prompts"]);
  server.answer("prompts/list", prompts("old"));
  await settled();
  server.answer("prompts/list", prompts("new"));
  await keeper.listing.settled;
  expect([server.count("prompts/list"), keeper.offer?.prompts[0]?.body.name]).toEqual([2, "new"]);
});

test("a list that cannot be had keeps its last state, and is asked for every ten seconds however often it changes", async () => {
  let refuses = false;
  const answer = () => {
    if (refuses) throw new GatewayError("timeout", "did not answer");
    return prompts("a");
  };
  const server = new ScriptedServer({ prompts: {} }, { "prompts/list": answer });
  const { keeper, clock, facts } = kept(() => server);
  await keeper.start();
  refuses = true;
  for (let change = 0; change < 10; change++) {
    keeper.listing.refresh(["prompts"]);
    await keeper.listing.settled;
    await clock.pass(500);
  }
  expect(facts.at(-1)).toEqual({
    stage: "capability_conflict",
    severity: "warning",
    message: "cannot list prompts: did not answer",
  });
  const before = server.count("prompts/list");
  await clock.pass(60_000);
  expect(server.count("prompts/list") - before).toBeWithin(5, 8);
  expect([keeper.life.phase, keeper.offer?.prompts.length]).toEqual(["ready", 1]);
  refuses = false;
  await clock.pass(11_000);
  const after = server.count("prompts/list");
  await clock.pass(60_000);
  expect(server.count("prompts/list")).toBe(after);
});

test("lists of a connection that breaks off do not keep the next one from being listed", async () => {
  const [before, after] = [new ScriptedServer({ prompts: {} }, {}, ["prompts/list"]), offering("new")];
  const next = [before, after];
  const { keeper } = kept(() => next.shift() ?? gone);
  void keeper.start();
  await settled();
  keeper.link.renew();
  void keeper.start();
  await settled();
  before.answer("prompts/list", { ...prompts("old"), nextCursor: "2" });
  await settled();
  await keeper.listing.settled;
  expect([keeper.life.phase, keeper.offer?.prompts[0]?.body.name]).toEqual(["ready", "new"]);
});
