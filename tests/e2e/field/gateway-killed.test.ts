// `kill -9` of the gateway itself: its stdio backends do not stay behind.
import { expect, test } from "bun:test";
import { chaos, script, tiny } from "../../fixtures/backends.ts";
import { launch } from "../../fixtures/command.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { alive, allGone, marked, markVariable } from "../../fixtures/processes.ts";
import { until } from "../../fixtures/until.ts";

test("backends end by themselves, also in the middle of a call", async () => {
  const env = { [markVariable]: crypto.randomUUID() };
  const backends = {
    chaos: { ...chaos(), env },
    tiny: tiny("tiny", env),
    shell: script('sh "$tiny" shell; true', env),
  };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  const hanging = client.text("hang").catch(() => "cut");
  await client.text("tiny");
  expect(marked(env[markVariable]).length).toBeGreaterThanOrEqual(4);
  gateway.kill("SIGKILL");
  await gateway.exited;
  await allGone(env[markVariable]);
  await client.close();
  expect(await hanging).toBe("cut");
}, 40_000);

test("those that do not notice are gone with the next start at the latest", async () => {
  const env = { [markVariable]: crypto.randomUUID() };
  const backends = {
    stubborn: script('trap "" TERM; sh "$tiny" stubborn; while :; do sleep 1; done', env),
    forked: script('(sleep 1000 &); exec sh "$tiny" forked', env),
    detached: script('(setsid sleep 1000 &); exec sh "$tiny" detached', env),
  };
  await using gateway = await startGateway({ version: "1", backends });
  const orphans = marked(env[markVariable]);
  gateway.kill("SIGKILL");
  await gateway.exited;
  await using next = await launch(["server", "--port", "0"], { directory: gateway.directory });
  await until("the first gateway's processes end", () => !orphans.some(alive));
  expect(await next.stop()).toBe(0);
  await allGone(env[markVariable]);
}, 60_000);
