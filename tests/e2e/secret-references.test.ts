// Secrets that a configuration names, from the command that stores them to the backend that gets them.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { folder, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";
import { newVault } from "../fixtures/vault.ts";

setDefaultTimeout(30_000);

describe("a configuration", () => {
  const config = (argument: string, more: object = {}) => ({
    version: "1",
    backends: { one: tiny(argument) },
    ...more,
  });

  test.each(["secret:tool", "${secret:tool}", "${ARGUS_UNSET:-secret:tool}"])(
    "gets what %s names",
    async (argument) => {
      using vault = newVault();
      await vault.secret(["set", "tool", "from_the_file"]);
      await using gateway = await startGateway(config(argument), { env: vault.env });
      await using client = await connect(gateway.url);
      expect(await client.toolNames()).toEqual(["from_the_file"]);
    },
  );

  test("takes a secret that has changed with the next reload", async () => {
    using vault = newVault();
    await vault.secret(["set", "tool", "before"]);
    const { ARGUS_SECRETS_FILE: path, ...env } = vault.env;
    await using gateway = await startGateway(config("secret:tool", { secrets: { path } }), { env });
    await vault.secret(["set", "tool", "after"]);
    const report = await (await gateway.manage("/reload", { method: "POST" })).json();
    expect(report).toMatchObject({ reloaded: true, backends_changed: ["one"] });
    await using client = await connect(gateway.url);
    await until("the backend has the new secret", async () => (await client.toolNames()).join() === "after");
    await vault.secret(["delete", "tool"]);
    const refused = await (await gateway.manage("/reload", { method: "POST" })).json();
    const line = 'backends.one.args.1: there is no secret "tool" in ';
    expect(refused).toMatchObject({ reloaded: false, errors: [expect.stringContaining(line)] });
    expect(await client.toolNames()).toEqual(["after"]);
  });

  test("is not used where a secret is missing or the store is closed", async () => {
    using place = folder({ "config.yaml": config("secret:tool", { secrets: { provider: "env" } }) });
    const missing = await run(["server", "--check"], place);
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringMatching(/config\.yaml:1:\d+: backends\.one\.args\.1: there is no secret "tool" in the environment/),
    ]);
    using closed = folder({ "config.yaml": config("secret:tool") });
    using vault = newVault();
    await vault.secret(["set", "tool", "x"]);
    const wrong = await run(["server", "--check"], {
      ...closed,
      env: { ...vault.env, ARGUS_SECRET_KEY: "another passphrase" },
    });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("secrets: this key does not open ")]);
  });

  test("gets secrets of the environment", async () => {
    using place = folder({ "config.yaml": config("secret:tool", { secrets: { provider: "env" } }) });
    const { code, stdout } = await run(["server", "--check"], { ...place, env: { SECRET_TOOL: "given" } });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\*\*\*REDACTED\*\*\*\n$/)]);
  });
});
