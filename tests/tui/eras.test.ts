// A story: somebody sees which era backends and clients speak, and clients come and go that have no session.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { startModern } from "../fixtures/modern/start.ts";
import { modernClient } from "../fixtures/modern-client.ts";
import { readStream } from "../fixtures/modern-stream.ts";
import { living, SIZES, tab } from "./living.ts";

setDefaultTimeout(30_000);

test.each(SIZES)("eras are named (%d×%d)", async (width, height) => {
  await using modern = await startModern("streamable-http");
  const absent = { ...tiny("absent"), command: "no-such-program" };
  const backends = { old: tiny("old"), new: modern.backend, absent };
  await using ui = await living({ version: "1", backends }, { size: [width, height] });
  const { robot, gateway } = ui;
  if (width > 100) {
    await robot.sees(/● {2}old .* legacy /);
    await robot.sees(/● {2}new .* modern /);
  }
  await robot.press(tab("Backends"));
  await robot.sees(/speaks +MCP 2025-11-25, legacy era/);
  await robot.press("ARROW_DOWN");
  await robot.sees(/speaks +MCP 2026-07-28, modern era/);
  await robot.press("ARROW_DOWN");
  await robot.sees(/speaks +not known yet/);
  await robot.press("/");
  await robot.type("modern");
  await robot.press("RETURN");
  await robot.sees(/Backends 1\/3/);

  await robot.press(tab("Sessions"));
  await robot.sees("No client is connected");
  const client = modernClient(`${gateway.url}/mcp`, { clientInfo: { name: "caller", version: "1" } });
  await client.call("old");
  await robot.sees(/speaks +MCP 2026-07-28 over streamable-http, modern era/);
  const listener = modernClient(`${gateway.url}/mcp`, { clientInfo: { name: "listener", version: "1" } });
  const listening = { notifications: { toolsListChanged: true } };
  using stream = await readStream((signal) => listener.open("subscriptions/listen", listening, { signal }));
  await stream.messages.take();
  await using _legacy = await connect(gateway.url);
  const frame = await robot.sees(/Sessions 3/);
  for (const name of ["caller", "listener"]) expect(frame).toMatch(new RegExp(`${name} 1 .*http +modern`));
  expect(frame).toMatch(/field-test 1\.0\.0 .*http +legacy/);
  stream[Symbol.dispose]();
  await robot.seesNo("listener");
  await robot.press("/");
  await robot.type("legacy");
  await robot.press("RETURN");
  await robot.sees("Sessions 1/2");
  await robot.sees(/speaks +MCP 2025-11-25 over streamable-http, legacy era/);
});
