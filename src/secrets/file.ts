// Secrets in an encrypted file.
import { locked, readText, replaceFile } from "./disk.ts";
import { deriveKeys, type Keys, type MasterKey, newKdf } from "./key.ts";
import { mustBeName } from "./names.ts";
import { decrypt, type Entry, encrypt, type Kdf, mustBeIntact, parseSealed, type Sealed, seal } from "./sealed.ts";
import type { SecretStore } from "./store.ts";

/** Gives the entries that are to be instead, or nothing where they may stay. */
type Edit = (entries: Entry[], keys: Keys) => Entry[] | undefined;

/** The store in the file of this path, which need not exist yet; the key is asked for when it is needed, and once. */
export function fileStore(path: string, findKey: () => Promise<MasterKey>): SecretStore {
  const keysFor = keyring(findKey);
  const load = () => {
    const text = readText(path);
    return text === undefined ? undefined : parseSealed(text, path);
  };
  const change = async (edit: Edit) => {
    for (;;) {
      const seen = load();
      const { kdf, keys } = await keysFor(seen?.kdf);
      const done = await locked(path, () => {
        const now = load();
        // Somebody else has made the file meanwhile: its keys are other ones.
        if (!Bun.deepEquals(now?.kdf, seen?.kdf)) return undefined;
        if (now) mustBeIntact(now, keys, path);
        const entries = keys && edit(now?.entries ?? [], keys);
        if (entries) replaceFile(path, textOf(seal(kdf, entries, keys)));
        return { changed: entries !== undefined };
      });
      if (done) return done.changed;
    }
  };
  return {
    place: path,
    names: async () => {
      const sealed = load();
      if (!sealed) return [];
      mustBeIntact(sealed, (await keysFor(sealed.kdf)).keys, path);
      return sealed.entries.map(({ name }) => name);
    },
    read: async (names) => {
      const sealed = load();
      if (!sealed) return new Map();
      const { keys } = await keysFor(sealed.kdf);
      mustBeIntact(sealed, keys, path);
      const wanted = sealed.entries.filter(({ name }) => names.includes(name));
      return new Map(wanted.map((entry) => [entry.name, decrypt(entry, keys, path)]));
    },
    set: async (name, value) => {
      mustBeName(name);
      await change((entries, keys) => [...without(entries, name), encrypt(name, value, keys)]);
    },
    delete: (name) =>
      change((entries) => (entries.some((entry) => entry.name === name) ? without(entries, name) : undefined)),
  };
}

/** Derives keys from the master key, anew only when a file has another salt; without a file, those of a new one. */
function keyring(findKey: () => Promise<MasterKey>) {
  let found: Promise<MasterKey> | undefined;
  let last: { kdf: Kdf; keys: Keys | undefined } | undefined;
  return async (wanted: Kdf | undefined) => {
    found ??= findKey();
    const master = await found;
    const kdf = wanted ?? newKdf(master);
    if (!last || !Bun.deepEquals(last.kdf, kdf)) last = { kdf, keys: await deriveKeys(master, kdf) };
    return last;
  };
}

function without(entries: Entry[], name: string): Entry[] {
  return entries.filter((entry) => entry.name !== name);
}

function textOf(sealed: Sealed): string {
  return `${JSON.stringify(sealed, undefined, 2)}\n`;
}
