// Every block of code in the documentation is run. A comment above one says what it needs: <!-- test: NOTE --> with one of
// - `in a clone`: shell, in a copy of this repository, as it would be cloned; a server that it ends in is awaited and ended
// - `with a gateway`: shell, where config.example.yaml runs; `with a gateway that pins`: with server.tool_lock;
//   `with the configuration above`: where that of the YAML before it on the page runs
// - `input "TEXT"`: shell that reads this
// - `not run, REASON`: shell that needs what not every machine has, of which only the syntax is checked
// - `not a configuration …`: YAML for another program, which is only parsed
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { $ } from "bun";
import { parseAllDocuments } from "yaml";
import { parseServers } from "../src/tui/servers-file.ts";
import { folder, run } from "./fixtures/command.ts";
import { connect } from "./fixtures/connect.ts";
import { root, startGateway } from "./fixtures/gateway.ts";
import { type Block, blocksIn, pages, textOf } from "./fixtures/markdown.ts";
import { newScratch } from "./fixtures/scratch.ts";

setDefaultTimeout(180_000);

/** Pages whose blocks belong together have a test of their own, which names the page. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "docs/api.md": "tests/docs.test.ts",
  "docs/docker.md": "tests/e2e/image.test.ts",
  "docs/migration.md": "tests/e2e/migration.test.ts",
};

const here = pages().filter((page) => !(page in ELSEWHERE));

const RUN: Readonly<Record<string, (block: Block) => unknown>> = {
  sh: runShell,
  yaml: checkYaml,
  json: checkJson,
  // Diagrams, and how a command is written.
  "": () => undefined,
  text: () => undefined,
};

describe.each(here)("%s", (page) => {
  const blocks = blocksIn(page).map((block) => ({ ...block, title: `${block.language} in line ${block.line}` }));
  test("has no block in a language that nothing runs, and no comment that is for none", () => {
    expect(blocks.filter(({ language }) => !(language in RUN))).toEqual([]);
    expect(textOf(page).split("<!-- test: ")).toHaveLength(blocks.filter(({ note }) => note !== "").length + 1);
  });
  for (const { title, ...block } of blocks) test(title, async () => void (await RUN[block.language]?.(block)));
});

test.each(Object.entries(ELSEWHERE))("the blocks of %s are for %s, which knows them", async (page, file) => {
  expect(await Bun.file(join(root, file)).text()).toContain(page);
});

test("a command that fails, a key that is none and a page without a server would be found", async () => {
  const block = { page: "", line: 1, language: "", file: "", note: "" };
  await expect(runShell({ ...block, text: "argus-mcp call nothing\ntrue\n" })).rejects.toThrow();
  await expect(checkYaml({ ...block, text: "server: { prot: 1 }" })).rejects.toThrow();
  await expect(
    checkJson({ ...block, text: '{ "mcpServers": { "a": { "url": "http://127.0.0.1:9000/nowhere" } } }' }),
  ).rejects.toThrow();
});

async function runShell({ page, line, text, note }: Block): Promise<void> {
  const [, input] = /^input "(.*)"$/.exec(note) ?? [];
  if (note.startsWith("not run, ")) return await checkSyntax(text, note);
  expect(note).toMatch(/^$|^input "|^in a clone$|^with a gateway( that pins)?$|^with the configuration above$/);
  await using scratch = await newScratch({ clone: note === "in a clone" });
  if (text.includes("run quickstart")) return await scratch.serves(text);
  if (note.startsWith("with ")) scratch.write("config.yaml", await configurationFor(note, page, line));
  const before = note.startsWith("with ") ? linesBefore(note, text) : "";
  const { code, stdout, stderr } = await scratch.sh(before + text, input);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
}

async function configurationFor(note: string, page: string, line: number): Promise<string> {
  if (note.startsWith("with a gateway")) return await Bun.file(join(root, "config.example.yaml")).text();
  const above = blocksIn(page).findLast((block) => block.language === "yaml" && block.line < line);
  return `${above?.text}server: { port: 9000 }\n`;
}

/** Starts the gateway, unless the block is what comes before that. */
function linesBefore(note: string, text: string): string {
  const pins = "argus-mcp server --update-lock; sed -i.bak 's/^server:/server:\\n  tool_lock: block/' config.yaml\n";
  return (note.endsWith("pins") ? pins : "") + (text.includes("--update-lock") ? "" : "argus-mcp server\n");
}

/** A test that the reason names is there. */
async function checkSyntax(text: string, reason: string): Promise<void> {
  await $`sh -n -c ${text}`;
  for (const [path] of reason.matchAll(/tests\/[\w./-]+\.ts/g)) expect(existsSync(join(root, path))).toBe(true);
}

/** What is left out of a configuration that is shown in part, and what it names outside, is there. */
async function checkYaml({ text, note }: Block): Promise<void> {
  const [document] = parseAllDocuments(text);
  expect(document?.errors).toEqual([]);
  if (note.startsWith("not a configuration")) return;
  const backends = { any: { type: "stdio", command: "cat" } };
  const config = { version: "1", backends, ...(document?.toJS() as object) };
  const secrets = [...text.matchAll(/secret:([\w-]+)/g)].map(([, name = ""]) => [
    `SECRET_${name.toUpperCase().replaceAll("-", "_")}`,
    "s".repeat(32),
  ]);
  using place = folder({
    "config.yaml": { secrets: { provider: "env" }, ...config },
    "argus.lock": { version: 1, backends: {} },
  });
  const { code, stderr } = await run(["server", "--check"], { ...place, env: Object.fromEntries(secrets) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

/** A list of servers is one that the terminal UI takes; an entry for clients makes one connect. */
async function checkJson({ text, file }: Block): Promise<void> {
  const value = JSON.parse(text) as { mcpServers?: Record<string, { url: string }> };
  if (file === "servers.json") expect(parseServers(text, file).servers.length).toBeGreaterThan(0);
  const entries = Object.values(value.mcpServers ?? {});
  if (entries.length === 0) return;
  await using gateway = await startGateway({ version: "1" });
  for (const { url } of entries) {
    expect(new URL(url).pathname).toBe("/mcp");
    await using client = await connect(new URL(url.replace("127.0.0.1:9000", new URL(gateway.url).host)).origin);
    expect(client.getServerVersion()?.name).toBe("argus-mcp");
  }
}
