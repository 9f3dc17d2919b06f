// A story: somebody edits the configuration, gets it wrong, mends it, and in the end shuts the server down.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { living, SIZES, tab } from "./living.ts";

setDefaultTimeout(30_000);

const quiet = { feature_flags: { hot_reload: false } };
const before = { version: "1", ...quiet, backends: { one: tiny("a"), two: tiny("b") } };
const after = { version: "1", ...quiet, backends: { one: tiny("c"), three: tiny("b") } };
const wrong = `version: "1"
backends:
  one:
    type: stdio
    comand: sh
  two: { type: http, url: "http://127.0.0.1:9/mcp" }
surprise: true
`;

test.each(SIZES)("a reload with errors, then without (%d×%d)", async (width, height) => {
  const size = [width, height] as const;
  await using ui = await living(before, { size });
  const { robot, gateway } = ui;
  await robot.press(tab("Config"));
  const frame = await robot.sees("Not reloaded since it was started.");
  expect(frame).toContain("config.yaml");
  expect(frame).toMatch(/features +✖ hot reload/);
  expect(frame).toMatch(/backends +2 backends/);
  await robot.press("r");
  await robot.sees(/✔ reloaded .*no backend is another one/);

  gateway.edit(wrong);
  await robot.press("r");
  await robot.sees("✖ not reloaded: 4 errors");
  // Each place has a line of its own, and what is wrong there another one.
  await robot.sees(/config\.yaml:5:5 +.*\n.* backends\.one\.comand: unknown key "comand" — did you mean "command"\?/);
  await robot.press("END");
  await robot.sees(/config\.yaml:7:1 .*\n.*surprise: unknown key/);

  gateway.edit(after);
  await robot.press("r");
  await robot.sees("✔ reloaded: 1 backend added, 1 removed, 1 changed");
  const done = await robot.sees(/\+ three {2}added/);
  expect(done).toMatch(/− two {2}removed/);
  expect(done).toMatch(/~ one {2}changed/);
  expect(await robot.restless()).toBe(false);
});

test("a file that is watched tells of itself, and what needs a restart is said", async () => {
  await using ui = await living({ version: "1", backends: {} }, { size: SIZES[1] });
  const { robot, gateway } = ui;
  await robot.press(tab("Config"));
  await robot.sees("Not reloaded");
  gateway.edit({ version: "1", server: { host: "::1" }, backends: { one: tiny("a") } });
  await robot.sees(/\+ one {2}added/);
  await robot.sees(/↻ server\.host {2}counts after a restart/);
  await robot.sees(/restart +for server\.host/);
  gateway.edit("version: 2");
  await robot.sees("✖ the file is wrong");
  await robot.sees(/config\.yaml:1:1/);
  // It is what is in force that counts.
  await robot.sees(/restart +for server\.host/);
});

test.each(SIZES)("a shutdown, and the server is followed when it is back (%d×%d)", async (width, height) => {
  const size = [width, height] as const;
  await using ui = await living(before, { size });
  const { robot, gateway } = ui;
  await robot.press(tab("Config"), "X");
  await robot.sees("Shut test down?");
  await robot.press("BACKSPACE", "BACKSPACE", "RETURN");
  await robot.sees("1 to 300 seconds");
  await robot.press("ESCAPE");
  await robot.seesNo("Shut test down?");
  await robot.press("X");
  await robot.sees("Shut test down?");
  await robot.press("BACKSPACE", "BACKSPACE");
  await robot.type("5");
  await robot.press("RETURN");
  await robot.sees("✔ test is ending: calls in flight have 5 seconds");
  expect(await gateway.exited).toBe(0);
  await robot.sees("■ It was shut down from here.");
  await robot.sees(/▲ lost: .* was shut down/);
  await robot.press("r");
  await robot.sees("▲ there is no link to the server");
  await using again = await startGateway(before, { args: ["--port", new URL(gateway.url).port] });
  await robot.sees("● live");
  await robot.seesNo("It was shut down from here.");
  await robot.press("r");
  await robot.sees("✔ reloaded");
  expect(await again.stop()).toBe(0);
});
