// A gateway that wants to know its clients: the token is asked for, shown to nobody, and kept for as long as the program runs.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { showCapabilities } from "./capability-screen.ts";
import { SIZES } from "./living.ts";

setDefaultTimeout(60_000);

const token = "a-shared-s3cret";

test("a wrong one is asked for again, the right one is remembered", async () => {
  const settings = { incoming_auth: { type: "local", token } };
  await using ui = await showCapabilities({ echo: tiny("say") }, SIZES[0], settings);
  const { robot } = ui;
  await robot.press("RETURN");
  await robot.sees("enter run");
  await robot.ctrl("e");
  await robot.sees("ctrl+s run");
  await robot.ctrl("s");
  await robot.sees("wants a token of its clients");
  await robot.type("wrong");
  const frame = await robot.sees("•••••");
  expect(frame).not.toContain("wrong");
  await robot.press("RETURN");
  await robot.sees("does not accept this token");
  await robot.type(token);
  await robot.press("RETURN");
  await robot.sees(/✔ .* m?s/);
  await robot.press("r");
  await robot.sees(/✔ .* m?s/);
  expect(await robot.frame()).not.toContain("token");
});

test("who gives none sees why it was refused", async () => {
  const settings = { incoming_auth: { type: "local", token } };
  await using ui = await showCapabilities({ echo: tiny("say") }, SIZES[0], settings);
  const { robot } = ui;
  await robot.press("RETURN");
  await robot.sees("esc close");
  await robot.ctrl("e");
  await robot.sees("ctrl+s run");
  await robot.ctrl("s");
  await robot.sees("wants a token of its clients");
  await robot.press("ESCAPE");
  expect(await robot.sees("✖ failed")).toMatch(/127\.0\.0\.1:\d+ wants a token of its clients/);
});
