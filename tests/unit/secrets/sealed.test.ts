// An entry opens under its own name only, even for one who can seal.
import { expect, test } from "bun:test";
import { deriveKeys, generateKey, newKdf, parseKey } from "../../../src/secrets/key.ts";
import { decrypt, encrypt } from "../../../src/secrets/sealed.ts";

async function newKeys() {
  const master = parseKey(generateKey(), "key");
  const keys = await deriveKeys(master, newKdf(master));
  if (!keys) throw new Error("a new key has keys");
  return keys;
}

test("a value opens under its name and its file's key, and not otherwise", async () => {
  const [keys, others] = [await newKeys(), await newKeys()];
  const entry = encrypt("a", "value", keys);
  expect(decrypt(entry, keys, "file")).toBe("value");
  expect(() => decrypt({ ...entry, name: "b" }, keys, "file")).toThrow("file was cut short or altered");
  expect(() => decrypt(entry, others, "file")).toThrow("altered");
  expect(() => decrypt({ ...entry, value: "" }, keys, "file")).toThrow("altered");
});

test("the keys of one file are all different, and those of another file too", async () => {
  const master = parseKey(generateKey(), "key");
  const files = await Promise.all([newKdf(master), newKdf(master)].map((kdf) => deriveKeys(master, kdf)));
  const keys = files.flatMap((file) => Object.values(file ?? {}).map((key: Buffer) => key.toString("hex")));
  expect(new Set(keys).size).toBe(6);
});
