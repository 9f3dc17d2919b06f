// Which era a backend speaks is found out, whatever it makes of the question, and found out again when it has changed.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { chaos, script, starts } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { freePort } from "../../fixtures/free-port.ts";
import { startFull } from "../../fixtures/full/start.ts";
import { type Gateway, root, startGateway } from "../../fixtures/gateway.ts";
import { kinds, startModern } from "../../fixtures/modern/start.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(30_000);

const MODERN = "2026-07-28";
const LEGACY = "2025-11-25";

interface Shown {
  name: string;
  phase: string;
  protocol_version: string | null;
  error: string | null;
  restarts: number;
}

async function shown(gateway: Gateway): Promise<Shown[]> {
  return ((await (await gateway.manage("/backends")).json()) as { backends: Shown[] }).backends;
}

const versionsOf = async (gateway: Gateway) =>
  Object.fromEntries((await shown(gateway)).map(({ name, protocol_version }) => [name, protocol_version]));

test("a server that ends at any request before initialize is started once more, and never asked again", async () => {
  const rust = script(
    'echo >> starts; read -r first; case $first in *initialize*) ;; *) exit 3;; esac; (printf "%s\\n" "$first"; cat) | sh $tiny hello',
  );
  await using gateway = await startGateway({ version: "1", backends: { rust } });
  expect(await shown(gateway)).toMatchObject([{ phase: "ready", protocol_version: LEGACY, restarts: 0 }]);
  expect(starts(gateway.directory)).toBe(2);
  expect((await gateway.manage("/reconnect/rust", { method: "POST" })).status).toBe(200);
  expect(starts(gateway.directory)).toBe(3);
});

test("a server that ends whatever it is asked is started twice at first, and then once at a time", async () => {
  await using gateway = await startGateway({ version: "1", backends: { broken: script("echo >> starts; exit 1") } });
  expect(await shown(gateway)).toMatchObject([{ protocol_version: null, error: expect.stringContaining("exited") }]);
  const attempts = (gateway.log().match(/next attempt/g) ?? []).length;
  expect(starts(gateway.directory)).toBeGreaterThanOrEqual(2);
  await until("two further attempts", () => (gateway.log().match(/next attempt/g) ?? []).length >= attempts + 2);
  const failures = (gateway.log().match(/next attempt/g) ?? []).length;
  expect(starts(gateway.directory)).toBeLessThanOrEqual(failures + 2);
});

test("a server that keeps silent on the question is asked as a legacy one", async () => {
  const backend = { ...chaos("--silent", "server/discover"), timeouts: { init: 3 } };
  await using gateway = await startGateway({ version: "1", backends: { silent: backend } });
  expect(await shown(gateway)).toMatchObject([{ phase: "ready", protocol_version: LEGACY }]);
});

test("a modern server that is slow to start is asked again", async () => {
  await using fixture = await startModern("stdio");
  const { command, args } = fixture.backend as unknown as { command: string; args: string[] };
  const slow = { ...script(`sleep 2; exec ${[command, ...args].join(" ")}`), timeouts: { init: 5 } };
  await using gateway = await startGateway({ version: "1", backends: { slow } });
  await until("it is modern", async () => (await versionsOf(gateway)).slow === MODERN);
});

test.each(kinds)("a %s server of both eras is modern, unless it must not be", async (kind) => {
  await using both = await startModern(kind, "--legacy");
  await using modern = await startModern(kind);
  await using legacy = await startFull(kind);
  await using gateway = await startGateway({
    version: "1",
    conflict_resolution: { strategy: "prefix" },
    backends: {
      both: both.backend,
      held: { ...both.backend, protocol: "legacy" },
      modern: { ...modern.backend, protocol: "modern" },
      legacy: { ...legacy.backend, protocol: "legacy" },
      found: legacy.backend,
      never: { ...legacy.backend, protocol: "modern" },
      refused: { ...modern.backend, protocol: "legacy" },
    },
  });
  expect(await versionsOf(gateway)).toEqual({
    ...{ both: MODERN, held: LEGACY, modern: MODERN, legacy: LEGACY, found: LEGACY },
    ...{ never: null, refused: null },
  });
  const { never, refused } = Object.fromEntries((await shown(gateway)).map((each) => [each.name, each.error]));
  expect(never).toContain(kind === "stdio" ? `does not speak ${MODERN}` : "answered HTTP 400");
  expect(refused).toContain("refused initialize");
});

test("a remote server that has learned another era is found to have", async () => {
  const port = freePort();
  const serve = async (program: string, ...flags: string[]) => {
    const command = [process.execPath, join(root, "tests", "fixtures", program), "--http", String(port), ...flags];
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
    await child.stdout.getReader().read();
    return {
      async [Symbol.asyncDispose]() {
        child.kill();
        await child.exited;
      },
    };
  };
  const backend = { type: "streamable-http", url: `http://127.0.0.1:${port}/mcp` };
  await using before = await serve("full.ts");
  const health = { interval: 0.2, timeout: 5, failures: 3 };
  await using gateway = await startGateway({ version: "1", server: { health }, backends: { remote: backend } });
  await using client = await connect(gateway.url);
  expect(await versionsOf(gateway)).toEqual({ remote: LEGACY });
  expect(await client.text("session")).toContain("capabilities");

  await before[Symbol.asyncDispose]();
  await using after = await serve("modern.ts");
  await until("it is modern", async () => (await versionsOf(gateway)).remote === MODERN);
  await until("it answers", () => client.text("reads").catch(() => undefined));

  await after[Symbol.asyncDispose]();
  await using _ = await serve("full.ts");
  await until("it is legacy again", async () => (await versionsOf(gateway)).remote === LEGACY);
  await until("it answers", () => client.text("session").catch(() => undefined));
});
