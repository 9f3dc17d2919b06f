// A story: the token is wrong, and then it is no longer the right one.
import { expect, setDefaultTimeout, test } from "bun:test";
import { SCREENS } from "../../src/tui/screens.ts";
import { ServerStore } from "../../src/tui/store.ts";
import { tiny } from "../fixtures/backends.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { living, tab } from "./living.ts";
import { startRobot } from "./robot.ts";

setDefaultTimeout(30_000);

const config = (token: string) => ({
  version: "1",
  server: { management: { token } },
  feature_flags: { hot_reload: false },
  backends: { one: tiny("a") },
});

test("a wrong token is refused, and not tried again and again", async () => {
  await using gateway = await startGateway(config("right"));
  const store = new ServerStore({ name: "test", url: gateway.url, token: "wrong" });
  await using robot = await startRobot([store]);
  const frame = await robot.sees("the token is wrong");
  expect(frame).toContain("✖ refused");
  expect(frame).toContain("--token, set ARGUS_MGMT_TOKEN");
  for (const { title } of SCREENS) await robot.press(tab(title));
  await robot.sees("the token is wrong");
  const refused = async () => {
    const headers = { authorization: "Bearer right" };
    const { events } = (await (await gateway.manage("/events", { headers })).json()) as { events: { stage: string }[] };
    return events.filter(({ stage }) => stage === "auth_failed").length;
  };
  expect(await refused()).toBe(1);
});

test("a token that is changed while somebody looks: what is known stays, and is not asked for", async () => {
  await using ui = await living(config("right"), { token: "right" });
  const { robot, gateway } = ui;
  await robot.press(tab("Sessions"));
  await robot.sees("No client is connected");
  gateway.edit(config("other"));
  const headers = { authorization: "Bearer right", "content-type": "application/json" };
  expect((await gateway.manage("/reload", { method: "POST", body: "{}", headers })).status).toBe(200);
  await robot.sees("✖ refused");
  await robot.sees("No client is connected");
  await robot.press(tab("Config"));
  await robot.sees("Configuration");
  await robot.press("r");
  await robot.sees("there is no link to the server");
});
