// JSON is edited as text: JSON.parse is the judge of what the result means.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Edits,
  edit,
  elements,
  find,
  insert,
  omit,
  parseShape,
  pick,
  prepend,
  put,
} from "../../../src/protocol/json.ts";
import { jsonKey, jsonText, objectText } from "./json-text.ts";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value under a path, as a program would look it up. */
function lookUp(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return isObject(value) && Object.hasOwn(value, key) ? lookUp(value[key], rest) : undefined;
}

/** The edits, done to the value. */
function edited(value: Json, edits: Edits): Json {
  const entries = Object.entries(value).map(([key, before]) => {
    const change = Object.hasOwn(edits, key) ? edits[key] : undefined;
    if (change === undefined) return [key, before];
    if (typeof change === "string") return [key, JSON.parse(change)];
    return [key, isObject(before) ? edited(before, change) : before];
  });
  return Object.fromEntries(entries);
}

const path = fc.array(jsonKey, { maxLength: 3 });

/** What no generated text contains. */
const mark = '"the new value"';

const edits: fc.Arbitrary<Edits> = fc.letrec<{ edits: Edits }>((tie) => ({
  edits: fc.dictionary(jsonKey, fc.oneof({ depthSize: "small" }, fc.constant(mark), tie("edits")), { maxKeys: 3 }),
})).edits;

describe("edit", () => {
  test("replaces the values that are named and no others", () => {
    fc.assert(
      fc.property(objectText, edits, (text, changes) => {
        expect(JSON.parse(edit(text, changes))).toEqual(edited(JSON.parse(text), changes));
      }),
    );
  });

  test("leaves every other byte as it was", () => {
    fc.assert(
      fc.property(objectText, edits, (text, changes) => {
        const kept = edit(text, changes).split(mark);
        let at = 0;
        for (const part of kept) at = expectAt(text, part, at);
        expect(text.startsWith(kept[0] ?? "") && text.endsWith(kept.at(-1) ?? "")).toBe(true);
      }),
    );
  });

  test("replaces every occurrence of a key, however it is written", () => {
    expect(edit('{"id":1, "i\\u0064" : [2],"id":{"id":3}}', { id: "9" })).toBe('{"id":9, "i\\u0064" : 9,"id":9}');
  });

  test("adds nothing", () => {
    expect(edit('{"params":7,"x":{}}', { id: "9", params: { name: "1" }, x: { y: "2" } })).toBe('{"params":7,"x":{}}');
  });
});

/** The end of `part` in `text`, looked for from `start` on. */
function expectAt(text: string, part: string, start: number): number {
  const at = text.indexOf(part, start);
  expect(at).toBeGreaterThanOrEqual(start);
  return at + part.length;
}

test("find and pick give the text of a value, of duplicates the last", () => {
  fc.assert(
    fc.property(objectText, path, (text, keys) => {
      const expected = lookUp(JSON.parse(text), keys);
      const picked = pick(text, keys);
      if (expected === undefined) expect(picked).toBeUndefined();
      else expect(JSON.parse(picked ?? "")).toEqual(expected);
      const span = find(text, keys);
      expect(span && text.slice(span.start, span.end)).toBe(picked);
    }),
  );
});

test("elements gives the texts of an array's elements, and nothing for what is no array", () => {
  fc.assert(
    fc.property(fc.oneof(jsonText, objectText), path, (text, keys) => {
      const expected = lookUp(JSON.parse(text), keys);
      expect(elements(text, keys).map((item) => JSON.parse(item))).toEqual(Array.isArray(expected) ? expected : []);
    }),
  );
});

test("prepend adds members in front", () => {
  fc.assert(
    fc.property(objectText, (text) => {
      const longer = prepend(text, '"x":1,"y":[2]');
      expect(Object.entries(JSON.parse(longer))).toEqual([["x", 1], ["y", [2]], ...Object.entries(JSON.parse(text))]);
      expect(longer).toEndWith(text.slice(text.indexOf("{") + 1));
    }),
  );
});

test("insert adds members in front of those of the object under a path, and nothing where there is none", () => {
  fc.assert(
    fc.property(objectText, path, (text, keys) => {
      const before = lookUp(JSON.parse(text), keys);
      const longer = insert(text, keys, '"new":1,"other":[2]');
      if (!isObject(before)) return expect(longer).toBe(text);
      const after = Object.entries(lookUp(JSON.parse(longer), keys) as Json);
      expect(after).toEqual([["new", 1], ["other", [2]], ...Object.entries(before)]);
      const inside = (find(text, keys)?.start ?? 0) + 1;
      expect(longer).toStartWith(text.slice(0, inside));
      expect(longer).toEndWith(text.slice(inside));
    }),
  );
});

