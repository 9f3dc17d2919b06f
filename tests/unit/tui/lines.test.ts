// Lines that screens are made of: marks, facts, values, differences, reloads.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { differenceLines } from "../../../src/tui/screens/lock-table.ts";
import { reloadLines, reloadsOf } from "../../../src/tui/screens/reloads.ts";
import { visible, widthOf } from "../../../src/tui/text.ts";
import type { Line } from "../../../src/tui/theme.ts";
import { factLines, wrapLine } from "../../../src/tui/widgets/facts.ts";
import { finder, marked, markedAt } from "../../../src/tui/widgets/marked.ts";
import { valueLines } from "../../../src/tui/widgets/values.ts";
import { event, idOf } from "./known.ts";

const text = (line: Line) => line.map(([piece]) => piece).join("");
const texts = (lines: readonly Line[]) => lines.map((line) => text(line).trimEnd());

describe("marks", () => {
  test("are where the query is, whatever its case, and nothing is lost", () => {
    expect(marked("Time out: TIME", finder("time"), "bad")).toEqual([
      ["Time", "match"],
      [" out: ", "bad"],
      ["TIME", "match"],
    ]);
    expect(marked("a.b", finder("."))).toEqual([
      ["a", "text"],
      [".", "match"],
      ["b", "text"],
    ]);
    expect(marked("abc", finder(""))).toEqual([["abc", "text"]]);
    // An accent stays on its letter.
    expect(marked("e\u0301a", finder("e"))).toEqual([
      ["e\u0301", "match"],
      ["a", "text"],
    ]);
  });

  test("are where a search by letters has found them, however many characters a letter takes", () => {
    expect(markedAt("👍e\u0301c", [2, 4])).toEqual([
      ["👍", "text"],
      ["e\u0301", "match"],
      ["c", "match"],
    ]);
    expect(markedAt("abc", [])).toEqual([["abc"]]);
  });

  test("change no text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", maxLength: 3 }), (all, query) => {
        expect(text(marked(all, finder(query)))).toBe(all);
      }),
    );
  });
});

test("facts are wrapped beside their labels", () => {
  const lines = factLines(
    [
      ["file", "one two three four five six"],
      ["gone", []],
      ["state", [["live", "good"]]],
    ],
    26,
  );
  expect(texts(lines)).toEqual(["file       one two three", "           four five six", "state      live"]);
});

describe("lines of several pieces", () => {
  const line: Line = [["stdio"], [", shared, group default", "muted"], ["  日本語のとてもながい", "key"]];

  test("are broken at spaces, and each piece stays what it is", () => {
    expect(wrapLine(line, 20)).toEqual([
      [["stdio"], [",", "muted"], [" shared,", "muted"], [" group", "muted"]],
      [["default", "muted"]],
      [["日本語のとてもながい", "key"]],
    ]);
    expect(texts(factLines([["type", line]], 31))).toEqual([
      ...["type       stdio, shared, group", "           default", "           日本語のとてもながい"],
    ]);
  });

  test("fit in any width, and lose nothing but spaces", () => {
    const pieces = fc.array(fc.tuple(fc.string({ unit: "grapheme" })), { minLength: 1 });
    const letters = (given: string) => given.replaceAll(/\s/gu, "");
    fc.assert(
      fc.property(pieces, fc.integer({ min: 2, max: 30 }), (given, columns) => {
        const lines = wrapLine(given, columns);
        for (const one of lines) expect(widthOf(visible(text(one)))).toBeLessThanOrEqual(columns);
        expect(letters(lines.map(text).join(""))).toBe(letters(visible(text(given))));
      }),
    );
  });
});

describe("values", () => {
  test("are keys with what belongs to them", () => {
    const value = { backend: "files", hidden: true, none: null, empty: [], list: ["a", { b: 1 }], deep: { er: "x" } };
    expect(texts(valueLines(value, 40))).toEqual([
      ...["backend  files", "hidden   yes", "none     none", "empty    none"],
      ...["list", "  • a", "  • b     1", "deep", "  er    x"],
    ]);
  });

  test("of any JSON fit, and end", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 9 }), (value) => {
        const lines = valueLines(value, 60);
        expect(lines.length).toBeLessThan(202);
      }),
    );
    expect(
      valueLines(
        Array.from({ length: 5_000 }, (_, index) => index),
        60,
      ).at(-1),
    ).toEqual([["… and 4800 more lines", "muted"]]);
  });
});

test("differences name their key once, with what was and what is", () => {
  const difference = ['description: - "a: + b"', 'description: + "c"', "n: + 1", "… and 3 more differences"];
  const lines = differenceLines({ difference }, 40);
  expect(texts(lines)).toEqual([
    ...["description", '  - "a: + b"', '  + "c"', "n", "  + 1", "… and 3 more differences"],
  ]);
  expect(lines[1]?.at(-1)).toEqual(['"a: + b"', "bad"]);
  expect(lines[2]?.at(-1)).toEqual(['"c"', "good"]);
  for (const line of differenceLines({ difference: [`description: + "${"word ".repeat(50)}"`] }, 40)) {
    expect(widthOf(visible(text(line)))).toBeLessThanOrEqual(40);
  }
});

describe("reloads", () => {
  const nothing = { timestamp: "2026-01-02T03:04:05Z", added: [], removed: [], changed: [], restart: [], errors: [] };

  test("are told by events, the newest first; one that was asked for here only while no event tells of a later one", () => {
    const events = [
      event(1, {
        stage: "config_reloaded",
        details: { added: ["a"], removed: [], changed: [], restart_required: ["x"] },
      }),
      event(2, { stage: "config_rejected", message: "no", details: { errors: ["c.yaml:1:2: wrong"] } }),
      event(3),
    ];
    const own = { result: nothing, after: idOf(2) };
    expect(reloadsOf(events, own).map(({ errors, added }) => [errors.length, added.length])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(reloadsOf(events, { ...own, after: idOf(1) })).toHaveLength(2);
    expect(reloadsOf(events, undefined).at(-1)?.restart).toEqual(["x"]);
    // What an older server, or a stranger, tells has no other form than this.
    const odd = event(4, { stage: "config_rejected", message: "no", details: { errors: "many", added: [1] } });
    expect(reloadsOf([odd], undefined)).toMatchObject([{ errors: ["no"], added: [] }]);
  });

  test("give each place a line of its own", () => {
    const errors = ["/etc/c.yaml:3:5: backends.a: unknown key", "cannot read /etc/c.yaml"];
    expect(texts(reloadLines({ ...nothing, errors }, 60)).slice(1)).toEqual([
      "  /etc/c.yaml:3:5",
      "    backends.a: unknown key",
      "  cannot read /etc/c.yaml",
    ]);
  });
});
