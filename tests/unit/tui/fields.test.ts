// Fields of forms, and what is typed into them as arguments.
import { expect, test } from "bun:test";
import { checkBy } from "../../../src/tui/call/check.ts";
import { fieldsOf, jsonOf, read } from "../../../src/tui/call/fields.ts";

const schema = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, description: "Whose." },
    age: { type: "integer", minimum: 1 },
    maybe: { anyOf: [{ type: "number" }, { type: "null" }] },
    mode: { enum: ["r", 1, null], default: "r" },
    on: { type: "boolean" },
    tags: { type: "array", items: { $ref: "#/$defs/Tag" }, default: ["a"] },
    either: { type: ["string", "object"] },
    any: {},
  },
  required: ["name", "mode"],
  $defs: { Tag: { type: "string", maxLength: 3 } },
};

const fields = new Map((fieldsOf(schema) ?? []).map((field) => [field.name, field]));

function field(name: string) {
  const found = fields.get(name);
  if (!found) throw new Error(`no field ${name}`);
  return found;
}

test("each member has the field that suits it, with its default typed in", () => {
  expect([...fields.values()].map(({ name, kind, initial }) => [name, kind, initial])).toEqual([
    ["name", "text", ""],
    ["age", "number", ""],
    ["maybe", "number", ""],
    ["mode", "choice", "r"],
    ["on", "choice", ""],
    ["tags", "json", '["a"]'],
    ["either", "any", ""],
    ["any", "any", ""],
  ]);
  expect(field("name")).toMatchObject({
    hint: "string, ≥ 2 characters, required",
    description: "Whose.",
    required: true,
  });
});

test.each([
  ["name", "ab", { value: "ab" }],
  ["name", "", { problem: "is required" }],
  ["age", " 7 ", { value: 7 }],
  ["age", "", { nothing: true }],
  ["age", "seven", { problem: "is no number" }],
  ["mode", "1", { value: 1 }],
  ["mode", "null", { value: null }],
  ["mode", "x", { problem: "is none of r, 1, null" }],
  ["on", "false", { value: false }],
  ["tags", '["b"]', { value: ["b"] }],
  ["tags", "[", { problem: expect.stringMatching(/^is no JSON: .* at line 1, column \d+$/) }],
  ["either", '{"a":1}', { value: { a: 1 } }],
  ["either", "plain words", { value: "plain words" }],
  ["any", "12", { value: 12 }],
])("%s: %p", (name, text, reading) => {
  expect(read(field(name), text)).toEqual(reading as ReturnType<typeof read>);
});

test("a choice that cannot be shown as it is means what it is", () => {
  const [choice] = fieldsOf({ properties: { end: { enum: ["\n", "\r\n"] } } }) ?? [];
  expect(choice && read(choice, "↵")).toEqual({ value: "\n" });
});

test("only JSON can say what has no named members, and what takes nothing has no fields", () => {
  expect(fieldsOf({ type: "object", additionalProperties: true })).toBeUndefined();
  expect(fieldsOf({ type: "object", oneOf: [{ required: ["a"] }] })).toBeUndefined();
  expect(fieldsOf(true)).toBeUndefined();
  expect(fieldsOf({ type: "object" })).toEqual([]);
});

test("what is wrong with JSON is said with its place", () => {
  expect(jsonOf('{\n  "a": 1\n  "b": 2\n}')).toEqual({ problem: "is no JSON: comma expected at line 3, column 3" });
});

test("values are checked by the schema, references included, and a schema that cannot be used finds no fault", () => {
  expect(checkBy(field("age").schema, schema)(0)).toBe("0 is less than 1");
  expect(checkBy(field("age").schema, schema)(1.5)).toBe("integer is wanted, not number");
  expect(checkBy(field("tags").schema, schema)(["long one"])).toMatch(/^0: String is too long/);
  expect(checkBy(schema, schema)({ name: "ab", mode: "r" })).toBeUndefined();
  expect(checkBy({ type: "string", pattern: "(" }, {})("x")).toBeUndefined();
  expect(checkBy({ $ref: "#/nowhere" }, {})("x")).toBeUndefined();
});
