// A schema that is none is found out; everything that is one passes, whatever else it holds.
import { expect, test } from "bun:test";
import { schemaProblem } from "../../../src/backend/tool-schema.ts";

const object = { type: "object" };

test.each([
  [{}],
  [{ properties: {} }],
  [{ properties: { a: true, b: false, c: {} }, required: ["a"], additionalProperties: false }],
  [{ $schema: "http://json-schema.org/draft-07/schema#", definitions: { x: object }, dependencies: { a: ["b"] } }],
  [{ $defs: { node: { properties: { next: { $ref: "#/$defs/node" } } } } }],
  [{ properties: { list: { type: "array", items: [object, true], additionalItems: false, prefixItems: [object] } } }],
  [{ properties: { any: { type: ["string", "null"], enum: [1, null], const: undefined, default: { type: 5 } } } }],
  [{ allOf: [{ if: object, else: { not: {} } }], "x-vendor": { properties: 7 }, examples: [{ type: 1 }] }],
  [{ properties: { type: { type: "string" }, properties: { type: "string" }, required: { type: "boolean" } } }],
  [{ properties: { ["__proto__"]: object, constructor: object } }],
])("%j is a schema", (schema) => {
  expect(schemaProblem({ inputSchema: { ...object, ...schema } })).toBeUndefined();
  expect(schemaProblem({ inputSchema: object, outputSchema: { ...object, ...schema } })).toBeUndefined();
});

test.each([
  [{ properties: [] }, "/properties"],
  [{ properties: { a: "string" } }, "/properties/a"],
  [{ properties: { a: { type: "strin" } } }, "/properties/a"],
  [{ properties: { a: { type: "array", items: { type: 5 } } } }, "/properties/a"],
  [{ required: "a" }, "/required"],
  [{ required: [1] }, "/required/0"],
  [{ anyOf: [] }, "/anyOf"],
  [{ anyOf: {} }, "/anyOf"],
  [{ additionalProperties: "no" }, "/additionalProperties"],
  [{ $defs: { x: 1 } }, "/$defs/x"],
  [{ enum: "a" }, "/enum"],
])("%j is none", (schema, path) => {
  expect(schemaProblem({ inputSchema: { ...object, ...schema } })).toStartWith(`inputSchema${path}`);
  expect(schemaProblem({ inputSchema: object, outputSchema: { ...object, ...schema } })).toStartWith(
    `outputSchema${path}`,
  );
});

test("a tool's input is described by an object's schema", () => {
  for (const inputSchema of [undefined, null, "object", [], {}, { type: "array" }, { type: ["object"] }]) {
    expect(schemaProblem({ name: "tool", inputSchema })).toBe('inputSchema must be a JSON Schema of type "object"');
  }
});

test("a tool needs no output schema, but null is none", () => {
  expect(schemaProblem({ inputSchema: object })).toBeUndefined();
  expect(schemaProblem({ inputSchema: object, outputSchema: null })).toStartWith("outputSchema is not valid");
});
