// Pins: equal definitions have equal hashes, whatever else differs in their texts; other definitions have others.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalText, hashOf, pinOf } from "../../../src/protocol/pin.ts";

const itemOf = (text: string) => ({ text, body: JSON.parse(text) });
const hash = (text: string) => {
  const pin = pinOf(itemOf(text));
  return "hash" in pin ? pin.hash : pin.problem;
};

/** The same value with the keys of all objects the other way around, and more space. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

const definitions = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

test("the order of keys and the space between tokens do not count, all else does", () => {
  fc.assert(
    fc.property(definitions, definitions, (one, other) => {
      const text = JSON.stringify(one);
      expect(hash(JSON.stringify(reversed(one), undefined, 2))).toBe(hash(text));
      expect(hash(text) === hash(JSON.stringify(other))).toBe(Bun.deepEquals(JSON.parse(text), clean(other), true));
    }),
  );
});

const clean = (value: unknown) => JSON.parse(JSON.stringify(value));

test("the canonical text is that of RFC 8785", () => {
  const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": [null, true, 1e30, 4.5], "\ud83d\ude00": "\u000f", "10": {} };
  const expected = '{"\\r":2,"1":[null,true,1e+30,4.5],"10":{},"\u20ac":1,"\ud83d\ude00":"\\u000f","\ufb33":3}';
  expect(canonicalText(value)).toBe(expected);
});

test("the hash is SHA-256 of that, as anybody can compute it", () => {
  const text = '{"b":1,"a":"x"}';
  const expected = new Bun.CryptoHasher("sha256").update('{"a":"x","b":1}').digest("hex");
  expect(pinOf(itemOf(text))).toEqual({ hash: `sha256:${expected}`, definition: { a: "x", b: 1 } });
  expect(hashOf({ a: "x", b: 1 })).toBe(`sha256:${expected}`);
});

test("a long description counts, though the parsed body has none", () => {
  const long = "x".repeat(20_000);
  const texts = [`${long}y`, `${long}z`].map((description) => JSON.stringify({ name: "a", description }));
  const [one, two] = texts.map((text) => pinOf({ text, body: { name: "a", description: "" } }));
  expect(one).not.toEqual(two);
});

describe("what cannot be pinned says why", () => {
  test.each([
    ["a key that stands there twice", '{"name":"a","description":"good","description":"bad"}', "has a key twice"],
    ["also further in, and in disguise", '{"inputSchema":{"type":"object","\\u0074ype":"object"}}', "has a key twice"],
    ["lists in lists", `{"_meta":${"[".repeat(200)}${"]".repeat(200)}}`, "deeper than 100"],
    ["objects in objects", `{"_meta":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`, "deeper than 100"],
  ])("%s", (_, text, why) => expect(pinOf({ text, body: {} })).toEqual({ problem: expect.stringContaining(why) }));

  test("but a colon in a string is no key", () => {
    expect(hash('{"name":"a:b","a\\"b:":"{\\"x\\":1}"}')).toStartWith("sha256:");
  });
});
