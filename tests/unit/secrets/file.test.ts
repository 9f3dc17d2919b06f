// The encrypted file: what goes in comes out, and what was altered never does.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { fileStore } from "../../../src/secrets/file.ts";
import { generateKey, parseKey } from "../../../src/secrets/key.ts";
import type { Entry, Sealed } from "../../../src/secrets/sealed.ts";
import { folder } from "../../fixtures/command.ts";

const key = generateKey();

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/);
const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });

function storeIn(directory: string, text = key) {
  const path = join(directory, "secrets.enc");
  return { path, store: fileStore(path, async () => parseKey(text, "ARGUS_SECRET_KEY")) };
}

/** A file with these secrets. */
async function filled(directory: string, secrets: Record<string, string>) {
  const place = storeIn(directory);
  for (const [name, value] of Object.entries(secrets)) await place.store.set(name, value);
  return { ...place, text: readFileSync(place.path, "utf8") };
}

const everything = (store: ReturnType<typeof fileStore>) => store.names().then((names) => store.read(names));

describe("a store", () => {
  test("keeps any value under any name", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true }), async (secrets) => {
        using place = folder();
        const { store } = storeIn(place.directory);
        for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
        expect(await everything(storeIn(place.directory).store)).toEqual(new Map(Object.entries(secrets)));
      }),
      { numRuns: 30 },
    );
  });

  test("has no plain byte of a value in any file, readable for its owner alone", async () => {
    using place = folder();
    const { path, store } = await filled(place.directory, { one: "plain-value-1", two: "plain-value-2" });
    await store.delete("one");
    for (const file of [path, `${path}.lock`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const file of readdirSync(place.directory)) {
      const text = readFileSync(join(place.directory, file), "latin1");
      expect(text).not.toContain("plain-value");
      expect(text).not.toContain(Buffer.from("plain-value").toString("base64").slice(0, 12));
    }
    expect(readdirSync(place.directory).toSorted()).toEqual(["secrets.enc", "secrets.enc.lock"]);
  });

  test("replaces a value, and encrypts the same one differently each time", async () => {
    using place = folder();
    const { store, path, text } = await filled(place.directory, { a: "same", b: "same" });
    await store.set("a", "same");
    const entries = [text, readFileSync(path, "utf8")].flatMap((json) => (JSON.parse(json) as Sealed).entries);
    // The key stream comes from the nonce: with the same one, two ciphertexts tell what their values have in common.
    expect(new Set(entries.map(({ nonce }) => nonce)).size).toBe(3);
    expect(new Set(entries.map(({ value }) => Buffer.from(value, "base64").toString("hex", 0, 4))).size).toBe(3);
    await store.set("a", "other");
    expect(await everything(store)).toEqual(
      new Map([
        ["a", "other"],
        ["b", "same"],
      ]),
    );
  });

  test("that is not there has nothing, and needs no key for it", async () => {
    using place = folder();
    const store = fileStore(join(place.directory, "secrets.enc"), () =>
      Promise.reject(new Error("the key was asked for")),
    );
    expect(await store.names()).toEqual([]);
    expect(await store.read(["a"])).toEqual(new Map());
    expect(readdirSync(place.directory)).toEqual([]);
  });

  test("tells whether there was something to delete", async () => {
    using place = folder();
    const { store, path, text } = await filled(place.directory, { a: "1" });
    expect(await store.delete("b")).toBe(false);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(await store.delete("a")).toBe(true);
    expect(await store.names()).toEqual([]);
  });

  test("takes many changes at a time, also the first ones", async () => {
    using place = folder();
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => storeIn(place.directory).store.set(name, name)));
    expect(await everything(storeIn(place.directory).store)).toEqual(
      new Map(names.toSorted().map((name) => [name, name])),
    );
  });

  test("that is reached by a link stays behind it", async () => {
    using place = folder();
    const { store, path } = await filled(place.directory, { a: "1" });
    const link = join(place.directory, "link");
    symlinkSync(path, link);
    await fileStore(link, async () => parseKey(key, "")).set("b", "2");
    expect(await store.names()).toEqual(["a", "b"]);
  });

  test("is made where a link leads, also through further ones", async () => {
    using place = folder();
    const [link, further] = [join(place.directory, "link"), join(place.directory, "further")];
    symlinkSync("further", link);
    symlinkSync("secrets.enc", further);
    await fileStore(link, async () => parseKey(key, "")).set("a", "1");
    expect(await storeIn(place.directory).store.names()).toEqual(["a"]);
    expect(readdirSync(place.directory).toSorted()).toEqual(["further", "link", "secrets.enc", "secrets.enc.lock"]);
  });

  test("does not write through what lies where it writes", async () => {
    using place = folder({ victim: "untouched" });
    symlinkSync(join(place.directory, "victim"), join(place.directory, "secrets.enc.tmp"));
    await filled(place.directory, { a: "1" });
    expect(readFileSync(join(place.directory, "victim"), "utf8")).toBe("untouched");
  });

  test("says what cannot be written, also where something lies in the way", async () => {
    using place = folder();
    const { path, store } = storeIn(place.directory);
    mkdirSync(`${path}.tmp`);
    await expect(store.set("a", "1")).rejects.toThrow(`cannot write ${path}: `);
    expect(existsSync(path)).toBe(false);
  });

  test.each(["", "-a", ".a", "a b", "a/b", "ä"])("refuses the name %j", async (bad) => {
    using place = folder();
    const { store, path } = storeIn(place.directory);
    await expect(store.set(bad, "1")).rejects.toThrow("is no name for a secret");
    expect(existsSync(path)).toBe(false);
  });
});

