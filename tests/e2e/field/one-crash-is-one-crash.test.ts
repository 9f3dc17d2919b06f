// A backend that breaks the protocol fails alone: its callers get an error, everything else goes on.
import { describe, expect, test } from "bun:test";
import { chaos, type StdioBackend, tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

describe("a backend that, instead of an answer,", () => {
  const crashes: [string, string, Record<string, unknown>][] = [
    ["writes a line that only looks like JSON", "garbage", {}],
    ["writes bytes that are no text", "garbage", { binary: true }],
    ["writes half a line and exits", "half-line", {}],
    ["writes half a line and exits with an error", "half-line", { code: 1 }],
    ["writes half a line and closes its output", "hang-up", {}],
    ["writes 100 MB without a newline", "flood", {}],
  ];

  test.each(crashes)(
    "%s",
    async (_, tool, input) => {
      await using gateway = await startGateway({ version: "1", backends: { bad: chaos(), good: tiny("good") } });
      await using client = await connect(gateway.url);
      const pid = await client.text("good");
      await expect(client.text(tool, input)).rejects.toThrow();
      expect(await client.text("good")).toBe(pid);
      expect(await client.text("echo", { text: "back again" })).toBe("back again");
    },
    30_000,
  );
});

describe("a backend that cannot be spawned", () => {
  const impossible: [string, StdioBackend & { cwd?: string }][] = [
    ["because its program does not exist", { ...tiny("bad"), command: "/nowhere/at-all" }],
    ["because its program is not in PATH", { ...tiny("bad"), command: "argus-no-such-program" }],
    ["because its program is no program", { ...tiny("bad"), command: import.meta.path }],
    ["because its working directory does not exist", { ...tiny("bad"), cwd: "/nowhere/at-all" }],
    ["because its arguments are too long", { ...tiny("bad"), args: ["x".repeat(300_000)] }],
  ];

  test.each(impossible)(
    "%s",
    async (_, bad) => {
      await using gateway = await startGateway({ version: "1", backends: { bad, good: tiny("good") } });
      await using client = await connect(gateway.url);
      expect(await client.toolNames()).toEqual(["good"]);
      expect(await client.text("good")).toMatch(/^\d+$/);
      const health = await (await fetch(`${gateway.url}/manage/v1/health`)).json();
      expect(health).toMatchObject({ status: "degraded", backends: { total: 2, connected: 1 } });
    },
    20_000,
  );
});

test("calls of others that are in flight survive the crash", async () => {
  const backends = { bad: chaos(), good: chaos("--suffix=-good") };
  await using gateway = await startGateway({ version: "1", backends });
  await using one = await connect(gateway.url);
  await using two = await connect(gateway.url, { transport: "sse" });
  const slow = [one, two].map((client) => client.text("slow-good", { seconds: 1 }));
  await expect(one.text("garbage")).rejects.toThrow();
  expect(await Promise.all(slow)).toEqual(["done", "done"]);
}, 20_000);
