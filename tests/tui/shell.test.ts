// The program around the screens: keys, help, commands, servers, themes, sizes.
import { expect, test } from "bun:test";
import { TextAttributes } from "@opentui/core";
import { SCREENS } from "../../src/tui/screens.ts";
import { colourless } from "../../src/tui/theme.ts";
import { backend, event } from "../unit/tui/known.ts";
import { startRobot } from "./robot.ts";
import { ScriptedStore, snapshotOf } from "./scripted-store.ts";

const store = () => new ScriptedStore("home", { snapshot: snapshotOf([backend("files"), backend("notes")]) });

test("the footer tells the keys that work, and ? all of them", async () => {
  await using robot = await startRobot([store()]);
  await robot.sees(/↑↓ move .* \? keys .* : commands .* q quit/);
  await robot.press("?");
  const help = await robot.sees("Keys");
  expect(help).toMatch(/Show the backend.*To the beginning/s);
  expect(help).toContain("To the beginning");
  expect(help).toMatch(/pgdn ctrl\+d\s+A page down/);
  await robot.press("END");
  await robot.sees(/q ctrl\+c\s+Quit/);
  await robot.press("ESCAPE");
  await robot.seesNo("A page down");
});

test("q quits, also by a click, and ctrl+c does from everywhere", async () => {
  await using robot = await startRobot([store()]);
  await robot.press(":");
  await robot.sees("Commands");
  await robot.press("q");
  expect(robot.quit).toBe(false);
  await robot.ctrl("c");
  expect(robot.quit).toBe(true);
  await using other = await startRobot([store()]);
  await other.click("q quit");
  expect(other.quit).toBe(true);
});

test("a command is found by some of its letters, and runs", async () => {
  const server = store();
  await using robot = await startRobot([server]);
  await robot.ctrl("p");
  await robot.sees("what do you want to do?");
  await robot.type("reconf");
  await robot.sees("Reload the configuration of the server");
  await robot.press("RETURN");
  await robot.sees("✔ reloaded: 0 backends added, 0 removed, 0 changed");
  expect(server.asked).toEqual(["reload"]);
});

test("a command is read whole in the narrowest window, with its key, or why it cannot be used now", async () => {
  await using robot = await startRobot([store()], { width: 60, height: 15 });
  await robot.press(":");
  await robot.type("the server");
  await robot.sees(/Reload the configuration of the server +ctrl\+r/);
  await robot.sees(/Connect to the server again – the link is li.+ctrl\+o/);
});

test("what is typed in one go is searched for before Enter chooses, without a frame between", async () => {
  const server = store();
  await using robot = await startRobot([server]);
  await robot.ctrl("p");
  await robot.sees("what do you want to do?");
  await robot.type("reconf");
  await robot.press("RETURN");
  expect(server.asked).toEqual(["reload"]);
  await robot.press("2");
  await robot.sees("─ files ─");
  await robot.press("/");
  await robot.type("notes");
  await robot.press("RETURN", "r");
  expect(server.asked).toEqual(["reload", "reconnect notes"]);
});

test("what fails says so in the footer, with its reason", async () => {
  const server = store();
  server.reload = () => Promise.reject(new Error("config.yaml:3:1: unknown key \u001b[31m"));
  await using robot = await startRobot([server]);
  await robot.ctrl("r");
  await robot.sees("✖ config.yaml:3:1: unknown key ␛[31m");
  await robot.press("ARROW_DOWN");
  await robot.sees("↑↓ move");
});

test("a failure that is too long for the footer is shown whole", async () => {
  const server = store();
  const errors = ["config.yaml:3:1: unknown key", `config.yaml:9:1: ${"long ".repeat(30)}end`];
  server.reload = () =>
    Promise.resolve({
      ...{ reloaded: false, errors },
      ...{ backends_added: [], backends_removed: [], backends_changed: [], restart_required: [] },
    });
  await using robot = await startRobot([server]);
  await robot.ctrl("r");
  const frame = await robot.sees("✖ It failed");
  expect(frame).toContain("config.yaml:3:1: unknown key ");
  expect(frame).toContain("long end ");
  await robot.press("ESCAPE");
  await robot.seesNo("It failed");
});

