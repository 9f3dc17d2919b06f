// bun run docs: writes the parts of the documentation that are made from the source.
import { apiReference } from "./api-reference.ts";
import { configurationReference } from "./configuration-reference.ts";
import { keyTable } from "./key-table.ts";

/** What stands between these comments in the README is made here. */
const ENDPOINTS = /(?<=<!-- endpoints -->).*(?=<!-- \/endpoints -->)/s;
const KEYS = /(?<=<!-- keys -->).*(?=<!-- \/keys -->)/s;

/** The texts of the files as they should be, by path. */
export async function documentation(): Promise<Map<string, string>> {
  const { table, page } = await apiReference();
  const readme = await Bun.file("README.md").text();
  return new Map([
    ["README.md", readme.replace(ENDPOINTS, `\n\n${table}\n\n`).replace(KEYS, `\n\n${keyTable()}\n\n`)],
    ["docs/api.md", page],
    ["docs/configuration.md", configurationReference()],
  ]);
}

if (import.meta.main) for (const [path, text] of await documentation()) await Bun.write(path, text);
