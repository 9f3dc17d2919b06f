// Values in the type that the schema wants, where it is clear what they mean; all others stay for the check to refuse.
import { expect, test } from "bun:test";
import { type TSchema, Type } from "@sinclair/typebox";
import { coerce } from "../../../src/config/coerce.ts";

const bytes = Type.Integer({ unit: "bytes" });
const modes = Type.Union([Type.Literal("off"), Type.Literal("on")]);

test.each<[string, TSchema, unknown, unknown]>([
  ["a number", Type.Number(), "2.5", 2.5],
  ["a number", Type.Number(), " -3 ", -3],
  ["a number", Type.Number(), 2, 2],
  ["an integer", Type.Integer(), "9000", 9000],
  ["an integer", Type.Integer(), "1.5", 1.5],
  ["a boolean", Type.Boolean(), "true", true],
  ["a boolean", Type.Boolean(), "false", false],
  ["text", Type.String(), 7, "7"],
  ["text", Type.String(), true, "true"],
  ["text", Type.String(), "1.10", "1.10"],
  ["a size", bytes, "4MiB", 4 * 1024 * 1024],
  ["a size", bytes, "1.5 KiB", 1536],
  ["a size", bytes, "1GiB", 1024 ** 3],
  ["a size", bytes, "10B", 10],
  ["a size", bytes, "4096", 4096],
  ["a word that YAML 1.1 takes for a boolean", modes, false, "off"],
])("as %s: %# %j", (_, schema, value, expected) => {
  expect(coerce(schema, value)).toBe(expected as never);
});

test.each<[TSchema, unknown]>([
  [Type.Number(), "fast"],
  [Type.Number(), "1 s"],
  [Type.Number(), "0x10"],
  [Type.Number(), ""],
  [Type.Number(), "4KiB"],
  [Type.Number(), true],
  [Type.Boolean(), "yes"],
  [modes, true],
  [Type.Union([Type.Literal("a"), Type.Literal("b")]), false],
  [Type.Boolean(), 1],
  [bytes, "4 apples"],
  [bytes, "4mib"],
  [bytes, "4MB"],
  [Type.String(), ["a"]],
  [Type.Object({ a: Type.String() }), "a"],
  [Type.Object({ a: Type.String() }), ["a"]],
  [Type.Array(Type.String()), { 0: 1 }],
])("%# stays as it is", (schema, value) => {
  expect(coerce(schema, value)).toEqual(value);
});

test("goes into objects, records and arrays, and leaves alone what they do not know", () => {
  const schema = Type.Object({
    port: Type.Integer(),
    env: Type.Record(Type.String(), Type.String()),
    args: Type.Array(Type.String()),
  });
  const value = { port: "1", env: { A: 1, B: "b" }, args: [1, "b"], unknown: "1", toString: 5 };
  expect(coerce(schema, value)).toEqual({
    port: 1,
    env: { A: "1", B: "b" },
    args: ["1", "b"],
    unknown: "1",
    toString: 5,
  });
});

test("takes null for nothing said", () => {
  const schema = Type.Object({ a: Type.Optional(Type.String()), b: Type.Object({}) });
  expect(coerce(schema, { a: null, b: {} })).toStrictEqual({ b: {} });
  expect(coerce(schema, null)).toBeUndefined();
});
