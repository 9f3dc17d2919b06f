// What somebody has granted in a browser is kept with the secrets: over restarts, for the gateway alone, and never in plain text.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { folder, type Launched, launch, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { agree } from "../fixtures/oauth/protected.ts";
import { startWorld, type World } from "../fixtures/oauth/start.ts";
import { until } from "../fixtures/until.ts";
import { newVault, stored, type Vault } from "../fixtures/vault.ts";

setDefaultTimeout(40_000);

const flow = { type: "oauth2", flow: "authorization_code" };

interface Told {
  stage: string;
  severity: string;
  message: string;
  details: { url?: string } | null;
}

/** The gateway in front of this world's server, with the secrets of this vault. */
function start(world: World, vault: Vault): Promise<Launched> {
  writeFileSync(`${vault.directory}/config.yaml`, JSON.stringify(world.config(flow)));
  return launch(["server", "--port", "0"], vault);
}

async function eventsOf({ url }: Launched): Promise<Told[]> {
  return ((await (await fetch(`${url}/manage/v1/events?limit=1000`)).json()) as { events: Told[] }).events;
}

async function inPhase({ url }: Launched, phase: string): Promise<void> {
  await until(`the backend is ${phase}`, async () => {
    const backend = (await (await fetch(`${url}/manage/v1/backends/remote`)).json()) as { phase: string };
    return backend.phase === phase;
  });
}

async function consent(gateway: Launched): Promise<void> {
  const asked = await until("somebody is asked", async () =>
    (await eventsOf(gateway)).findLast(({ details }) => details?.url),
  );
  expect(await agree(asked.details?.url ?? "")).toContain("may use remote now");
  await inPhase(gateway, "ready");
}

async function callWorks({ url }: Launched): Promise<void> {
  await using client = await connect(url);
  expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
}

/** A world and a vault in which somebody has agreed once, and the gateway has ended. */
async function consented() {
  const world = await startWorld("streamable-http");
  const vault = newVault();
  const gateway = await start(world, vault);
  await inPhase(gateway, "failed");
  await consent(gateway);
  await callWorks(gateway);
  expect(await gateway.stop()).toBe(0);
  return {
    ...{ world, vault },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      vault[Symbol.dispose]();
    },
  };
}

const asked = async (gateway: Launched) => (await eventsOf(gateway)).filter(({ details }) => details?.url);

test("a restart asks nobody, and nothing is registered or granted anew", async () => {
  await using before = await consented();
  const { world, vault } = before;
  await using gateway = await start(world, vault);
  await inPhase(gateway, "ready");
  await callWorks(gateway);
  expect(await asked(gateway)).toEqual([]);
  expect([world.issuer.registered.size, world.issuer.asked]).toEqual([1, ["authorization_code"]]);
});

test("a token that has expired meanwhile is refreshed, and what came instead is kept as well", async () => {
  await using before = await consented();
  const { world, vault } = before;
  for (let restart = 1; restart <= 2; restart++) {
    world.issuer.revoke();
    await using gateway = await start(world, vault);
    await inPhase(gateway, "ready");
    await callWorks(gateway);
    expect(await asked(gateway)).toEqual([]);
    expect(world.issuer.count("refresh_token")).toBe(restart);
    await gateway.stop();
  }
});

test("it is among the secrets under a name, and in no file in plain text", async () => {
  await using before = await consented();
  const { world, vault } = before;
  const [name = "", ...others] = await stored(vault);
  expect([name, others]).toEqual([expect.stringMatching(/^oauth\.remote\.[0-9a-f]{32}$/), []]);
  const { stdout } = await vault.secret(["get", name]);
  const { issuer, grant } = JSON.parse(stdout);
  expect(issuer).toBe(world.issuer.url);
  const secrets = [grant.accessToken, grant.refreshToken];
  const files = [...new Bun.Glob("**/*").scanSync(vault.directory)].map((file) => `${vault.directory}/${file}`);
  for (const file of files) for (const secret of secrets) expect(readFileSync(file, "latin1")).not.toContain(secret);
  expect(files.some((file) => file.endsWith("secrets.enc"))).toBe(true);
});

test("no command that runs with secrets gets it, unless it is named", async () => {
  await using before = await consented();
  const { vault } = before;
  await vault.secret(["set", "other", "value"]);
  const environment = await vault.secret(["exec", "--", "env"]);
  expect(environment.stdout).toContain("OTHER=value");
  expect(environment.stdout).not.toMatch(/OAUTH|refresh-/);
  const [name = ""] = await stored(vault);
  expect((await vault.secret(["exec", "--only", name, "--", "env"])).stdout).toMatch(/^OAUTH_REMOTE_\w+=/m);
});

test("the command line connects with it, too", async () => {
  await using before = await consented();
  const { vault, world } = before;
  const { code, stdout } = await run(["server", "--update-lock"], vault);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^remote\t\d+ tools: /)]);
  expect(world.issuer.asked).toEqual(["authorization_code"]);
});

test("an altered store is said to be, and somebody is asked anew", async () => {
  await using before = await consented();
  const { world, vault } = before;
  const altered = readFileSync(vault.file, "utf8").replace(/"seal": "./, '"seal": "-');
  writeFileSync(vault.file, altered);
  await using gateway = await start(world, vault);
  await inPhase(gateway, "failed");
  const told = (await eventsOf(gateway)).filter(({ message }) => message.startsWith("OAuth tokens are in memory only"));
  expect(told).toMatchObject([{ stage: "status", severity: "warning", message: expect.stringContaining(vault.file) }]);
  await consent(gateway);
  await callWorks(gateway);
  expect(readFileSync(vault.file, "utf8")).toBe(altered);
});

test("without a key it stays in memory, and one warning says so", async () => {
  await using world = await startWorld("streamable-http");
  using place = folder({ "config.yaml": world.config(flow) });
  const env = { ARGUS_SECRET_KEY: undefined, ARGUS_SECRETS_FILE: `${place.directory}/secrets.enc` };
  await using gateway = await launch(["server", "--port", "0"], { ...place, env });
  await inPhase(gateway, "failed");
  await consent(gateway);
  world.issuer.revoke();
  await callWorks(gateway);
  expect(world.issuer.count("refresh_token")).toBe(1);
  const told = (await eventsOf(gateway)).filter(({ message }) => message.startsWith("OAuth tokens are in memory only"));
  expect(told).toMatchObject([
    {
      message: expect.stringMatching(
        /there is no master key; set ARGUS_SECRET_KEY to what argus-mcp secret keygen prints/,
      ),
    },
  ]);
});
