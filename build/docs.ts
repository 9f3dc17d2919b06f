// bun run docs: writes the parts of the documentation that are made from the source.
import { apiReference } from "./api-reference.ts";
import { configurationReference } from "./configuration-reference.ts";
import { conformanceTable } from "./conformance-table.ts";
import { eraTable } from "./era-table.ts";
import { commonKeys, keyTable } from "./key-table.ts";

const TERMINAL_UI = "docs/terminal-ui.md";

/** What stands between these comments is made here. */
const ENDPOINTS = /(?<=<!-- endpoints -->).*(?=<!-- \/endpoints -->)/s;
const ERAS = /(?<=<!-- eras -->).*(?=<!-- \/eras -->)/s;
const KEYS = /(?<=<!-- keys -->).*(?=<!-- \/keys -->)/s;
const CONFORMANCE = /(?<=<!-- conformance -->).*(?=<!-- \/conformance -->)/s;

/** The texts of the files as they should be, by path. */
export async function documentation(): Promise<Map<string, string>> {
  const { table, page } = await apiReference();
  const readme = await Bun.file("README.md").text();
  const terminalUi = await Bun.file(TERMINAL_UI).text();
  const tables = readme.replace(ENDPOINTS, between(table)).replace(KEYS, between(commonKeys()));
  return new Map([
    ["README.md", tables.replace(CONFORMANCE, between(conformanceTable())).replace(ERAS, between(eraTable()))],
    ["docs/api.md", page],
    ["docs/configuration.md", configurationReference()],
    [TERMINAL_UI, terminalUi.replace(KEYS, between(keyTable()))],
  ]);
}

function between(table: string): string {
  return `\n\n${table}\n\n`;
}

if (import.meta.main) for (const [path, text] of await documentation()) await Bun.write(path, text);