test("a question is answered by y and n, Esc, or a click beside it", async () => {
  await using robot = await startRobot([store()]);
  const ask = () => robot.app.ask({ title: "End it?", text: "All calls in flight are lost.", yes: "End it" });
  const keys = { y: true, RETURN: true, n: false, ESCAPE: false } as const;
  for (const [key, expected] of Object.entries(keys)) {
    const answer = ask();
    await robot.sees("All calls in flight are lost.");
    await robot.press(key as keyof typeof keys);
    expect(await answer).toBe(expected);
  }
  const answer = ask();
  await robot.sees("y End it");
  await robot.click("Argus");
  expect(await answer).toBe(false);
  await robot.seesNo("End it");
});

test("above the footer there is room for whatever lies over the screen, and its keys can be clicked there", async () => {
  await using robot = await startRobot([store()]);
  const details = () => Array.from({ length: 99 }, (_, line): [[string]] => [[`detail ${line}`]]);
  const answer = robot.app.ask({ title: "Go on?", text: "Really.", details, yes: "Go on" });
  await robot.sees("detail 9");
  await robot.click(" n no");
  expect(await answer).toBe(false);
  const other = robot.app.ask({ title: "Go on?", text: "Really.", details, yes: "Go on" });
  await robot.sees("detail 9");
  await robot.click(" y Go on  n");
  expect(await other).toBe(true);
});

test("tabs are changed by number, by tab and by a click", async () => {
  await using robot = await startRobot([store()]);
  await robot.press("2");
  await robot.sees("─ files ─");
  // The first comes after the last.
  await robot.press(String(SCREENS.length) as "3", "TAB");
  await robot.sees("Traffic");
  await robot.click("2 Back");
  await robot.sees("─ files ─");
});

test("another server is chosen by its name", async () => {
  const other = new ScriptedStore("work", { snapshot: snapshotOf([backend("tickets")]) });
  await using robot = await startRobot([store(), other]);
  await robot.sees("files");
  await robot.press("s");
  await robot.sees("which server?");
  await robot.type("wo");
  await robot.seesNo("◌ home");
  await robot.press("RETURN");
  await robot.sees("tickets");
  await robot.sees(/Argus {2}● work/);
});

test("a server is added to the list by its URL and a name", async () => {
  await using robot = await startRobot([store()]);
  await robot.ctrl("n");
  await robot.sees("Add a server");
  await robot.type("http://work.example:9000");
  await robot.press("RETURN");
  await robot.sees("work.example:9000  ");
  await robot.type(" two");
  await robot.press("RETURN");
  await robot.sees("its management token");
  await robot.press("RETURN");
  await robot.sees("✔ work.example:9000 two is in the list");
  await robot.press("s");
  await robot.sees(/◌ work\.example:9000 two/);
});

test("what cannot be added is said where it is typed, and can be mended there", async () => {
  await using robot = await startRobot([store()]);
  await robot.ctrl("n");
  await robot.sees("Add a server");
  await robot.press("RETURN");
  await robot.sees('▲ "" is no URL that begins with http:// or https://');
  await robot.type("work.example");
  await robot.press("RETURN");
  await robot.sees('▲ "work.example" is no URL that begins with http:// or https://');
  await robot.press("HOME");
  await robot.type(" http://");
  await robot.press("RETURN");
  await robot.sees("› work.example ");
  await robot.ctrl("u");
  await robot.type("home");
  await robot.press("RETURN");
  await robot.sees('▲ there is a server "home" already');
  await robot.type(" 2");
  await robot.press("RETURN");
  await robot.sees("its management token");
  await robot.press("RETURN");
  await robot.sees("✔ home 2 is in the list");
});

test("a server that does not answer: why, and what to do", async () => {
  const link = { phase: "lost" as const, message: "connection refused", nextTry: Date.now() + 60_000 };
  const server = new ScriptedStore("home", { snapshot: null, link });
  await using robot = await startRobot([server]);
  const frame = await robot.sees("No answer from http://home.example:9000");
  expect(frame).toContain("connection refused");
  expect(frame).toContain("Is it running, and is that its address?");
  expect(frame).toMatch(/▲ lost, again in \d+ s/);
  server.set({ snapshot: snapshotOf([backend("files")]), link: { phase: "live", message: null, nextTry: null } });
  await robot.sees("files");
  // What was known stays to be read, with the reason above.
  server.set({ link });
  await robot.sees(/▲ lost: connection refused, again in \d+ s/);
  await robot.sees("files");
  server.set({ link: { phase: "refused", message: "the token is wrong", nextTry: null }, snapshot: null });
  await robot.sees("✖ Not connected to http://home.example:9000");
  await robot.sees("  the token is wrong");
});

