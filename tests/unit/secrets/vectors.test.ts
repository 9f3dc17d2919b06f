// Files of secrets that an independent implementation has written must open for ever.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { fileStore } from "../../../src/secrets/file.ts";
import { parseKey } from "../../../src/secrets/key.ts";
import { folder } from "../../fixtures/command.ts";

const vectors = join(import.meta.dir, "..", "..", "fixtures", "vectors");

test.each(["secrets-1-key", "secrets-1-passphrase", "secrets-1-other-cost"])("%s", async (vector) => {
  const { key, values, file } = await Bun.file(join(vectors, `${vector}.json`)).json();
  using place = folder({ "secrets.enc": file });
  const store = fileStore(join(place.directory, "secrets.enc"), async () => parseKey(key, "key"));
  const names = Object.keys(values);
  expect(await store.names()).toEqual(names.toSorted());
  expect(Object.fromEntries(await store.read(names))).toEqual(values);
  await store.set("new", "value");
  await store.delete(names[0] ?? "");
  expect(await store.names()).toEqual([...names.slice(1), "new"].toSorted());
});
