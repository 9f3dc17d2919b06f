// Grants among the secrets: kept where they can be, in memory where not, and said once with what to do.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../src/config/schema.ts";
import { GrantStore } from "../../../src/secrets/grant-store.ts";
import { generateKey } from "../../../src/secrets/key.ts";
import { isGrant } from "../../../src/secrets/names.ts";
import { openStore } from "../../../src/secrets/store.ts";
import { folder } from "../../fixtures/command.ts";

const name = `oauth.one.${"0".repeat(32)}`;

/** Stores in one folder; each is that of one life of the program. */
function world(given: { key?: string | undefined; where?: Config["secrets"] } = {}) {
  const place = folder();
  const file = join(place.directory, "secrets.enc");
  const key = "key" in given ? given.key : generateKey();
  const where = { current: given.where ?? { provider: "file" as const } };
  // A key that the machine's own keychain has must not count here.
  const environment = { ARGUS_SECRETS_FILE: file, ...(key !== undefined && { ARGUS_SECRET_KEY: key }) };
  const told: string[] = [];
  const start = () =>
    new GrantStore({ where: () => where.current, environment, emit: ({ message }) => told.push(message) });
  const names = async () => (await openStore("file", file, environment)).names();
  return { ...{ file, told, start, where, names }, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

test("what was granted outlives the program, and is nowhere in plain text", async () => {
  using here = world();
  const before = here.start();
  before.set(name, "the tokens");
  expect(await before.get(name)).toBe("the tokens");
  await before.stop();
  expect(await here.start().get(name)).toBe("the tokens");
  expect(readFileSync(here.file, "utf8")).not.toContain("the tokens");
  expect(await here.names()).toEqual([name]);
  expect(here.told).toEqual([]);
});

test("the last of several writes counts, and a deletion as well", async () => {
  using here = world();
  const store = here.start();
  for (let count = 0; count < 5; count++) store.set(name, `tokens ${count}`);
  await store.stop();
  expect(await here.start().get(name)).toBe("tokens 4");
  store.set(name, "more");
  store.delete(name);
  expect(await store.get(name)).toBeUndefined();
  await store.stop();
  expect(await here.names()).toEqual([]);
});

test("nothing is opened or made before something is asked for", async () => {
  using here = world({ key: "short" });
  await here.start().stop();
  expect([here.told, existsSync(here.file)]).toEqual([[], false]);
});

const advice = "OAuth tokens are in memory only, and somebody has to agree anew after a restart: ";

describe("what cannot be kept is in memory, and somebody is told once", () => {
  test.each<[string, Parameters<typeof world>[0], RegExp]>([
    [
      "without a key",
      { key: undefined },
      /there is no master key; set ARGUS_SECRET_KEY to what argus-mcp secret keygen prints/,
    ],
    ["with a weak one", { key: "short" }, /the passphrase in ARGUS_SECRET_KEY needs at least 12 characters/],
    [
      "in the environment",
      { where: { provider: "env" } },
      /secrets\.provider: env can only be read; file and keychain can keep/,
    ],
  ])("%s", async (_, given, reason) => {
    using here = world(given);
    const store = here.start();
    expect(await store.get(name)).toBeUndefined();
    store.set(name, "one");
    store.set(name, "two");
    expect(await store.get(name)).toBe("two");
    store.delete(name);
    expect(await store.get(name)).toBeUndefined();
    await store.stop();
    expect(here.told).toEqual([expect.stringMatching(reason)]);
    expect(here.told[0]).toStartWith(advice);
    expect(existsSync(here.file)).toBe(false);
    expect(await here.start().get(name)).toBeUndefined();
  });
});

test("an altered file gives nothing, is told of, and stays as it is", async () => {
  using here = world();
  const before = here.start();
  before.set(name, "the tokens");
  await before.stop();
  const altered = readFileSync(here.file, "utf8").replace(name, name.replace("one", "two"));
  writeFileSync(here.file, altered);
  const after = here.start();
  expect(await after.get(name)).toBeUndefined();
  after.set(name, "others");
  expect(await after.get(name)).toBe("others");
  expect(readFileSync(here.file, "utf8")).toBe(altered);
  expect(here.told).toEqual([
    `${advice}${here.file} was cut short or altered; put back a copy of it, or delete it and begin anew`,
  ]);
});

test("once it can be kept again, it is, and a new failure is told of again", async () => {
  using here = world();
  const store = here.start();
  store.set(name, "one");
  await store.stop();
  const good = readFileSync(here.file, "utf8");
  writeFileSync(here.file, "broken");
  store.set(name, "two");
  expect(await store.get(name)).toBe("two");
  writeFileSync(here.file, good);
  store.set(name, "three");
  await store.stop();
  expect(await here.start().get(name)).toBe("three");
  here.where.current = { provider: "env" };
  store.set(name, "four");
  expect(await store.get(name)).toBe("four");
  expect(here.told).toEqual([expect.stringContaining("cut short or altered"), expect.stringContaining("env")]);
});

test.each([
  ["oauth.a.b-c_d.0123456789abcdef0123456789abcdef", true],
  ["oauth.token", false],
  ["oauth.one.0123456789abcdef", false],
  ["my.oauth.one.0123456789abcdef0123456789abcdef", false],
])("%s is the gateway's own: %p", (candidate, own) => expect(isGrant(candidate)).toBe(own));
