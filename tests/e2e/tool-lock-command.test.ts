// argus.lock on the command line: written, and checked in CI.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, type Place, run } from "../fixtures/command.ts";
import { rawBackend, rawTools } from "../fixtures/raw-backend.ts";
import { config, lockIn, one, poison, poisoned, read, two, updateLock } from "../fixtures/tool-lock.ts";

setDefaultTimeout(30_000);

const check = (place: Place) => run(["server", "--check", "--lock"], place);

/** Replaces the configuration. */
function edit({ directory }: Place, next: object): void {
  writeFileSync(join(directory, "config.yaml"), JSON.stringify(next));
}

describe("--update-lock", () => {
  test("writes every tool, the same file whatever order they come in, and a line for each backend", async () => {
    using place = folder({ "config.yaml": config("block") });
    const first = await updateLock(place);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^one\t3 tools: 3 new, 0 changed, 0 removed\n/),
    });
    const text = lockIn(place);
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      backends: { one: { tools: { read: { definition: read } } } },
    });
    const shuffled = rawBackend({
      tools: [Object.fromEntries(Object.entries(read).toReversed()), ...rawTools.toReversed()],
    });
    edit(place, config("off", { backends: { two, one: shuffled } }));
    expect((await updateLock(place)).stdout).toContain("one\t3 tools: 0 new, 0 changed, 0 removed\n");
    expect(lockIn(place)).toBe(text);
  });

  test("keeps what it cannot know, and says so", async () => {
    using place = folder({ "config.yaml": config("warn") });
    await updateLock(place);
    const text = lockIn(place);
    const broken = { ...two, args: ["-e", "process.exit(3)"] };
    edit(place, config("warn", { backends: { ...config("off").backends, two: broken } }));
    const { code, stdout, stderr } = await updateLock(place);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^two\tcannot be connected \(.+\); its 1 entries are as they were$/m);
    expect(stderr).toMatch(/argus\.lock is written, but not for all tools of two/);
    expect(lockIn(place)).toBe(text);
  });

  test("never overwrites a broken file", async () => {
    using place = folder({ "config.yaml": config("off"), "argus.lock": "<<<<<<< HEAD" });
    const { code, stdout, stderr } = await updateLock(place);
    expect([code, stdout, lockIn(place)]).toEqual([1, "", "<<<<<<< HEAD"]);
    expect(stderr).toMatch(/argus\.lock: is not JSON: .*; put back a copy of it, or delete it/);
  });
});

describe("--check --lock", () => {
  test("prints a line for each difference and fails for any", async () => {
    using place = folder({ "config.yaml": config("off") });
    const none = await check(place);
    expect(none).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/argus\.lock: there is no such file; .*--update-lock/),
    });
    await updateLock(place);
    expect(await check(place)).toEqual({ code: 0, stdout: "", stderr: "" });
    const backends = { one: one(poisoned, { ...read, name: "new" }), two };
    edit(place, config("off", { backends }));
    const { code, stdout, stderr } = await check(place);
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      `one\tread\tchanged\t${poison}`,
      expect.stringMatching(/^one\tnew\tnew\tdescription: \+ "Reads a file\."; inputSchema: /),
      "",
    ]);
    expect(stderr).toMatch(/2 tools are not as .*argus\.lock says/);
  });

  test("a name forges no line and steers no terminal", async () => {
    using place = folder({ "config.yaml": config("off") });
    await updateLock(place);
    edit(
      place,
      config("off", { backends: { one: one(read, { ...read, name: "\u001b[2Jx\ntwo\tother\tremoved" }), two } }),
    );
    const { stdout } = await check(place);
    expect(stdout.split("\n").length).toBe(2);
    expect(stdout).toMatch(/^one\t�\[2Jx ⏎ two other removed\tnew\t/);
  });

  test("fails for a backend that does not tell", async () => {
    using place = folder({ "config.yaml": config("off") });
    await updateLock(place);
    const backends = { one: one(read), two: { ...two, command: "no-such-program" } };
    edit(place, config("off", { backends }));
    expect(await check(place)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^two\tcannot be connected/) });
  });

  test.each([[["--lock"]], [["--check", "--lock", "--explain", "a"]], [["--check", "--update-lock"]]])(
    "%p is wrong usage",
    async (flags) => {
      using place = folder({ "config.yaml": config("off") });
      expect((await run(["server", ...flags], place)).code).toBe(2);
    },
  );
});
