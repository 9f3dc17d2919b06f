// What a service manager is told, through a real datagram socket.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { script, tiny } from "../fixtures/backends.ts";
import { folder } from "../fixtures/command.ts";
import { listenForDatagrams } from "../fixtures/datagrams.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";

const config = { version: "1", backends: { one: tiny("one"), broken: script("exit 1") } };

const abstractName = () => `@argus-test-${crypto.randomUUID()}`;

describe.each(["a path", "an abstract name"])("to a socket with %s", (kind) => {
  test("it is told when the server is ready, how it is, and that it stops", async () => {
    using place = folder();
    const name = kind === "a path" ? join(place.directory, "notify") : abstractName();
    using manager = listenForDatagrams(name);
    const gateway = await startGateway(config, { env: { NOTIFY_SOCKET: name } });
    expect(await manager.line("READY=1")).toBe("READY=1\nSTATUS=1 of 2 backends connected");
    gateway.edit({ version: "1", backends: { one: tiny("one") } });
    await manager.line("STATUS=1 of 1 backends connected");
    expect(manager.received().join()).not.toContain("STOPPING");
    expect(await gateway.stop()).toBe(0);
    expect(await manager.line("STOPPING=1")).toStartWith("STOPPING=1\nSTATUS=");
    expect(manager.received().filter((message) => message.includes("READY"))).toHaveLength(1);
  });
});

test("it is not told before every backend was tried", async () => {
  const name = abstractName();
  using manager = listenForDatagrams(name);
  const slow = script("until [ -e go ]; do sleep 0.02; done; exec sh $tiny one");
  await using gateway = await startGateway(
    { version: "1", backends: { quick: tiny("two"), slow } },
    { env: { NOTIFY_SOCKET: name }, immediately: true },
  );
  await manager.line("STATUS=1 of 2 backends connected");
  expect(manager.received().join()).not.toContain("READY");
  await Bun.write(join(gateway.directory, "go"), "");
  expect(await manager.line("READY=1")).toContain("STATUS=2 of 2");
});

test("a start that fails is never ready", async () => {
  const name = abstractName();
  using manager = listenForDatagrams(name);
  const conflict = { strategy: "error" };
  const gateway = await startGateway(
    { version: "1", conflict_resolution: conflict, backends: { a: tiny("same"), b: tiny("same") } },
    { env: { NOTIFY_SOCKET: name }, immediately: true },
  );
  expect(await gateway.exited).toBe(1);
  await gateway.stop();
  expect(manager.received().join()).not.toContain("READY");
});

describe("signs of life", () => {
  const env = (name: string, more = {}) => ({ NOTIFY_SOCKET: name, WATCHDOG_USEC: "50000", ...more });
  const signs = (received: string[]) => received.filter((message) => message === "WATCHDOG=1").length;

  test("come again and again when they are waited for", async () => {
    const name = abstractName();
    using manager = listenForDatagrams(name);
    await using _ = await startGateway({ version: "1" }, { env: env(name) });
    await until("there are five", () => signs(manager.received()) >= 5);
  });

  test("do not come when another process's are waited for", async () => {
    const name = abstractName();
    using manager = listenForDatagrams(name);
    await using gateway = await startGateway({ version: "1" }, { env: env(name, { WATCHDOG_PID: "1" }) });
    await manager.line("READY=1");
    // Time for more than one.
    for (let round = 0; round < 10; round++) await gateway.manage("/health").then(() => Bun.sleep(10));
    expect(signs(manager.received())).toBe(0);
  });
});

test.each([
  ["relative", "relative", "is neither a path nor an abstract name"],
  ["of nobody", "/nowhere/at/all", "the service manager could not be told READY=1"],
  ["too long", `/${"x".repeat(200)}`, "is neither a path nor an abstract name"],
])("a socket that is none is warned of, and the server runs (%s)", async (_, name, warning) => {
  await using gateway = await startGateway(config, { env: { NOTIFY_SOCKET: name } });
  await gateway.logged(new RegExp(`warning.*${warning}`, "i"));
  expect((await gateway.manage("/health")).status).toBe(200);
});

test("backends are not told where it is", async () => {
  const name = abstractName();
  using manager = listenForDatagrams(name);
  const nosy = script('echo "socket:$NOTIFY_SOCKET:" >&2; exec sh $tiny one');
  await using gateway = await startGateway({ version: "1", backends: { nosy } }, { env: { NOTIFY_SOCKET: name } });
  await manager.line("READY=1");
  await gateway.logged(/socket::/);
});
