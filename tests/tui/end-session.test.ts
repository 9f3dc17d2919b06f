// A story: somebody sees who is connected, and ends a session.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { session } from "../unit/tui/known.ts";
import { living, SIZES, tab } from "./living.ts";
import { startRobot } from "./robot.ts";
import { ScriptedStore, snapshotOf } from "./scripted-store.ts";

setDefaultTimeout(30_000);

const config = { version: "1", backends: { echo: tiny("say"), other: { ...tiny("think"), group: "inner" } } };

test.each(SIZES)("who is connected, and the end of a session (%d×%d)", async (width, height) => {
  const size = [width, height] as const;
  await using ui = await living(config, { size });
  const { robot, gateway } = ui;
  await robot.press(tab("Sessions"));
  await robot.sees(`No client is connected: point one at ${gateway.url}/mcp`);
  await robot.press("x");
  await robot.sees("there is no session");
  await using _first = await connect(gateway.url);
  await using second = await connect(gateway.url, { transport: "sse", group: "inner" });
  await robot.sees(/Sessions 2 .*1 streamable-http {2}1 sse/);
  await robot.press("ARROW_DOWN");
  const frame = await robot.sees(/group +inner/);
  expect(frame).toMatch(/● {2}field-test 1\.0\.0 .*\b2\b/);
  expect(frame).toContain("sees       1 tool, 0 resources, 0 prompts");
  expect(frame).toMatch(/speaks +MCP 20\d\d-\d\d-\d\d over sse/);
  await robot.press("x");
  await robot.sees("End the session of field-test 1.0.0?");
  await robot.press("n");
  await robot.seesNo("End the session of");
  await robot.sees("Sessions 2");
  const closed = new Promise<void>((resolve) => {
    second.onclose = resolve;
  });
  await robot.press("x");
  await robot.sees("End the session of");
  await robot.press("y");
  await robot.sees("✔ the session of field-test 1.0.0 has ended");
  await robot.sees("Sessions 1");
  await second.close();
  await closed;
  expect(await robot.restless()).toBe(false);
});

test("what calls itself by many words leaves room for its era, and without a version there is no gap", async () => {
  const named = { ...session("s"), client: { name: "a client whose name says all of what it does", version: "" } };
  const server = new ScriptedStore("home", { snapshot: snapshotOf([], { sessions: [named] }) });
  await using robot = await startRobot([server]);
  await robot.press(tab("Sessions"));
  await robot.sees(/● {2}a client whose .*… .* legacy /);
  await robot.press("x");
  await robot.sees("y End it");
  await robot.press("y");
  await robot.sees("✔ the session of a client whose name says all of what it does has ended");
});

test("silence is told as it is, though no event tells of it", async () => {
  await using ui = await living(config, { size: SIZES[1] });
  const { robot, gateway } = ui;
  await robot.press(tab("Sessions"));
  const client = await connect(gateway.url);
  await robot.sees(/silent +no, it listens/);
  // The stream ends without a word, and the session stays.
  await client.close();
  await robot.sees(/silent +for [2-9]s/);
  await robot.sees(/ends +after 29m 5\ds more of silence/);
  await robot.press("/");
  await robot.type("nobody");
  await robot.sees("None matches: esc shows all again.");
  await robot.press("ESCAPE");
  await robot.sees("Sessions 1");
});
