// A story: somebody follows what happens, holds it still, narrows it, and reads one event in full.
import { expect, setDefaultTimeout, test } from "bun:test";
import { TextAttributes } from "@opentui/core";
import { tiny } from "../fixtures/backends.ts";
import { backend, event } from "../unit/tui/known.ts";
import { living, SIZES, tab } from "./living.ts";
import { startRobot } from "./robot.ts";
import { ScriptedStore, snapshotOf } from "./scripted-store.ts";

setDefaultTimeout(30_000);

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => event(index + 1, { message: `message ${index + 1}` }));

async function scripted(events = many(40), size: readonly [number, number] = SIZES[0]) {
  const store = new ScriptedStore("home", { snapshot: snapshotOf([backend("files"), backend("notes")]), events });
  const [width, height] = size;
  const robot = await startRobot([store], { width, height });
  await robot.press(tab("Events"));
  await robot.sees(/─ Events/);
  return { store, robot, [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose]() };
}

test("in the narrowest window each event still says of which backend it is", async () => {
  await using ui = await scripted([event(1, { message: "connecting", backend: "files" })], [60, 15]);
  await ui.robot.sees(/• {2}files +connecting/);
});

test.each(SIZES)("the newest is followed, held still, and followed again (%d×%d)", async (width, height) => {
  const size = [width, height] as const;
  await using ui = await scripted(many(80), size);
  const { robot, store } = ui;
  await robot.sees(/Events 80 .*● following/);
  await robot.sees("message 80");
  store.set({ events: many(81) });
  await robot.sees("message 81");
  await robot.press(" ");
  await robot.sees("■ paused");
  store.set({ events: many(84) });
  await robot.sees("■ paused, 3 new");
  const held = await robot.sees("message 81");
  expect(held).not.toContain("message 84");
  await robot.press(" ");
  await robot.sees("message 84");
  // Going up holds it still too, and the end is followed.
  await robot.press("ARROW_UP", "ARROW_UP");
  await robot.sees("■ paused");
  store.set({ events: many(85) });
  await robot.sees("■ paused, 1 new");
  await robot.press("END");
  await robot.sees("● following");
  await robot.sees("message 85");
  await robot.scroll("message 84", "up");
  await robot.sees("■ paused");
  expect(await robot.restless()).toBe(false);
});

test("events are narrowed by severity, backend and words, and all are shown again", async () => {
  const events = [
    event(1, { message: "all is well", backend: "files" }),
    event(2, { message: "it is slow", backend: "files", severity: "warning" }),
    event(3, { message: "it is slow as well", backend: "notes", severity: "warning" }),
    event(4, { message: "it has broken", backend: "notes", severity: "error", details: { code: "E_SLOW" } }),
  ];
  await using ui = await scripted(events);
  const { robot, store } = ui;
  await robot.press("v", "v");
  await robot.sees(/Events 3\/4 .*▲ warning\+/);
  await robot.press("b");
  await robot.sees("which backend?");
  await robot.type("notes");
  await robot.press("RETURN");
  await robot.sees(/Events 2\/4 .*▲ warning\+ {2}notes/);
  await robot.press("/");
  await robot.type("WELL");
  await robot.sees(/Events 1\/4/);
  const { lines } = await robot.spans();
  const marks = lines.flatMap(({ spans }) => spans).filter(({ text }) => text === "well");
  expect(marks.length).toBeGreaterThan(1);
  for (const { attributes } of marks) expect(attributes & (TextAttributes.UNDERLINE ?? 0)).toBeTruthy();
  await robot.press("RETURN");
  store.set({ events: [...events, event(5, { message: "nothing", backend: "notes", severity: "warning" })] });
  await robot.sees("Events 1/5");
  await robot.press("ESCAPE");
  await robot.sees("Events 5");
  // Words that only the detail has are found too.
  await robot.press("/");
  await robot.type("e_slow");
  await robot.sees("Events 1/5");
  await robot.sees("it has broken");
});

test("the detail has all of an event, and leads to its backend", async () => {
  const details = {
    kind: "tool",
    nested: { deep: { answer: 42, yes: true }, list: ["one", { two: 2 }] },
    nothing: null,
    text: `bad\u001b[31m and ${"long ".repeat(40)}`,
  };
  await using ui = await scripted([
    event(1, { message: "about nobody" }),
    event(2, { message: `first line\nsecond \u001b]0;x\u0007`, backend: "notes", details }),
  ]);
  const { robot } = ui;
  await robot.resize(200, 50);
  const frame = await robot.sees("Details");
  expect(frame).toMatch(/│ first line +│\n.*│ second ␛\]0;x␇/);
  expect(frame).toMatch(/kind +tool/);
  expect(frame).toMatch(/answer +42/);
  expect(frame).toMatch(/yes +yes/);
  expect(frame).toMatch(/• one/);
  expect(frame).toMatch(/• two +2/);
  expect(frame).toMatch(/nothing +none/);
  expect(frame).toContain("bad␛[31m");
  await robot.press("o");
  await robot.sees(/─ notes ─/);
  await robot.press(tab("Events"), "ARROW_UP", "o");
  await robot.sees("▲ this is about no backend");
});

test("what a living gateway tells arrives while one looks", async () => {
  await using ui = await living({ version: "1", backends: { echo: tiny("say") } });
  const { robot, store } = ui;
  await robot.press(tab("Events"));
  await robot.sees(/backend connected +echo/);
  process.kill(store.state.snapshot?.backends[0]?.pid ?? 0, "SIGKILL");
  await robot.sees(/▲ {2}backend disconnected? +echo/);
  await robot.press("v", "v");
  await robot.sees(/▲ warning\+/);
});
