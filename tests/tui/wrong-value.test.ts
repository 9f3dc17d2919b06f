// What is wrong in a form is said beside the field; JSON can be written instead, and what is wrong there is said as well.
import { expect, setDefaultTimeout, test } from "bun:test";
import { reference } from "../fixtures/backends.ts";
import { showCapabilities } from "./capability-screen.ts";
import { SIZES } from "./living.ts";

setDefaultTimeout(60_000);

const backends = { everything: reference("everything") };

test.each(SIZES)("beside the field, at %i by %i", async (width, height) => {
  await using ui = await showCapabilities(backends, [width, height]);
  const { robot } = ui;
  await ui.find("get-sum", "get-sum");
  await robot.press("c");
  await robot.sees("enter run");
  await robot.type("many");
  await robot.press("RETURN");
  const frame = await robot.sees("✖ is required");
  expect(frame).toMatch(/a\* many .*\n.*✖ is no number/);
  await robot.press("BACKSPACE");
  await robot.seesNo("is no number");
  await robot.press("BACKSPACE", "BACKSPACE", "BACKSPACE");
  await robot.type("1");
  await robot.press("TAB");
  await robot.sees("▸ b*");
  await robot.type("2");
  await robot.press("RETURN");
  await robot.sees("The sum of 1 and 2 is 3.");
});

test("by the limits of the schema", async () => {
  await using ui = await showCapabilities(backends, SIZES[0]);
  const { robot } = ui;
  await ui.find("resource-links", "get-resource-links");
  await robot.press("c");
  await robot.sees(/▸ count 3/);
  await robot.type("0");
  await robot.press("RETURN");
  await robot.sees("✖ 30 is greater than 10");
});

test("in JSON, which begins with what was typed and goes back into the form", async () => {
  await using ui = await showCapabilities(backends, SIZES[0]);
  const { robot } = ui;
  await ui.find("get-sum", "get-sum");
  await robot.press("c");
  await robot.sees("enter run");
  await robot.type("7x");
  await robot.ctrl("e");
  await robot.sees(/"a": "7x"/);
  await robot.ctrl("e");
  await robot.sees(/▸ a\* 7x/);
  await robot.press("BACKSPACE");
  await robot.ctrl("e");
  await robot.sees(/"a": 7 /);
  await robot.ctrl("s");
  await robot.sees('✖ Instance does not have required property "b"');
  await robot.type("x");
  await robot.ctrl("e");
  await robot.sees("✖ This is no JSON: invalid symbol at line 1, column 2");
  await robot.press("BACKSPACE");
  await robot.ctrl("e");
  await robot.sees(/▸ a\* 7/);
});

test("what cannot be typed in a line is written in JSON, and stays as it is in the form", async () => {
  await using ui = await showCapabilities(backends, SIZES[0]);
  const { robot } = ui;
  await ui.find("echoes", "echo");
  await robot.press("c");
  await robot.sees("enter run");
  await robot.ctrl("e");
  await robot.sees("ctrl+s run");
  await robot.type('"message": "one\\ntwo"');
  await robot.sees("one");
  await robot.ctrl("e");
  await robot.sees("▸ message* one↵two");
  await robot.press("RETURN");
  expect(await robot.sees(/✔ .* m?s/)).toMatch(/Echo: one +│\n│ +two/);
});
