// What words on the command line become, by a tool's input schema.
import { describe, expect, test } from "bun:test";
import { argumentsOf, mustBeComplete, objectOf } from "../../../src/cli/tool-arguments.ts";
import { UsageError } from "../../../src/cli/usage.ts";
import { folder } from "../../fixtures/command.ts";

const schema = {
  type: "object",
  properties: {
    text: { type: "string" },
    number: { type: "number" },
    whole: { type: "integer" },
    yes: { type: "boolean" },
    object: { type: "object" },
    list: { type: "array", items: { type: "integer" } },
    maybe: { type: ["integer", "null"] },
    either: { anyOf: [{ type: "boolean" }, { type: "number" }] },
    nullable: { type: ["string", "null"] },
    level: { enum: [1, 2] },
    referred: { $ref: "#/$defs/count" },
    optional: { anyOf: [{ $ref: "#/$defs/count" }, { type: "null" }] },
    chosen: { anyOf: [{ $ref: "#/$defs/choice" }, { type: "null" }] },
    counts: { anyOf: [{ type: "array", items: { $ref: "#/$defs/count" } }, { type: "null" }] },
    anything: { anyOf: [{}, { type: "null" }] },
    endless: { $ref: "#/$defs/endless" },
    any: {},
  },
  required: ["text", "referred"],
  $defs: {
    count: { type: "integer" },
    choice: { enum: ["a", "b"] },
    endless: { anyOf: [{ $ref: "#/$defs/endless" }, { $ref: "#/$defs/endless" }] },
  },
};

describe("a value", () => {
  test.each<[string, unknown]>([
    ["text=5", "5"],
    ["text=", ""],
    ["text=a=b:=c", "a=b:=c"],
    ["text=a\nb", "a\nb"],
    ["number=-1.5e3", -1500],
    ["number=.5", 0.5],
    ["whole=7", 7],
    ["yes=true", true],
    ["yes=false", false],
    ['object={"a":[1]}', { a: [1] }],
    ["list=[1,2]", [1, 2]],
    ["list=3", [3]],
    ["maybe=null", null],
    ["maybe=4", 4],
    ["either=true", true],
    ["either=2", 2],
    ["nullable=null", "null"],
    ["nullable:=null", null],
    ["level=2", 2],
    ["referred=9", 9],
    ["optional=9", 9],
    ["optional=null", null],
    ["chosen=a", "a"],
    ["counts=9", [9]],
    ["counts=[9]", [9]],
    ["anything=9", "9"],
    ["endless=9", "9"],
    ["any=9", "9"],
    ["unlisted=9", "9"],
    ["text:=[1]", [1]],
  ])("%j", (word, value) => {
    const [key = ""] = word.split(/:?=/, 1);
    expect(argumentsOf([word], schema)).toEqual({ [key]: value });
  });

  test("comes from a file, whole", () => {
    using place = folder({ note: "two\nlines\n", "object.json": '{"a":1}' });
    const words = [`text=@${place.directory}/note`, `object=@${place.directory}/object.json`];
    expect(argumentsOf(words, schema)).toEqual({ text: "two\nlines\n", object: { a: 1 } });
  });

  test("that is given again adds to a list", () => {
    expect(argumentsOf(["list=1", "list=2", "list=[3,4]"], schema)).toEqual({ list: [1, 2, 3, 4] });
  });

  test.each([
    ["number=ten", 'number is a number, not "ten"'],
    ["number=0x10", 'number is a number, not "0x10"'],
    ["whole=1.5", 'whole is an integer, not "1.5"'],
    ["yes=1", 'yes is a boolean, not "1"'],
    ["object=[]", 'object is an object, not "[]"'],
    ["list=a", 'an item is an integer, not "a"'],
    ["text:=a", "text is no JSON: "],
    ["text", '"text" is no argument; write key=value, key:=json or key=@file'],
    ["=1", '"=1" is no argument'],
    ["text=@/does/not/exist", "text: cannot read /does/not/exist: "],
  ])("%j is wrong usage", (word, message) => {
    expect(() => argumentsOf([word], schema)).toThrow(UsageError);
    expect(() => argumentsOf([word], schema)).toThrow(message);
  });
});

test("a single value is not given twice", () => {
  expect(() => argumentsOf(["text=a", "text=b"], schema)).toThrow("text is given twice");
});

test("where nothing else is allowed, an unknown key is wrong, and the one that was meant is named", () => {
  const closed = { ...schema, additionalProperties: false };
  expect(() => argumentsOf(["txt=1"], closed)).toThrow('unknown argument "txt" — did you mean "text"?');
});

test("what the tool needs must be there, and is named with its type", () => {
  expect(() => mustBeComplete("tool", { text: "" }, schema)).toThrow("tool needs referred (integer)");
  expect(() => mustBeComplete("tool", {}, schema)).toThrow("tool needs text (string), referred (integer)");
  expect(mustBeComplete("tool", {}, {})).toBeUndefined();
});

test("all arguments at once are one JSON object", () => {
  expect(objectOf(' {"a": 1} ')).toEqual({ a: 1 });
  for (const text of ["", "[1]", "null", "1", "{"]) expect(() => objectOf(text)).toThrow(UsageError);
});
