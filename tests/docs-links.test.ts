// Links and anchors in the documentation lead somewhere, and the messages that it quotes are the program's.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";
import { root } from "./fixtures/gateway.ts";
import { anchorsOf, linksOf, pages, proseOf } from "./fixtures/markdown.ts";

describe("links", () => {
  test.each(pages())("of %s lead somewhere", (page) => {
    expect(linksOf(page).filter((link) => !leads(page, link))).toEqual([]);
  });

  test("reach every page from the README", () => {
    const found = new Set(["README.md"]);
    for (const page of found)
      for (const link of linksOf(page)) {
        const target = normalize(join(dirname(page), link.split("#")[0] ?? ""));
        if (target.endsWith(".md")) found.add(target);
      }
    expect([...found].toSorted()).toEqual(pages().toSorted());
  });

  test("that lead nowhere would be found", () => {
    for (const link of ["docs/nowhere.md", "#nowhere", "docs/api.md#nowhere", "ftp://x", "/etc/passwd"])
      expect(leads("README.md", link)).toBe(false);
  });
});

/** What is outside is only looked at for being an address. */
function leads(page: string, link: string): boolean {
  if (/^https:\/\/[\w.-]+\.[a-z]+(\/|$)/.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (/^[a-z]+:|^\//.test(link) || target.startsWith("..") || !existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

describe("docs/troubleshooting.md", () => {
  const source = [...new Glob("src/**/*.ts").scanSync(root)].map((path) => readFileSync(join(root, path), "utf8"));
  const cells = [...proseOf("docs/troubleshooting.md").matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = ""]) => cell);
  const quoted = cells.flatMap((cell) => /^`([^`]+)`/.exec(cell)?.[1] ?? []);

  test("quotes messages", () => {
    expect(quoted.length).toBeGreaterThan(50);
  });

  test.each(quoted)("the source has: %s", (message) => {
    expect(source.some((text) => says(text, message))).toBe(true);
  });

  test("a message that the source has not would be found", () => {
    expect(source.some((text) => says(text, "no such … as this one"))).toBe(false);
  });
});

/** Whether all that stands between the dots of three is near to each other: a reason may be put together before the sentence that it is in. */
function says(text: string, message: string): boolean {
  // Punctuation belongs to whoever puts the parts together.
  const parts = message
    .split("…")
    .map((part) => part.replace(/^\W+|\W+$/g, ""))
    .filter((part) => part.length > 1);
  const [longest = ""] = parts.toSorted((one, other) => other.length - one.length);
  if (parts.join("").length < 8) return false;
  const places = [...text.matchAll(new RegExp(RegExp.escape(longest), "g"))].map(({ index }) => index);
  return places.some((at) => {
    const near = text.slice(Math.max(0, at - NEAR), at + longest.length + NEAR);
    return parts.every((part) => near.includes(part));
  });
}

/** In characters. */
const NEAR = 200;
