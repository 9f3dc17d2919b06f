// A story: two servers are alive, one looks at both in turn, and one of them goes and comes back.
import { expect, setDefaultTimeout, test } from "bun:test";
import { ServerStore } from "../../src/tui/store.ts";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { SIZES, tab } from "./living.ts";
import { startRobot } from "./robot.ts";

setDefaultTimeout(30_000);

const config = (backend: string) => ({ version: "1", backends: { [backend]: tiny(backend) } });

test.each(SIZES)("another live server is shown, on the tab that was shown (%d×%d)", async (width, height) => {
  await using home = await startGateway(config("files"));
  await using work = await startGateway(config("tickets"));
  const stores = [new ServerStore({ name: "home", url: home.url }), new ServerStore({ name: "work", url: work.url })];
  await using robot = await startRobot(stores, { width, height });
  await using _client = await connect(work.url);
  await robot.sees("● live");
  await robot.press(tab("Sessions"));
  await robot.sees("No client is connected");
  await robot.press("s");
  await robot.sees(/● work .*healthy/);
  await robot.type("work");
  await robot.press("RETURN");
  await robot.sees(/Argus {2}● work/);
  await robot.sees("Sessions 1");
  await robot.press(tab("Events"));
  await robot.sees("tickets");
  await robot.press("s");
  await robot.sees(/● home .*healthy/);
  await robot.type("home");
  await robot.press("RETURN");
  await robot.sees("files");
  expect(await robot.frame()).not.toContain("tickets");
});

test.each(SIZES)("a server goes and comes back (%d×%d)", async (width, height) => {
  const gateway = await startGateway(config("files"));
  await using robot = await startRobot([new ServerStore({ name: "home", url: gateway.url })], { width, height });
  await robot.sees("● live");
  await robot.press(tab("Sessions"));
  const client = await connect(gateway.url);
  await robot.sees("Sessions 1");
  gateway.kill("SIGKILL");
  await gateway.exited;
  await client.close();
  await robot.sees(/▲ lost/);
  // What was known stays to be read.
  await robot.sees("field-test 1.0.0");
  await using again = await startGateway(config("files"), { args: ["--port", new URL(gateway.url).port] });
  await robot.sees("● live");
  await robot.sees("No client is connected");
  await using _other = await connect(again.url);
  await robot.sees("Sessions 1");
  await gateway.stop();
});
