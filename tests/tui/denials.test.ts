// A story: policies deny something, somebody without a token knocks, and both are seen.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { living, SIZES, tab } from "./living.ts";

setDefaultTimeout(30_000);

const token = "the-token-of-the-test";
const config = {
  version: "1",
  server: { management: { token } },
  backends: { one: tiny("open"), two: tiny("closed") },
  authorization: {
    ...{ enabled: true, default_effect: "allow" },
    policies: [
      { effect: "deny", resources: ["tool:closed"], description: "nobody needs it" },
      { effect: "allow", roles: ["admin", "operator"], resources: ["tool:*", "server:two"] },
    ],
  },
};

test.each(SIZES)("policies, and whom they have refused what (%d×%d)", async (width, height) => {
  const size = [width, height] as const;
  await using ui = await living(config, { size, token });
  const { robot, gateway } = ui;
  await robot.press(tab("Security"));
  const frame = await robot.sees(/1 {2}✖ deny +everybody +tool:closed +nobody needs it/);
  expect(frame).toMatch(/2 {2}✔ allow +admin, operator +tool:\*, server:two/);
  expect(frame).toMatch(/– {2}✔ allow +everybody +everything +where no pol/);
  expect(frame).toContain("2 policies, else allow");
  expect(frame).toContain("anonymous, whoever reaches it is served");
  await robot.press("RETURN");
  await robot.sees(/meant for +nobody needs it/);
  await robot.press("ESCAPE", "ARROW_RIGHT");
  await robot.sees("Nobody was refused anything.");
  await using client = await connect(gateway.url);
  await client.text("closed").catch(() => undefined);
  await robot.sees(/field-test 1\.0\.0 +tools\/call +closed +two +policy 1/);
  // Nobody waits for the next question: an event tells of it.
  expect((await gateway.manage("/status")).status).toBe(401);
  await robot.sees(/127\.0\.0\.1 +authentication +management API/);
  await robot.sees("Refused 2");
  await robot.press("END", "RETURN");
  await robot.sees(/decided by +authorization\.policies\.0 \(nobody needs it\)/);
  await robot.press("ESCAPE");
  expect(await robot.restless()).toBe(false);
});

test("how clients show who they are is told", async () => {
  const auth = { type: "jwt", issuer: "https://issuer.example", audience: "argus", secret: "s".repeat(40) };
  await using ui = await living({ ...config, server: {}, incoming_auth: auth });
  const { robot } = ui;
  await robot.press(tab("Security"));
  await robot.sees(/clients +jwt {2}https:\/\/issuer\.example {2}argus/);
  await robot.resize(200, 50);
  await robot.sees(/issuer +https:\/\/issuer\.example/);
  await robot.sees(/audience +argus/);
});
