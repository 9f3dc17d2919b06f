// Writes the licences of what is in the executables: most ask that their text goes along.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "./inventory.ts";

const TEXT = /^(?:licen[cs]e|notice|copying)(?:$|[-.](?![cm]?[jt]s$))/i;

/** One section for each part, with the texts that its package has. */
export async function licences(parts: readonly Part[]): Promise<string> {
  const sections = await Promise.all(parts.map(sectionOf));
  return `The executables of Argus MCP contain the following. Argus MCP itself is under the licence in LICENSE.\n${sections.join("")}`;
}

async function sectionOf({ manifest, folder }: Part): Promise<string> {
  const { name, version, license = "no licence named" } = manifest;
  const files = (await readdir(folder)).filter((file) => TEXT.test(file)).sort();
  const texts = await Promise.all(files.map((file) => Bun.file(join(folder, file)).text()));
  return [`\n${"=".repeat(80)}\n${name} ${version}: ${license}\n`, ...texts.map((text) => `\n${text.trim()}\n`)].join(
    "",
  );
}