describe("parseShape", () => {
  const limit = 8 * 1024;
  const filled = "x".repeat(limit);

  /** Pieces of strings: whatever may follow a backslash, and what must not stand in a string at all. */
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom("text", "\\n", '\\"', "\\\\", "\\u00e9", "\\ud800", "é", "\u2028", "\u007f"),
    },
    { weight: 1, arbitrary: fc.constantFrom("\\x", "\\u12", "\\u", "\\", '"', "\n", "\u0000", "\u001f", "\\\\x") },
  );
  const filler = fc.constantFrom("", "x".repeat(limit - 8), filled, "\\\\".repeat(limit), "é\\t".repeat(limit));
  const string = fc
    .tuple(fc.array(piece, { maxLength: 3 }), filler, fc.array(piece, { maxLength: 3 }))
    .map(([before, middle, after]) => `"${before.join("")}${middle}${after.join("")}"`);
  const frame = fc.constantFrom(
    ["", ""],
    ['{"method":"a","params":{"text":', ',"more":[1, "two"]}}'],
    [" [", " ]\n"],
    ['{"a":', ""],
    ["", '"'],
    ["\\", ""],
  );
  const longText = fc
    .tuple(frame, fc.array(string, { minLength: 1, maxLength: 2 }))
    .map(([[head, tail], strings]) => `${head}${strings.join()}${tail}`);

  /** The value with "" for every string whose text may be over the limit, which escapes make up to six times as long. */
  const shortened = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_, item) => (typeof item === "string" && item.length * 6 > limit ? "" : item)));

  function outcome(parse: (text: string) => unknown, text: string): unknown {
    try {
      return { value: shortened(parse(text)) };
    } catch {
      return "not JSON";
    }
  }

  test("fails where JSON.parse fails, and gives the same but for long strings", () => {
    const withoutEnd = `"${filled}\\"`;
    fc.assert(
      fc.property(longText, (text) => expect(outcome(parseShape, text)).toEqual(outcome(JSON.parse, text))),
      { numRuns: 1_000, examples: [[withoutEnd]] },
    );
  });

  test("gives the same as JSON.parse for everything short", () => {
    fc.assert(fc.property(jsonText, (text) => expect(parseShape(text)).toEqual(JSON.parse(text))));
  });

  test('gives "" for a string over 8 KiB, its quotes included', () => {
    const sized = (length: number) => ({ text: "x".repeat(length - 2), other: "y".repeat(limit - 2) });
    expect(parseShape(JSON.stringify(sized(limit)))).toEqual(sized(limit));
    expect(parseShape(JSON.stringify(sized(limit + 1)))).toEqual({ ...sized(limit + 1), text: "" });
  });

  test("keeps a long string that the gateway itself reads", () => {
    const long = { uri: filled, nested: [{ nextCursor: filled }], instructions: `"${filled}\n` };
    expect(parseShape(JSON.stringify(long, null, 2))).toEqual(long);
  });

  test("takes in proportion to the length for many long strings", () => {
    const cost = (count: number) => {
      const text = JSON.stringify(Array.from({ length: count }, () => `${filled}.`));
      return Math.min(...Array.from({ length: 5 }, () => cpu(() => parseShape(text))));
    };
    expect(cost(2_000) / cost(500)).toBeLessThan(8);
  });
});

/** The processor time that something takes, in microseconds. */
function cpu(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

describe("omit and put", () => {
  // As JSON has it: there is no -0.
  const anObject = fc
    .dictionary(jsonKey, fc.jsonValue(), { maxKeys: 5 })
    .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
  const keys = fc.uniqueArray(jsonKey, { maxLength: 4 });

  test("take out the members that are named, and leave the others as they stand", () => {
    fc.assert(
      fc.property(anObject, keys, (value, named) => {
        const wrapped = { before: 1, inner: value, after: [value] };
        const text = omit(JSON.stringify(wrapped), ["inner"], new Set(named));
        const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !named.includes(key)));
        expect(JSON.parse(text)).toEqual({ ...wrapped, inner: kept });
      }),
    );
  });

  test("give an object members, in place of what it has", () => {
    fc.assert(
      fc.property(anObject, keys, (value, named) => {
        const members = Object.fromEntries(named.map((key) => [key, mark]));
        const text = put(JSON.stringify({ inner: value }), ["inner"], members);
        const wanted = Object.fromEntries(named.map((key) => [key, JSON.parse(mark)]));
        expect(JSON.parse(text)).toEqual({ inner: { ...value, ...wanted } });
      }),
    );
  });

  test("keep what JavaScript cannot hold, and take out both of two", () => {
    expect(omit('{"a":{"n":1e400, "x":1,"m":12345678901234567890,"x":2}}', ["a"], new Set(["x"]))).toBe(
      '{"a":{"n":1e400,"m":12345678901234567890}}',
    );
  });

  test("leave alone what is not there", () => {
    expect(omit('{ "a" : [1] }', ["a"], new Set(["x"]))).toBe('{ "a" : [1] }');
    expect(omit('{ "a" : 1 }', [], new Set(["x"]))).toBe('{ "a" : 1 }');
    expect(put('{"a":1}', ["b"], { x: "1" })).toBe('{"a":1}');
  });
});
