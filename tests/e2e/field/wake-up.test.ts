// A call to a backend that waits for its next retry makes the gateway try at once.
import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countStart, script, starts } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

/** A server that starts unless a file forbids it. */
const moody = script(`${countStart}; test -e closed && exit 1; exec $chaos`);

test("each call to a backend that is down is an attempt of its own, and the first that can succeed does", async () => {
  await using gateway = await startGateway({ version: "1", backends: { moody } });
  const closed = join(gateway.directory, "closed");
  const attempts = () => starts(gateway.directory);
  await using client = await connect(gateway.url);
  writeFileSync(closed, "");
  await expect(client.text("die")).rejects.toThrow();
  // After this many failures the next retry on its own is seconds away, the one after that still further.
  await until("the back-off has grown", () => attempts() >= 5);
  for (let count = 0; count < 4; count++) {
    const before = attempts();
    await expect(client.text("echo")).rejects.toThrow("moody");
    expect(attempts()).toBeGreaterThan(before);
  }
  rmSync(closed);
  expect(await client.text("echo", { text: "awake" })).toBe("awake");
}, 30_000);

test("calls that come together wake a backend once", async () => {
  await using gateway = await startGateway({ version: "1", backends: { moody } });
  const closed = join(gateway.directory, "closed");
  const attempts = () => starts(gateway.directory);
  await using client = await connect(gateway.url);
  writeFileSync(closed, "");
  await expect(client.text("die")).rejects.toThrow();
  await until("the back-off has grown", () => attempts() >= 5);
  rmSync(closed);
  const before = attempts();
  const answers = await Promise.all(["a", "b", "c"].map((text) => client.text("echo", { text })));
  expect(answers).toEqual(["a", "b", "c"]);
  expect(attempts() - before).toBe(1);
}, 30_000);

test("a remote backend that comes back answers the next call", async () => {
  await using server = new Forgetful();
  const backends = { remote: { type: "streamable-http", url: server.url } };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  await client.text("reply");
  await server.stop();
  for (let count = 0; count < 3; count++) await expect(client.text("reply")).rejects.toThrow();
  await server.restart();
  expect(await client.text("reply")).toBe("call 2");
}, 20_000);
