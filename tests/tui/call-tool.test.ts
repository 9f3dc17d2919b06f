// A tool is found by a search, called with what is typed into its form, and its result read.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reference } from "../fixtures/backends.ts";
import { until } from "../fixtures/until.ts";
import { showCapabilities } from "./capability-screen.ts";
import { SIZES } from "./living.ts";

setDefaultTimeout(60_000);

const backends = { everything: reference("everything") };

test.each(SIZES)("found, filled in, called, at %i by %i", async (width, height) => {
  await using ui = await showCapabilities(backends, [width, height]);
  const { robot } = ui;
  await ui.find("sum of two", "get-sum");
  await robot.press("RETURN");
  const form = await robot.sees("enter run");
  expect(form).toMatch(/▸ a\* number, required/);
  expect(form).toContain("First number");
  await robot.type("20");
  await robot.press("TAB");
  await robot.sees("▸ b*");
  await robot.type("22");
  await robot.press("RETURN");
  await robot.sees("The sum of 20 and 22 is 42.");
  await robot.press("v");
  await robot.sees(/"type": "text"/);
  await robot.press("e");
  await robot.sees(/▸ b\* 22/);
  await robot.press("ESCAPE");
  await robot.seesNo("enter run");
  const sessions = async () => (await ui.gateway.manage("/sessions")).json();
  expect(await sessions()).toMatchObject({ active_sessions: 1 });
  await robot.app.stop();
  expect(await sessions()).toMatchObject({ active_sessions: 0 });
});

test("a choice, structured content, and an image as a line", async () => {
  await using ui = await showCapabilities(backends, SIZES[0]);
  const { robot } = ui;
  await ui.find("structured", "get-structured-content");
  expect(await robot.frame()).toMatch(/Result {2}\* required/);
  await robot.press("c");
  await robot.sees("‹ choose ›");
  await robot.press("ARROW_RIGHT", "ARROW_RIGHT");
  await robot.sees("‹ Chicago ›");
  await robot.press("RETURN");
  expect(await robot.sees("structured content")).toMatch(/"humidity": \d+/);
  await robot.press("q");
  await robot.press("ESCAPE");
  await ui.find("tiny", "get-tiny-image");
  await robot.press("c");
  await robot.sees("It takes no arguments.");
  await robot.press("RETURN");
  await robot.sees(/◆ image {2}image\/png {2}[\d.]+ (bytes|kB)/);
});

test("progress is seen, and Esc cancels what runs", async () => {
  await using ui = await showCapabilities(backends, SIZES[0]);
  const { robot } = ui;
  await ui.find("long running", "trigger-long-running-operation");
  await robot.press("c");
  await robot.sees(/▸ duration 10/);
  await robot.press("BACKSPACE", "BACKSPACE");
  await robot.type("60");
  await robot.press("TAB");
  await robot.sees("▸ steps");
  await robot.type("00");
  await robot.press("RETURN");
  await robot.sees(/━+─* {2}\d+ of 500/);
  await robot.press("ESCAPE");
  await robot.sees("is cancelled");
  await robot.sees(/duration 60/);
  await until("the gateway knows", async () =>
    /outcome="cancelled"/.test(await (await ui.gateway.manage("/metrics")).text()),
  );
});

test("a tool that destroys is called after a question only", async () => {
  const directory = mkdtempSync(join(tmpdir(), "argus-tui-"));
  try {
    await using ui = await showCapabilities({ files: reference("filesystem", directory) }, SIZES[1]);
    const { robot } = ui;
    await ui.find("write_file", "write_file");
    expect(await robot.frame()).toMatch(/effects +destroys/);
    const path = join(directory, "new.txt");
    await robot.press("c");
    await robot.sees("▸ path*");
    await robot.type(path);
    await robot.press("TAB");
    await robot.sees("▸ content*");
    await robot.type("hello");
    await robot.press("RETURN");
    await robot.sees("may destroy");
    await robot.press("n");
    await robot.seesNo("may destroy");
    expect(existsSync(path)).toBe(false);
    await robot.press("RETURN");
    await robot.sees("may destroy");
    await robot.press("y");
    await robot.sees(/✔ .* m?s/);
    expect(await Bun.file(path).text()).toBe("hello");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
