// The commands and flags that the documentation names are the program's, and the README has all commands.
import { beforeAll, describe, expect, test } from "bun:test";
import { CLIENTS, entryFor } from "../src/clients/client.ts";
import { run } from "./fixtures/command.ts";
import { root } from "./fixtures/gateway.ts";
import { pages, textOf } from "./fixtures/markdown.ts";

/** Code in a sentence or a table that is a command, with what follows it. */
const COMMAND = /`argus-mcp ([a-z]+)([^`]*)`/g;

const helps = new Map<string, string>();

async function helpOf(...words: string[]): Promise<string> {
  const { code, stdout } = await run([...words, "--help"], { directory: root });
  return code === 0 ? stdout : "";
}

let commands: string[];

beforeAll(async () => {
  commands = [...(await helpOf()).matchAll(/^ {2,}([a-z]+) {4}/gm)].map(([, name = ""]) => name);
  for (const name of commands) helps.set(name, await helpOf(name));
  const actions = [...(helps.get("client") ?? "").matchAll(/^ {2,}([a-z]+) {4}/gm)].map(([, name = ""]) => name);
  for (const name of actions) helps.set(`client ${name}`, await helpOf("client", name));
});

test("the README has every command in its table", () => {
  const table = [...textOf("README.md").matchAll(/^\| `argus-mcp ([a-z]+)/gm)].map(([, name = ""]) => name);
  expect(commands.length).toBeGreaterThan(9);
  expect([...new Set(table)].toSorted()).toEqual(commands.toSorted());
});

test.each(CLIENTS)("the README shows what $name gets", (client) => {
  const [, what = ""] = new RegExp(`^\\| \`${client.name}\` \\| ([^|]+)`, "m").exec(textOf("README.md")) ?? [];
  const { command, type, ...keys } = entryFor(client, new URL("http://127.0.0.1:9000/mcp")) ?? {};
  if (command) expect(what).toStartWith(`\`${command} mcp-remote\``);
  else for (const key of Object.keys(keys)) expect(what).toContain(`"${key}": …`);
  if (type) expect(what).toContain(`"type": "${type}"`);
});

describe.each(pages())("%s names commands with flags that there are", (page) => {
  const named = [...textOf(page).matchAll(COMMAND)].map(([whole, name = "", rest = ""]) => ({ whole, name, rest }));
  for (const { whole, name, rest } of named)
    test(whole, () => {
      const [action = ""] = rest.trim().split(/\s/);
      const help = helps.get(`${name} ${action}`) ?? helps.get(name);
      expect(help).toBeDefined();
      const [own = ""] = rest.split(" -- ");
      for (const [flag] of own.matchAll(/--[a-z-]+/g)) expect(help).toContain(flag);
    });
});
