// Which master key counts, and which is refused.
import { expect, test } from "bun:test";
import { findKeyFor, findMasterKey, generateKey, newKdf, parseKey } from "../../../src/secrets/key.ts";

test("generated keys have 256 bits, differ, and are taken as they are", () => {
  const keys = Array.from({ length: 100 }, generateKey);
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) {
    const { kdf, material } = parseKey(key, "key");
    expect([kdf, material.length]).toEqual(["hkdf-sha256", 32]);
  }
});

test("anything else is a passphrase of 12 characters or more", () => {
  expect(parseKey("twelve chars", "key").kdf).toBe("argon2id");
  expect(parseKey("🔑".repeat(12), "key").kdf).toBe("argon2id");
  expect(() => parseKey("eleven char", "key")).toThrow("the passphrase in key needs at least 12 characters");
  expect(() => parseKey("🔑".repeat(11), "key")).toThrow("at least 12");
});

test("a passphrase is stretched at least as RFC 9106 recommends, anew for each file", () => {
  const master = parseKey("a long passphrase", "key");
  const [one, other] = [newKdf(master), newKdf(master)];
  expect(one).toMatchObject({ name: "argon2id", memory: 64 * 1024, passes: 3 });
  expect(Buffer.from(one.salt, "base64")).toHaveLength(16);
  expect(one.salt).not.toBe(other.salt);
});

test("a passphrase is the same however its accents were typed", () => {
  const [composed, decomposed] = ["NFC", "NFD"].map((form) => "long enough, für mich".normalize(form));
  expect(parseKey(decomposed ?? "", "key")).toEqual(parseKey(composed ?? "", "key"));
});

test.each<[string, (key: string) => string]>([
  ["without its end", (key) => key.slice(0, -1)],
  ["with something after it", (key) => `${key}A`],
  ["with a wrong character", (key) => `${key.slice(0, -1)}!`],
  ["of nothing but its beginning", () => "argus-key-1."],
])("a key %s is damaged, not a passphrase", (_, damage) => {
  expect(() => parseKey(damage(generateKey()), "ARGUS_SECRET_KEY")).toThrow("the key in ARGUS_SECRET_KEY is damaged");
});

test("ARGUS_SECRET_KEY counts, without the line break that a file brings along", async () => {
  const key = generateKey();
  expect(await findMasterKey({ ARGUS_SECRET_KEY: `${key}\n` })).toEqual(parseKey(key, "key"));
});

test("other keys come from a generated one alone, each for its purpose", async () => {
  const [one, other] = [generateKey(), generateKey()].map((key) => ({ ARGUS_SECRET_KEY: key }));
  const hex = async (purpose: string, environment = {}) => (await findKeyFor(purpose, environment))?.toString("hex");
  expect(await hex("tasks", one)).toMatch(/^[0-9a-f]{64}$/);
  expect(await hex("tasks", one)).toBe(await hex("tasks", one));
  const others = [await hex("tasks", one), await hex("more", one), await hex("tasks", other)];
  expect(new Set(others).size).toBe(3);
  for (const none of [{}, { ARGUS_SECRET_KEY: "" }, { ARGUS_SECRET_KEY: "a long passphrase" }])
    expect(await findKeyFor("tasks", none)).toBeUndefined();
});
