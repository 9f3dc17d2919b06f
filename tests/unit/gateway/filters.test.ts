// Globs against a matcher that is too slow and too simple to be wrong.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { filterOf } from "../../../src/gateway/filters.ts";

/** One character of a name: itself, or what a class admits. */
interface Single {
  glob: string;
  admits(character: string): boolean;
}

type Token = "*" | Single;

const characters = [..."aAbz09/._-:?&=+!@#$^%~|,{}()\"' \n", "é", "😀"];

const literal = fc
  .constantFrom(...characters.filter((character) => character !== "?"))
  .map((glob) => ({ glob, admits: (character: string) => character === glob }));
const any = fc.constant({ glob: "?", admits: () => true });
const classes = fc.constantFrom(
  { glob: "[a-z]", admits: (character: string) => character >= "a" && character <= "z" },
  { glob: "[!a]", admits: (character: string) => character !== "a" },
  { glob: "[!a-z0]", admits: (character: string) => character !== "0" && !(character >= "a" && character <= "z") },
  { glob: "[b/.]", admits: (character: string) => "b/.".includes(character) },
  { glob: "[*]", admits: (character: string) => character === "*" },
);
const token: fc.Arbitrary<Token> = fc.oneof({ weight: 3, arbitrary: literal }, any, classes, fc.constant("*" as const));
const tokens = fc.array(token, { minLength: 1, maxLength: 6 });

function matches([first, ...rest]: readonly Token[], name: readonly string[]): boolean {
  if (first === undefined) return name.length === 0;
  const [character, ...others] = name;
  if (first === "*") return matches(rest, name) || (character !== undefined && matches([first, ...rest], others));
  return character !== undefined && first.admits(character) && matches(rest, others);
}

const globOf = (all: readonly Token[]) => all.map((one) => (one === "*" ? one : one.glob)).join("");

/** Names that a glob may match: half of them are made from it. */
function nameFor(all: readonly Token[]): fc.Arbitrary<string> {
  const character = fc.constantFrom(...characters);
  const filling = all.map((one) => {
    if (one === "*") return fc.string({ unit: character, maxLength: 3 });
    return fc.constantFrom(...characters.filter((candidate) => one.admits(candidate)), "*");
  });
  return fc.oneof(
    fc.string({ unit: character, maxLength: 6 }),
    fc.tuple(...filling).map((parts) => parts.join("")),
  );
}

const allows = (glob: string, name: string) => filterOf({ allow: [glob], deny: [] }).admits(name);

test("a glob matches what it says, and nothing else", () => {
  const case_ = tokens.chain((all) => nameFor(all).map((name) => ({ all, glob: globOf(all), name })));
  fc.assert(
    fc.property(case_, ({ all, glob, name }) => {
      expect([glob, name, allows(glob, name)]).toEqual([glob, name, matches(all, [...name])]);
    }),
    { numRuns: 2_000 },
  );
});

describe("each of these", () => {
  test.each([
    ["*", "a/b"],
    ["*", ".hidden"],
    ["*", ".."],
    ["file*", "file:///a/../b"],
    ["a?b", "a/b"],
    ["?", "."],
    ["[!a]", "/"],
    ["*b", "a\nb"],
    ["(a|b)", "(a|b)"],
    ["{a,b}", "{a,b}"],
    ["+(a)", "+(a)"],
    ["!a", "!a"],
    ["./a", "./a"],
    ['"a"', '"a"'],
  ])("%s matches %j", (glob, name) => {
    expect(allows(glob, name)).toBe(true);
  });

  test.each([
    ["a", "A"],
    ["[a-z]", "B"],
    ["a", "a/"],
    ["[a]", "a/"],
    ["(a|b)", "a"],
    ["{a,b}", "a"],
    ["+(a)", "aa"],
    ["!a", "b"],
    ["./a", "a"],
    ['"a"', "a"],
    ["a.b", "a-b"],
    ["", "a"],
  ])("%s does not match %j", (glob, name) => {
    expect(allows(glob, name)).toBe(false);
  });
});

test("deny wins, and an allow list admits only what it matches", () => {
  const names = ["read", "read_all", "write"];
  const admitted = (allow: string[], deny: string[]) => names.filter((name) => filterOf({ allow, deny }).admits(name));
  expect(admitted([], [])).toEqual(names);
  expect(admitted(["read*"], [])).toEqual(["read", "read_all"]);
  expect(admitted([], ["read*"])).toEqual(["write"]);
  expect(admitted(["read*", "write"], ["*_all"])).toEqual(["read", "write"]);
});

test("a resource is known under two names: either may be allowed, and either denied", () => {
  const { admits } = filterOf({ allow: ["docs*"], deny: ["*secret*"] });
  expect(admits("file:///1", "docs one")).toBe(true);
  expect(admits("docs://1", "one")).toBe(true);
  expect(admits("file:///1", "one")).toBe(false);
  expect(admits("docs://secret", "docs one")).toBe(false);
  expect(admits("docs://1", "a secret")).toBe(false);
});
