// A reload that changes one backend leaves the others alone: their processes, their connections, and the calls in flight on them.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chaos, tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { alive } from "../../fixtures/processes.ts";
import { until } from "../../fixtures/until.ts";

test("other backends keep their process and their calls, over both transports", async () => {
  await using server = new Forgetful();
  const kept = { chaos: chaos(), remote: { type: "streamable-http", url: server.url } };
  const edits = [
    { ...kept, edited: tiny("edited", { NAME: "changed" }) },
    { ...kept, edited: tiny("renamed") },
    { ...kept, other: tiny("other") },
    kept,
  ];
  await using gateway = await startGateway({ version: "1", backends: { ...kept, edited: tiny("edited") } });
  await using one = await connect(gateway.url);
  await using two = await connect(gateway.url, { transport: "sse" });
  const pid = await one.text("pid");
  const file = join(gateway.directory, "go-on");
  const calls = [one, two].map((client) => client.text("wait", { file }));
  const remote = one.text("stall", { seconds: 1000 });
  remote.catch(() => undefined);
  await until("the remote call has arrived", () => server.calls === 1);
  const connections = server.initializes;
  for (const backends of edits) {
    gateway.edit({ version: "1", backends });
    const answer = await gateway.manage("/reload", { method: "POST" });
    expect(await answer.json()).toMatchObject({ reloaded: true, errors: [] });
    expect(await two.text("pid")).toBe(pid);
  }
  expect(server.initializes).toBe(connections);
  expect(Bun.peek.status(remote)).toBe("pending");
  writeFileSync(file, "");
  expect(await Promise.all(calls)).toEqual(["waited", "waited"]);
}, 30_000);

test("calls in flight on the backend that changes, or goes, end as if nothing had happened", async () => {
  await using gateway = await startGateway({
    version: "1",
    backends: { changing: chaos(), going: chaos("--suffix=-2") },
  });
  await using client = await connect(gateway.url);
  const pids = [await client.text("pid"), await client.text("pid-2")];
  const file = join(gateway.directory, "go-on");
  const calls = [client.text("wait", { file }), client.text("wait-2", { file })];
  // Both calls have arrived when what was sent after them is answered.
  expect([await client.text("pid"), await client.text("pid-2")]).toEqual(pids);
  gateway.edit({ version: "1", backends: { changing: { ...chaos(), env: { NAME: "other" } } } });
  await gateway.manage("/reload", { method: "POST" });
  expect(await client.text("pid")).not.toBe(pids[0] ?? "");
  expect(calls.map((call) => Bun.peek.status(call))).toEqual(["pending", "pending"]);
  writeFileSync(file, "");
  expect(await Promise.all(calls)).toEqual(["waited", "waited"]);
  for (const pid of pids) await until(`process ${pid} has ended`, () => !alive(Number(pid)));
}, 30_000);
