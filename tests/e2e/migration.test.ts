// What docs/migration.md shows is what happens: its files are written, its commands run, and their results compared.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { root } from "../fixtures/gateway.ts";
import { newHome } from "../fixtures/home.ts";

setDefaultTimeout(60_000);

interface Block {
  language: string;
  file: string;
  text: string;
}

const document = await Bun.file(join(root, "docs", "migration.md")).text();

const sections = document
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [title = ""] = section.split("\n");
    const blocks = [...section.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
      ([, language = "", file = "", text = ""]): Block => ({ language, file, text }),
    );
    return { title, section, blocks };
  });

test("the page has a section for everything that can be left behind", () => {
  expect(sections.map(({ title }) => title)).toEqual([
    "From Argus MCP in Python",
    "From mcphub",
    "From MetaMCP",
    "From mcp-proxy",
  ]);
});

test.each(sections)("$title", async ({ blocks }) => {
  using home = newHome();
  let ran = 0;
  for (const { language, file, text } of blocks) {
    if (language === "sh") {
      for (const line of text.trim().split("\n")) {
        const { code, stderr } = await home.run(...line.replace(/^argus-mcp /, "").split(" "));
        expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: expect.not.stringContaining("argus-mcp: ") });
        ran++;
      }
    } else if (ran === 0) home.write(file, text);
    else expect(Bun.YAML.parse(home.read(file))).toEqual(Bun.YAML.parse(text));
  }
  expect(ran).toBeGreaterThan(0);
});

describe("a key that has no meaning any more", () => {
  const [python] = sections;
  const config = Bun.YAML.parse(python?.blocks[0]?.text ?? "") as object;
  const keys = [...(python?.section ?? "").matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key = ""]) => key);

  test("is in the table", () => {
    expect(keys.length).toBeGreaterThan(10);
  });

  test.each(keys)("is refused by its name: %s", async (key) => {
    using home = newHome({ "config.yaml": JSON.stringify(withKey(config, key.split("."))) });
    const { code, stderr } = await home.run("server", "--check");
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`unknown key "(${key.split(".").join("|")})"`));
  });
});

describe("init --from tells what it does not take over", () => {
  test.each([
    ["From mcphub", "left out: petstore of mcp_settings.json: it describes a web API"],
    ["From mcphub", "users and bearer keys are not taken over"],
    ["From MetaMCP", "namespaces, endpoints and tools that are switched off are not in the export"],
    ["From mcp-proxy", "authTokens are not taken over"],
    ["From mcp-proxy", "each server had an address of its own"],
  ])("%s: %s", async (title, message) => {
    const [block] = sections.find((section) => section.title === title)?.blocks ?? [];
    using home = newHome({ [block?.file ?? ""]: block?.text ?? "" });
    expect((await home.run("init", "--from", block?.file ?? "")).stderr).toContain(message);
  });
});

function withKey(value: object, [key = "", ...rest]: string[]): object {
  const before = (value as Record<string, object>)[key] ?? {};
  return { ...value, [key]: rest.length === 0 ? {} : withKey(before, rest) };
}
