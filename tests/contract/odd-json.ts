// Generates JSON text that a program which parses and writes it again would change.
import fc from "fast-check";

/** Numbers that lose something in JavaScript, strings with escapes that have a shorter form, and the like. */
const oddScalars = [
  ...["12345678901234567890", "-9007199254740993", "1.0", "-0", "-0.0", "1e400", "-1E+400", "1e-400", "0.10", "1E2"],
  ...[
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0061"',
    '"\\/"',
    '"\\u2028\u2028"',
    '"\\u0000"',
    '"\u{1F600}"',
    '"\\uD83D\\uDE00"',
  ],
  ...["null", "true", "false", '""', "{}", "[]", '"{\\"id\\":1}"', '"\\"result\\":{}"'],
];

/** Keys that mean something elsewhere in a message, or something in JavaScript. */
const oddKeys = [
  ...["id", "jsonrpc", "method", "params", "result", "error", "name", "uri", "cursor", "_meta", "progressToken"],
  ...["__proto__", "constructor", "toJSON", "length", "", "0", "\\u0069d", 'a\\"b', "ключ", "\u{1F511}"],
];

const scalar = fc.oneof(
  fc.constantFrom(...oddScalars),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.nat(300).map((depth) => `${"[".repeat(depth)}{"deep":1.0}${"]".repeat(depth)}`),
);

const space = fc.constantFrom("", "", " ", "\t ");

/** Any JSON value, as text without line breaks; its objects may have one key twice. */
export const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const key = fc.oneof(
    fc.constantFrom(...oddKeys),
    fc.nat(99).map((n) => `key-${n}`),
  );
  const entry = fc.tuple(key, space, tie("value")).map(([name, gap, text]) => `"${name}":${gap}${text}`);
  const join = ([items, gap]: [string[], string]) => items.join(`${gap},${gap}`);
  return {
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.tuple(fc.array(tie("value"), { maxLength: 4 }), space).map((items) => `[${join(items)}]`),
      fc.tuple(fc.array(entry, { maxLength: 5 }), space).map((entries) => `{${join(entries)}}`),
    ),
  };
}).value;

/** Members with keys that no specification knows: `"vendor/0":…,"vendor/1":…`. */
export const members: fc.Arbitrary<string[]> = fc
  .array(value, { minLength: 1, maxLength: 4 })
  .map((values) => values.map((text, index) => `"vendor/${index}":${text}`));

/** An object with these members, in any order, and unknown ones between them. */
export function objectWith(...known: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.tuple(...known), members)
    .chain(([own, unknown]) => fc.shuffledSubarray([...own, ...unknown], { minLength: own.length + unknown.length }))
    .map((all) => `{${all.join(",")}}`);
}
