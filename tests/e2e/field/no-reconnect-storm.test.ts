// A backend that always fails is tried less and less often; one that refuses our credentials is not tried again.
import { expect, test } from "bun:test";
import { countStart, script, starts, tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

/** A loop without back-off makes hundreds of attempts in this time; doubling delays make a handful. */
const observed = 4000;
const few = 10;

test.each([
  ["exits at once", "exit 1"],
  ["exits at once as if all were well", "exit 0"],
  ["never speaks MCP", "echo '{ this is no JSON'"],
  [
    "crashes as soon as it is connected",
    'for line in 1 2 3; do read -r line; printf "%s\\n" "$line"; done | sh "$tiny" crash',
  ],
])(
  "a backend that %s is tried again, but seldom",
  async (_, text) => {
    const backends = { failing: script(`${countStart}; ${text}`), good: tiny("good") };
    await using gateway = await startGateway({ version: "1", backends }, { immediately: true });
    await until("it is tried again", () => starts(gateway.directory) >= 2);
    await Bun.sleep(observed);
    expect(starts(gateway.directory)).toBeLessThanOrEqual(few);
    await using client = await connect(gateway.url);
    expect(await client.text("good")).toMatch(/^\d+$/);
  },
  30_000,
);

test.each(["streamable-http", "sse"])(
  "a %s backend that answers 401 is tried once",
  async (type) => {
    await using server = new Forgetful();
    server.fault = "unauthorized";
    const backends = { remote: { type, url: server.url }, failing: script(`${countStart}; exit 1`) };
    await using gateway = await startGateway({ version: "1", backends });
    const { requests } = server;
    expect(requests).toBeGreaterThan(0);
    // Another backend's attempts show how much time has passed.
    await until("others are retried meanwhile", () => starts(gateway.directory) >= 3);
    expect(server.requests).toBe(requests);
  },
  30_000,
);

test("a backend that begins to answer 401 rests until a call wakes it", async () => {
  await using server = new Forgetful();
  const backends = { remote: { type: "streamable-http", url: server.url, sharing: "shared" } };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  await client.text("reply");
  server.fault = "unauthorized";
  await server.restart();
  await expect(client.text("reply")).rejects.toThrow();
  const { requests } = server;
  await Bun.sleep(observed);
  expect(server.requests - requests).toBeLessThanOrEqual(2);
  server.fault = "none";
  expect(await client.text("reply")).toStartWith("call");
}, 30_000);
