// The program in the file system of the image, as a container would run it: no shell, no other program, nothing to write but the volume.
// So for each Linux that this machine can run, 64-bit ARM in an emulator. Needs root.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { $ } from "bun";
import { nativeLibrary, targetOf } from "../../build/targets.ts";
import { version } from "../../package.json";
import { generateKey } from "../../src/secrets/key.ts";
import { type Base, layOut, platforms } from "../fixtures/base.ts";
import { connect } from "../fixtures/connect.ts";
import { type Container, runContainer, startContainer } from "../fixtures/container.ts";
import { freePort } from "../fixtures/free-port.ts";
import { type FullFixture, startFull } from "../fixtures/full/start.ts";
import { ready, root } from "../fixtures/gateway.ts";
import { readImage } from "../fixtures/image.ts";
import { type OnTerminal, onTerminal } from "../fixtures/pty.ts";
import { within } from "../fixtures/until.ts";

const { healthcheck, entrypoint, user } = readImage();

describe.each(platforms)("%s", (platform) => {
  let base: Base;
  beforeAll(async () => {
    base = await layOut(platform);
  }, 120_000);
  afterAll(() => base[Symbol.dispose]());

  test("a command alone needs no volume", async () => {
    const { code, stdout } = await runContainer({ base, args: ["--version"] });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(version) });
    expect((await runContainer({ base, args: ["secret", "keygen"] })).stdout).toStartWith("argus-key-1.");
  });

  test("without a configuration it says where one belongs", async () => {
    const { code, stderr } = await runContainer({ base });
    expect(code).toBe(1);
    expect(stderr).toContain("/etc/argus-mcp/config.yaml: no such file");
  });

  describe("a server", () => {
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    let backend: FullFixture;
    let container: Container;

    beforeAll(async () => {
      backend = await startFull("streamable-http");
      // The executable is Bun as well, and so runs a local server that needs no other program.
      const [command, ...args] = [...base.emulator, ...entrypoint, "/etc/argus-mcp/server.js"];
      const local = { type: "stdio", command, args, env: { BUN_BE_BUN: "1" } };
      const backends = { remote: backend.backend, local };
      const prefix = { strategy: "prefix" };
      container = await startContainer({
        base,
        config: {
          "config.yaml": JSON.stringify({ version: "1", server: { port }, conflict_resolution: prefix, backends }),
          "server.js": await $`${process.execPath} build tests/fixtures/chaos.ts --target=bun`.cwd(root).quiet().text(),
          key: generateKey(),
        },
        env: { ARGUS_SECRET_KEY_FILE: "/etc/argus-mcp/key" },
      });
      await within("the server is ready", ready(url));
    }, 60_000);

    afterAll(async () => {
      await container[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    });

    test("carries calls to a remote backend, and to a local one", async () => {
      await using client = await connect(url);
      expect(await client.text("remote_echo", { value: 1 })).toBe('{"value":1}');
      expect(await client.text("local_echo", { text: "hello" })).toBe("hello");
    });

    test("is healthy for the image's HEALTHCHECK, which finds it by the configuration", async () => {
      expect(await container.exec(healthcheck)).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^healthy: 2 of 2 backends connected/),
        stderr: "",
      });
    });

    test("keeps secrets in the volume, under the key of a file", async () => {
      const secret = (...args: string[]) => container.exec([...entrypoint, "secret", ...args]);
      expect((await container.exec([...entrypoint, "secret", "set", "token"], "s3cret\n")).code).toBe(0);
      expect(await secret("get", "token")).toEqual({ code: 0, stdout: "s3cret\n", stderr: "" });
      const { uid, gid, mode } = statSync(join(container.state, "secrets.enc"));
      expect({ uid, gid, mode: mode & 0o777 }).toEqual({ ...user, mode: 0o600 });
    });

    test("writes its log and audit trail into the volume, as the image's user", () => {
      const logs = readdirSync(join(container.state, "logs"));
      expect(logs).toEqual(expect.arrayContaining(["audit.jsonl", expect.stringMatching(/^argus_.*\.log$/)]));
      for (const name of logs) expect(statSync(join(container.state, "logs", name)).uid).toBe(user.uid);
      expect(container.stderr()).not.toContain("cannot");
    });

    test("runs as the image's user, on a root that nobody can write", () => {
      const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
      expect(status).toMatch(new RegExp(`^Uid:\t${user.uid}\t${user.uid}\t`, "m"));
      const mounts = readFileSync(`/proc/${container.pid}/mountinfo`, "utf8")
        .split("\n")
        .map((line) => line.split(" "));
      const options = (path: string) => mounts.find(([, , , , point]) => point === path)?.[5]?.split(",");
      expect(options("/")).toContain("ro");
      expect(options("/etc/argus-mcp")).toContain("ro");
      expect(options("/var/lib/argus-mcp")).toContain("rw");
    });

    test("ends with exit code 0 on SIGTERM", async () => {
      container.kill("SIGTERM");
      expect(await within("the server ends", container.exited)).toBe(0);
    });
  });

  describe("the terminal UI", () => {
    /** It shows this server: what the image holds is enough to run it beside. */
    async function beside(tmpfs: boolean, see: (ui: OnTerminal) => Promise<void>): Promise<void> {
      const port = freePort();
      const url = `http://127.0.0.1:${port}`;
      const backends = { nowhere: { type: "sse", url: `http://127.0.0.1:${freePort()}/sse` } };
      const config = { "config.yaml": JSON.stringify({ version: "1", server: { port }, backends }) };
      await using container = await startContainer({ base, config, tmpfs });
      const { command, env } = container.entering([...entrypoint, "tui", "--server", url]);
      await see(onTerminal(command, env));
    }

    if (!nativeLibrary(targetOf(platform))) {
      test("is missing where it has no native library, and says so", () =>
        beside(true, async (ui) => {
          await ui.wrote("argus-mcp: this executable has no terminal UI");
          expect(await within("it ends", ui.exited)).toBe(1);
        }));
      return;
    }

    test("runs where /tmp can be written, for its native library", () =>
      beside(true, async (ui) => {
        await ui.sees("nowhere");
        ui.type("q");
        expect(await within("it ends", ui.exited)).toBe(0);
      }));

    test("says so where it cannot", () =>
      beside(false, async (ui) => {
        await ui.wrote("/tmp, which must be writable");
        expect(await within("it ends", ui.exited)).toBe(1);
        expect(ui.restored()).toBe(true);
      }));
  });
});
