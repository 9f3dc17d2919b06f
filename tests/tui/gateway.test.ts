// The terminal UI in front of a living gateway: what it shows, and how it follows what happens.
import { expect, setDefaultTimeout, test } from "bun:test";
import { ServerStore } from "../../src/tui/store.ts";
import { chaos, tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";
import { startRobot } from "./robot.ts";

setDefaultTimeout(30_000);

const backends = {
  echo: tiny("say"),
  chaos: chaos(),
  gone: { type: "streamable-http", url: "http://127.0.0.1:9/mcp" },
  off: { ...tiny("nothing"), enabled: false },
};

async function start(width = 80, height = 24) {
  const gateway = await startGateway({ version: "1", backends });
  const store = new ServerStore({ name: "test", url: gateway.url });
  const robot = await startRobot([store], { width, height });
  return {
    ...{ gateway, store, robot },
    pid: (name: string) => store.state.snapshot?.backends.find((backend) => backend.name === name)?.pid ?? 0,
    async [Symbol.asyncDispose]() {
      await robot[Symbol.asyncDispose]();
      await gateway.stop();
    },
  };
}

test("the dashboard shows a living gateway", async () => {
  await using ui = await start();
  const { robot, gateway } = ui;
  await robot.sees(/● {2}echo +ready/);
  await robot.sees(/● {2}chaos +ready +stdio +[\d.]+ m?s/);
  await robot.sees(/[✖↻] {2}gone .*ECONNREFUSED|[✖↻] {2}gone .*cannot be reached/);
  const frame = await robot.sees(/▲ degraded 2\/3/);
  expect(frame).toContain(`${gateway.url}/mcp`);
  expect(frame).toMatch(/○ {2}off +disabled/);
  expect(frame).toContain("0 sessions");
  await using client = await connect(gateway.url);
  await robot.sees("1 session ");
  await robot.resize(200, 50);
  await robot.sees(/field-test 1\.0\.0 +\d+ tools/);
  await until("the graph shows calls", async () => {
    await client.text("say", { value: 1 });
    return /calls .*█/.test(await robot.frame());
  });
});

test("a backend dies and comes back", async () => {
  await using ui = await start(160, 40);
  const { robot } = ui;
  await robot.sees(/● {2}echo +ready .* 0 {5} {2}/);
  process.kill(ui.pid("echo"), "SIGKILL");
  await robot.sees(/echo .*(exited|ended|killed)/);
  await robot.sees(/● {2}echo +ready +stdio +legacy +default +[\d.]* *m?s? +1 /);
});

test("the backends screen tells all of one, and connects it anew", async () => {
  await using ui = await start(120, 40);
  const { robot } = ui;
  await robot.sees(/● {2}echo/);
  await robot.press("ARROW_DOWN", "RETURN");
  const frame = await robot.sees(/─ chaos ─/);
  expect(frame).toMatch(/connected .* ago, process \d+/);
  expect(frame).toMatch(/server +chaos 1\.0\.0/);
  expect(frame).toContain("Conditions");
  const before = ui.pid("chaos");
  await robot.press("r");
  await robot.sees("✔ chaos is connected anew");
  expect(ui.pid("chaos")).not.toBe(before);
  await robot.press("ARROW_DOWN", "r");
  await robot.sees(/✖ gone: .*ECONNREFUSED/);
  await robot.press("ARROW_DOWN", "r");
  await robot.sees("▲ off is disabled in the configuration");
  await robot.press("/");
  await robot.type("ech");
  await robot.sees(/─ echo ─/);
  await robot.press("BACKSPACE", "BACKSPACE", "BACKSPACE", "o");
  await robot.sees("Backends 4");
  await robot.press("ARROW_DOWN");
  await robot.sees(/─ chaos ─/);
  await robot.press("BACKSPACE", "e", "c", "RETURN");
  await robot.sees("Backends 1/4");
  await robot.press("ESCAPE");
  await robot.sees("Backends 4");
});

test("the gateway ends, and is followed when it is back", async () => {
  await using ui = await start();
  const { robot, gateway } = ui;
  await robot.sees(/● live/);
  const port = new URL(gateway.url).port;
  gateway.kill("SIGKILL");
  await robot.sees(/▲ lost/);
  // What was known stays to be read.
  await robot.sees("echo");
  await using again = await startGateway(
    { version: "1", backends: { other: tiny("say") } },
    { args: ["--port", port] },
  );
  await robot.sees(/● {2}other +ready/);
  await again.stop();
});
