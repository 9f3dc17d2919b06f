// Resources are read, templates filled in and read, prompts got.
import { expect, setDefaultTimeout, test } from "bun:test";
import { reference } from "../fixtures/backends.ts";
import { showCapabilities } from "./capability-screen.ts";
import { SIZES } from "./living.ts";

setDefaultTimeout(60_000);

const backends = { everything: reference("everything") };

test.each(SIZES)("a resource, a template and a prompt, at %i by %i", async (width, height) => {
  await using ui = await showCapabilities(backends, [width, height]);
  const { robot } = ui;
  await robot.press("]");
  await robot.sees("─ Resources");
  await ui.find("architecture", "architecture.md");
  await robot.press("RETURN");
  expect(await robot.sees("# Everything Server")).toMatch(/architecture\.md {2}text\/markdown/);
  await robot.press("ESCAPE");
  await robot.seesNo("# Everything Server");
  await robot.press("ESCAPE", "]");
  await robot.sees("─ Templates");
  await ui.find("blob", "Dynamic Blob Resource");
  await robot.press("RETURN");
  await robot.sees("▸ resourceId*");
  await robot.type("3");
  await robot.press("RETURN");
  await robot.sees(/demo:\/\/resource\/dynamic\/blob\/3/);
  await robot.sees(/◆ binary {2}text\/plain {2}\d+ bytes/);
  await robot.press("q");
  await robot.press("ESCAPE", "]");
  await robot.sees("─ Prompts");
  await ui.find("two arguments", "args-prompt");
  expect(await robot.frame()).toMatch(/city\* +string/);
  await robot.press("RETURN");
  await robot.sees("▸ city*");
  await robot.type("Paris");
  await robot.press("RETURN");
  expect(await robot.sees(/weather in Paris/)).toMatch(/user/);
});
