// JSON Schemas as rows: what members there are, what they may be, and that no schema makes it endless.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { resolved, typeText } from "../../../src/tui/schema.ts";
import { schemaRows } from "../../../src/tui/schema-rows.ts";

/** Rows in short: indented name, `*` where required, type, and limits. */
const short = (schema: unknown) =>
  schemaRows(schema).map(
    ({ depth, name, required, type, limits }) =>
      `${"  ".repeat(depth)}${name}${required ? "*" : ""}: ${[type, ...limits].join(", ")}`,
  );

test("members in their order, with what is required, allowed and given", () => {
  const schema = {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, maxLength: 9, pattern: "^/", description: "Where." },
      mode: { enum: ["r", "w"], default: "r" },
      limit: { type: ["integer", "null"], minimum: 1 },
      when: { type: "string", format: "date-time", deprecated: true },
      any: true,
    },
    required: ["path"],
  };
  expect(short(schema)).toEqual([
    "path*: string, 1…9 characters, /^\\//".replace("\\/", "/"),
    'mode: enum, "r" | "w"',
    "limit: integer or null, ≥ 1",
    "when: string, date-time, deprecated",
    "any: any",
  ]);
  expect(schemaRows(schema)[0]).toMatchObject({ description: "Where." });
  expect(schemaRows(schema)[1]).toMatchObject({ fallback: '"r"' });
});

test("what is inside objects, lists, maps and alternatives", () => {
  const schema = {
    type: "object",
    properties: {
      edits: { type: "array", minItems: 1, items: { type: "object", properties: { old: { type: "string" } } } },
      tags: { type: "array", items: { type: "string" } },
      env: { type: "object", additionalProperties: { type: "number" } },
      where: { anyOf: [{ $ref: "#/$defs/Place" }, { type: "null" }] },
      shape: {
        oneOf: [
          { title: "Circle", properties: { radius: { type: "number" } } },
          { title: "Square", properties: { side: { type: "number" } } },
        ],
      },
    },
    $defs: {
      Place: { allOf: [{ properties: { x: { type: "number" } } }, { properties: { y: {} }, required: ["y"] }] },
    },
  };
  expect(short(schema)).toEqual([
    "edits: object[], ≥ 1 items",
    "  [ ]: object",
    "    old: string",
    "tags: string[]",
    "env: object",
    "  (any name): number",
    "where: object or null",
    "  x: number",
    "  y*: any",
    "shape: object",
    "  either Circle: object",
    "    radius: number",
    "  or Square: object",
    "    side: number",
  ]);
});

test("recursion is named once and not followed", () => {
  const schema = {
    type: "object",
    properties: { root: { $ref: "#/$defs/Node" } },
    $defs: {
      Node: {
        type: "object",
        properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/Node" } } },
      },
    },
  };
  expect(short(schema)).toEqual([
    "root: object",
    "  name: string",
    "  children: object[]",
    "    [ ]: object, as above",
  ]);
  expect(short({ type: "object", properties: { self: { $ref: "#" } } })).toEqual(["self: object, as above"]);
});

test("circles of references, and pointers that lead nowhere, say nothing", () => {
  expect(
    resolved({ $ref: "#/$defs/a" }, { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } }),
  ).not.toBeNull();
  expect(resolved({ $ref: "#/nowhere", title: "kept" }, {})).toEqual({ title: "kept" });
  expect(resolved({ $ref: "https://example.com/schema" }, {})).toEqual({});
  expect(resolved({ $ref: "#/a~1b/c%20d" }, { "a/b": { "c d": { type: "null" } } })).toEqual({ type: "null" });
  const self = { allOf: [{ $ref: "#" }], title: "self" };
  expect(resolved(self, self)).toMatchObject({ title: "self" });
  expect(typeText({ $ref: "#" }, { type: "array", items: { $ref: "#" } })).toBe("array[][][]");
});

test("ends soon whatever it is given", () => {
  const schema = fc.letrec((tie) => ({
    schema: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(true, false, null, 1, "x", {}, { $ref: "#" }, { $ref: "#/$defs/a" }),
      fc.record(
        {
          type: fc.constantFrom("object", "array", ["string", "null"], 5),
          properties: fc.dictionary(fc.constantFrom("a", "b", "__proto__"), tie("schema")),
          items: tie("schema"),
          anyOf: fc.array(tie("schema"), { maxLength: 3 }),
          allOf: fc.array(tie("schema"), { maxLength: 3 }),
          $defs: fc.record({ a: tie("schema") }),
          required: fc.constantFrom(["a"], "a", null),
          enum: fc.constantFrom([1, "x"], null),
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema;
  fc.assert(fc.property(schema, (any) => schemaRows(any).length <= 400));
});
