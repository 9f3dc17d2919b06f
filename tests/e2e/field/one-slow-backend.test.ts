// One backend of five that never answers keeps neither the gateway nor the other four from working.
import { describe, expect, test } from "bun:test";
import { chaos, script, tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

const quick = { one: tiny("one"), two: tiny("two"), three: tiny("three"), four: tiny("four") };
const names = Object.keys(quick);

/** A server that takes every request and answers none. */
const silent = () =>
  Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: () => new Promise<Response>(() => {}) });

async function expectTheOthersToWork(slow: object): Promise<void> {
  const backends = { slow, ...quick };
  await using gateway = await startGateway({ version: "1", backends }, { immediately: true });
  await using client = await connect(gateway.url);
  await until("four backends are listed", async () => (await client.toolNames()).length === names.length);
  expect(await client.toolNames()).toEqual(names);
  for (const name of names) expect(await client.text(name)).toMatch(/^\d+$/);
  // All of this happened while the fifth was still being waited for.
  expect((await fetch(`${gateway.url}/manage/v1/ready`)).status).toBe(503);
}

describe("the others are listed and callable while one", () => {
  test("never answers the handshake over stdio", () => expectTheOthersToWork(script("cat > /dev/null")), 20_000);

  test("answers the handshake but no list", () => expectTheOthersToWork(chaos("--silent", "tools/list")), 20_000);

  test.each(["streamable-http", "sse"])(
    "never answers over %s",
    async (type) => {
      const server = silent();
      try {
        await expectTheOthersToWork({ type, url: `http://127.0.0.1:${server.port}/`, timeouts: { init: 60 } });
      } finally {
        await server.stop(true);
      }
    },
    20_000,
  );
});

test("a call that never ends holds up no other call, of its own backend neither", async () => {
  await using gateway = await startGateway({ version: "1", backends: { chaos: chaos(), ...quick } });
  await using client = await connect(gateway.url);
  const cancel = new AbortController();
  const hanging = client.text("hang", {}, { signal: cancel.signal }).catch(() => "cancelled");
  expect(await client.text("echo", { text: "through" })).toBe("through");
  for (const name of names) expect(await client.text(name)).toMatch(/^\d+$/);
  cancel.abort();
  expect(await hanging).toBe("cancelled");
}, 20_000);
