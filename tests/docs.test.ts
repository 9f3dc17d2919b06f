// The documentation that is made from the source is what the source says now.
import { expect, test } from "bun:test";
import { RULES } from "../build/configuration-rules.ts";
import { documentation } from "../build/docs.ts";
import { check } from "../src/config/check.ts";
import type { Problem } from "../src/config/problem.ts";

test("bun run docs would change nothing", async () => {
  const files = await documentation();
  expect([...files.keys()]).toEqual(["README.md", "docs/api.md", "docs/configuration.md", "docs/terminal-ui.md"]);
  for (const [path, text] of files) expect(await Bun.file(path).text()).toBe(text);
  expect(files.get("README.md")).toContain("| GET | `/backends/{name}` |");
  expect(files.get("README.md")).toContain("- (1) roots with `sharing: session`: ");
  expect(files.get("README.md")).toContain("| `q` `ctrl+c` | Quit |\n");
  expect(files.get("README.md")).toContain("| 0.2.0-alpha.12 `--requirements 2026-07-28` | 37/37 |");
  expect(files.get("docs/terminal-ui.md")).toContain("| `q` `ctrl+c` | Quit | Everywhere |");
});

test("the picture in the README tells of the program, of no machine, and needs nothing else", async () => {
  const [, path = ""] = /!\[[^\]]+\]\((docs\/.*\.svg)\)/.exec(await Bun.file("README.md").text()) ?? [];
  const picture = await Bun.file(path).text();
  for (const word of ["Backends", "Traffic", "Events", "ready", "retrying"]) expect(picture).toContain(`>${word}<`);
  expect(picture.length).toBeLessThan(200_000);
  expect(picture).not.toMatch(/\/(home|root|tmp|work|Users|var)\b|url\(|@import|<image|<script/);
  expect(
    picture.match(/https?:\/\/[^\s"<]+/g)?.filter((url) => !/^http:\/\/(www\.w3\.org|127\.0\.0\.1:9000)/.test(url)),
  ).toEqual([]);
});

test.each([
  "| `limits.body` | size | `4MiB` | the largest request |",
  "| `url` | text | – | required | required | http or https |",
  '| `policies[].roles` | list of texts | `["*"]` |',
])("the reference of the configuration has %s", async (row) => {
  expect(await Bun.file("docs/configuration.md").text()).toContain(row);
});

test.each(RULES)("a configuration is refused unless $rule", ({ broken, message }) => {
  const problems: Problem[] = [];
  check({ version: "1", ...broken }, problems);
  expect(problems.map((problem) => problem.message)).toContain(message);
});
