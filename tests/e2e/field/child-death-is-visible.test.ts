// A backend that dies during a call: its callers learn it at once, and which one it was.
import { describe, expect, test } from "bun:test";
import { chaos } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

const failure = (call: Promise<string>) =>
  call.then(
    () => "no failure",
    (error: Error) => error.message,
  );

describe.each([["an exit code"], ["SIGKILL"], ["SIGTERM"]])("a process that ends with %s", (end) => {
  test("fails every call in flight, naming the backend", async () => {
    await using gateway = await startGateway({ version: "1", backends: { mortal: chaos() } });
    await using one = await connect(gateway.url);
    await using two = await connect(gateway.url, { transport: "sse" });
    const hanging = [one, one, two].map((client) => failure(client.text("hang")));
    await Promise.all([one, two].map((client) => client.text("echo", { text: "both hang now" })));
    const dying = failure(one.text("die", end.startsWith("SIG") ? { signal: end } : {}));
    for (const message of await Promise.all([...hanging, dying])) expect(message).toContain("mortal");
    expect(await two.text("echo", { text: "alive again" })).toBe("alive again");
  }, 20_000);
});

test("a process that was killed from outside is as visible", async () => {
  await using gateway = await startGateway({ version: "1", backends: { mortal: chaos() } });
  await using client = await connect(gateway.url);
  const pid = Number(await client.text("pid"));
  const hanging = failure(client.text("hang"));
  await client.text("echo");
  process.kill(pid, "SIGKILL");
  expect(await hanging).toContain("mortal");
  expect(Number(await client.text("pid"))).not.toBe(pid);
}, 20_000);

test("a remote backend that goes away fails its calls in flight", async () => {
  await using server = new Forgetful();
  const backends = { remote: { type: "streamable-http", url: server.url } };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  const hanging = failure(client.text("stall", { seconds: 1000 }));
  await until("the call has reached the server", () => server.calls === 1);
  await server.stop();
  expect(await hanging).toContain("remote");
}, 20_000);