describe("what is wrong is told once, and the file stays as it is", () => {
  async function refused(text: string, message: RegExp, secret = key): Promise<void> {
    using place = folder({ "secrets.enc": text });
    const { store, path } = storeIn(place.directory, secret);
    await expect(store.names()).rejects.toThrow(message);
    await expect(store.read(["a"])).rejects.toThrow(message);
    await expect(store.delete("a")).rejects.toThrow(message);
    await expect(store.set("a", "1")).rejects.toThrow(message);
    expect(readFileSync(path, "utf8")).toBe(text);
  }

  const altered = /^\S*secrets\.enc was cut short or altered/;
  const wrongKey = /^this key does not open \S*secrets\.enc/;

  async function sample(): Promise<string> {
    using place = folder();
    return (await filled(place.directory, { a: "value of a", b: "value of b", c: "value of c" })).text;
  }

  /** The file with its data changed. */
  async function edited(edit: (sealed: Sealed) => unknown): Promise<string> {
    return JSON.stringify(edit(JSON.parse(await sample())));
  }

  function withEntries(sealed: Sealed, edit: (entries: [Entry, Entry, Entry]) => Entry[]): Sealed {
    return { ...sealed, entries: edit(sealed.entries as [Entry, Entry, Entry]) };
  }

  test("another key, or a passphrase", async () => {
    const text = await sample();
    await refused(text, wrongKey, generateKey());
    await refused(text, wrongKey, "a long passphrase");
  });

  test("any bit that flips", async () => {
    const bytes = Buffer.from(await sample());
    using place = folder();
    const { store, path } = storeIn(place.directory);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      writeFileSync(path, flipped);
      await expect(store.read(["a"])).rejects.toThrow(/was cut short or altered|does not open|has format version/);
      await expect(store.set("a", "1")).rejects.toThrow();
      expect(readFileSync(path).equals(flipped)).toBe(true);
    }
  });

  test("any end that is missing", async () => {
    const text = await sample();
    using place = folder();
    const { store, path } = storeIn(place.directory);
    // Without its last line break it is whole.
    for (let length = 0; length < text.length - 1; length++) {
      writeFileSync(path, text.slice(0, length));
      await expect(store.read(["a"])).rejects.toThrow(altered);
    }
  });

  test.each<[string, (sealed: Sealed) => unknown]>([
    [
      "swapped values",
      (sealed) => withEntries(sealed, ([a, b, c]) => [{ ...b, name: a.name }, { ...a, name: b.name }, c]),
    ],
    [
      "swapped names",
      (sealed) => withEntries(sealed, ([a, b, c]) => [{ ...a, name: b.name }, { ...b, name: a.name }, c]),
    ],
    ["another order", (sealed) => withEntries(sealed, ([a, b, c]) => [c, b, a])],
    ["an entry less", (sealed) => withEntries(sealed, ([a, b]) => [a, b])],
    ["no entry", (sealed) => withEntries(sealed, () => [])],
    ["an entry twice", (sealed) => withEntries(sealed, ([a, b, c]) => [a, a, b, c])],
    ["a value cut short", (sealed) => withEntries(sealed, ([a, b, c]) => [{ ...a, value: a.value.slice(0, 8) }, b, c])],
    ["no seal", ({ seal: _, ...rest }) => rest],
    ["something more", (sealed) => ({ ...sealed, more: 1 })],
    ["no object", () => [1]],
  ])("%s", async (_, edit) => {
    await refused(await edited(edit), altered);
  });

  test("a value of before, put back in the file of now", async () => {
    using place = folder();
    const { store, path, text } = await filled(place.directory, { a: "old", b: "1" });
    await store.set("a", "new");
    const [before, now] = [text, readFileSync(path, "utf8")].map((json) => JSON.parse(json) as Sealed);
    await refused(JSON.stringify({ ...now, entries: [before?.entries[0], now?.entries[1]] }), altered);
  });

  test("an entry of another file with the same key", async () => {
    const [one, other] = [JSON.parse(await sample()), JSON.parse(await sample())] as [Sealed, Sealed];
    await refused(JSON.stringify({ ...one, entries: other.entries }), altered);
  });

  test("a cheaper or ruinous derivation", async () => {
    await refused(await edited((sealed) => ({ ...sealed, kdf: { ...sealed.kdf, name: "argon2id" } })), altered);
    const kdf = { name: "argon2id", salt: "AAAA", memory: 2 ** 31, passes: 3, parallelism: 1 };
    await refused(await edited((sealed) => ({ ...sealed, kdf })), altered, "a long passphrase");
  });

  test("a version that is not known yet", async () => {
    await refused(await edited((sealed) => ({ ...sealed, version: 2 })), /has format version 2, .* newer argus-mcp/);
  });
});
