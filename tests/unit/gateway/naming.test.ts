// Exposed names: as they are, or prefixed and no longer than model APIs take; and who comes first.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byPrecedence, exposedName, type NamingRules } from "../../../src/gateway/naming.ts";
import { upstream } from "./stand-ins.ts";

const prefix: NamingRules = { strategy: "prefix", separator: "_", order: [] };
const limit = 64;

const backend = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,40}$/);
const name = fc.oneof(fc.string({ minLength: 1, maxLength: 128 }), fc.string({ unit: "grapheme", maxLength: 80 }));

describe("exposedName", () => {
  test.each(["first-wins", "priority", "error"] as const)("changes nothing under %s", (strategy) => {
    fc.assert(fc.property(backend, name, (of, it) => expect(exposedName(of, it, { ...prefix, strategy })).toBe(it)));
  });

  test("is the backend, the separator and the name where that is short enough", () => {
    expect(exposedName("git", "log", prefix)).toBe("git_log");
    expect(exposedName("git", "log", { ...prefix, separator: "--" })).toBe("git--log");
    expect(exposedName("git", "x".repeat(60), prefix)).toBe(`git_${"x".repeat(60)}`);
  });

  test("is else cut to 64 characters, of which eight are a hash", () => {
    expect(exposedName("git", "x".repeat(61), prefix)).toMatch(/^git_x{52}[0-9a-f]{8}$/);
    fc.assert(
      fc.property(backend, name, (of, it) => {
        const whole = `${of}_${it}`;
        const exposed = exposedName(of, it, prefix);
        expect(exposed.length).toBeLessThanOrEqual(limit);
        if (whole.length <= limit) expect(exposed).toBe(whole);
        else expect(whole).toStartWith(exposed.slice(0, -8));
        expect(exposedName(of, it, prefix)).toBe(exposed);
      }),
    );
  });

  test("tells long names apart that differ only in their end", () => {
    const names = Array.from({ length: 100 }, (_, index) => `${"x".repeat(90)}${index}`);
    expect(new Set(names.map((it) => exposedName("git", it, prefix))).size).toBe(names.length);
  });

  test("never cuts a character in two", () => {
    for (const start of ["", "x"])
      expect(exposedName("git", start + "😀".repeat(40), prefix).isWellFormed()).toBe(true);
  });
});

describe("byPrecedence", () => {
  const sources = ["a", "b", "c", "d"].map((of) => ({ upstream: upstream(of) }));
  const ranked = (rules: NamingRules) => byPrecedence(sources, rules).map(({ upstream: { name: of } }) => of);

  test.each(["first-wins", "prefix", "error"] as const)("keeps the configuration's order under %s", (strategy) => {
    expect(ranked({ ...prefix, strategy, order: ["d", "a"] })).toEqual(["a", "b", "c", "d"]);
  });

  test("puts those that priority names first, and the others after them as configured", () => {
    expect(ranked({ ...prefix, strategy: "priority", order: ["d", "b"] })).toEqual(["d", "b", "a", "c"]);
    expect(ranked({ ...prefix, strategy: "priority" })).toEqual(["a", "b", "c", "d"]);
  });
});