test("a server that is lost is not said to be up", async () => {
  const server = store();
  await using robot = await startRobot([server], { width: 200, height: 50 });
  await robot.press(String(SCREENS.findIndex(({ title }) => title === "Config") + 1) as "7");
  await robot.sees(/server +1\.2\.3 {2}up .*\n/);
  expect((await robot.frame()).match(/\bup \d/g)).toHaveLength(2);
  server.set({ link: { phase: "lost", message: "nothing listens", nextTry: null } });
  await robot.sees("▲ lost: nothing listens");
  expect(await robot.frame()).not.toMatch(/\bup \d/);
});

test("what takes its time is said to have begun", async () => {
  const server = store();
  server.reload = () => new Promise(() => {});
  await using robot = await startRobot([server]);
  await robot.ctrl("r");
  await robot.sees("◐ reloading the configuration …");
});

test("why a server is lost takes no room from its name", async () => {
  const name = "a.server.of.the.office";
  const link = { phase: "lost" as const, message: "word ".repeat(30), nextTry: Date.now() + 60_000 };
  await using robot = await startRobot([new ScriptedStore(name, { link })]);
  await robot.sees(/ Argus {2}● a\.server\.of\.the\.office {1,2}▲ lost: word .*…, again in \d+ s/);
});

test("what a backend says cannot command the terminal", async () => {
  const evil = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eevil";
  const backends = [backend("files", { error: evil, phase: "failed", state: "disconnected" })];
  const server = new ScriptedStore(evil, { snapshot: snapshotOf(backends), events: [event(1, { message: evil })] });
  await using robot = await startRobot([server], { width: 120 });
  const frame = await robot.sees("␛[2J␛]0;owned␇�31m�evil");
  expect(frame.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
});

test("every size: nothing is lost that matters, and a window that is too small says so", async () => {
  await using robot = await startRobot([store()], { width: 200, height: 50 });
  await robot.sees(/Sessions 0/);
  for (const [width, height] of [
    [80, 24],
    [60, 15],
    [120, 40],
  ] as const) {
    await robot.resize(width, height);
    const frame = await robot.sees(/● {2}files .* 1/);
    expect(frame.split("\n").filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
    expect(frame).toMatch(/Argus {2}● home/);
    expect(frame).toContain("? keys");
  }
  await robot.resize(59, 15);
  await robot.sees("too small");
  await robot.resize(60, 14);
  await robot.sees("This window of 60 by 14 is too small");
  await robot.resize(80, 24);
  await robot.sees("files");
});

test("t goes through the themes, and with NO_COLOR there is none", async () => {
  await using robot = await startRobot([store()]);
  await robot.sees("files");
  const before = (await robot.spans()).lines[0]?.spans[0]?.bg.toInts();
  await robot.press("t");
  await robot.sees("theme: light");
  expect((await robot.spans()).lines[0]?.spans[0]?.bg.toInts()).not.toEqual(before);

  await using plain = await startRobot([store()], {
    themes: [colourless()],
    themeReason: "NO_COLOR is set: no colours",
  });
  await plain.press("t");
  await plain.sees("NO_COLOR is set");
  const spans = (await plain.spans()).lines.flatMap((line) => line.spans);
  expect(new Set(spans.flatMap(({ fg, bg }) => [fg.intent, bg.intent]))).toEqual(new Set(["default"]));
  const known = TextAttributes.BOLD | TextAttributes.INVERSE | TextAttributes.UNDERLINE;
  expect(spans.filter(({ attributes }) => attributes & ~known)).toEqual([]);
});

test("a screen that was drawn asks for no further frame", async () => {
  await using robot = await startRobot([store()]);
  await robot.sees("files");
  for (const [index] of SCREENS.entries()) {
    await robot.press(String(index + 1));
    expect(await robot.restless()).toBe(false);
  }
});
