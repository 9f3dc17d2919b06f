// A port that is taken ends the start with one clear line, before any backend was started.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { script } from "../../fixtures/backends.ts";
import { folder, run } from "../../fixtures/command.ts";
import { startGateway } from "../../fixtures/gateway.ts";

async function expectRefusal(port: string): Promise<void> {
  using place = folder({
    "config.yaml": { version: "1", backends: { eager: script("echo > started; cat > /dev/null") } },
  });
  const { code, stdout, stderr } = await run(["server", "--port", port], place);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(port);
  expect(existsSync(join(place.directory, "started"))).toBe(false);
}

test("a port that another program has", async () => {
  const other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("taken") });
  try {
    await expectRefusal(String(other.port));
  } finally {
    await other.stop(true);
  }
});

test("a port that another gateway has", async () => {
  await using gateway = await startGateway({ version: "1" });
  await expectRefusal(new URL(gateway.url).port);
  expect((await fetch(`${gateway.url}/manage/v1/health`)).status).toBe(200);
});
