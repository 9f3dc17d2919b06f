// Whatever a template expands to must be recognised as one of its URIs; the SDK does the expanding.
import { expect, test } from "bun:test";
import { UriTemplate } from "@modelcontextprotocol/sdk/shared/uriTemplate.js";
import fc from "fast-check";
import { matcherOf } from "../../../src/protocol/uri-template.ts";

/** What the SDK expands as RFC 6570 says: several names in one expression, and "&", only in a query. */
const name = fc.constantFrom("a}", "b}", "c}", "a*}");
const expression = fc.tuple(fc.constantFrom("{", "{+", "{.", "{/"), name).map((parts) => parts.join(""));
const literal = fc.constantFrom("test://", "/", "items", "-", ".json", "(x)", "$^", "[0]");
const end = fc.constantFrom("", "{?a}", "{?a,b*,c}", "?x=1{&a,b}", "{?a}{&b,c}", "{#a}", "{?a}{#b}");
const template = fc
  .tuple(fc.array(fc.oneof(literal, expression), { maxLength: 5 }), end)
  .map(([parts, last]) => parts.join("") + last);

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const value = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }));
const values = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });

test("every expansion of a template matches it", () => {
  fc.assert(
    fc.property(template, values, (text, variables) => {
      const uri = new UriTemplate(text).expand(variables);
      expect([text, uri, matcherOf(text)(uri)]).toEqual([text, uri, true]);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["test://item/{id}", ["test://item/1", "test://item/a%2Fb", "test://item/"]],
  ["file:///{+path}", ["file:///a/b/c.txt", "file:///"]],
  ["db://{table}/rows{?limit,offset}", ["db://t/rows", "db://t/rows?limit=1", "db://t/rows?limit=1&offset=2"]],
  ["a://x{;v}", ["a://x", "a://x;v=1"]],
  ["a://{x,y}", ["a://1,2", "a://1"]],
  ["a://.*", ["a://.*"]],
  ["a://{", ["a://{"]],
])("%s matches %j", (text, uris) => {
  expect(uris.filter(matcherOf(text))).toEqual(uris);
});

test.each([
  ["test://item/{id}", ["test://item", "test://items/1", "test://item/1/2", "xtest://item/1", "test://item/1?x", ""]],
  ["file:///{+path}", ["file://", "files:///a"]],
  ["db://{table}/rows{?limit,offset}", ["db://t/rowsx", "db://t/u/rows", "db://t/rows#x"]],
  ["a://.*", ["a://xx"]],
  ["TEST://{id}", ["test://1"]],
])("%s does not match %j", (text, uris) => {
  expect(uris.filter(matcherOf(text))).toEqual([]);
});

test("a long URI that almost matches is refused at once", () => {
  const matches = matcherOf("geo://{latitude,longitude,height,time}/map");
  const start = performance.now();
  expect(matches(`geo://${"1".repeat(600)}`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});
