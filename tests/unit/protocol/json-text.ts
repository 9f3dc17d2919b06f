// Generates JSON text as no program writes it: odd white space, escapes where none are needed, and keys that occur twice.
import fc from "fast-check";

/** As they stand in the text; several of them mean the same key. */
const rawKeys = ["a", "\\u0061", "b", "", 'a\\"b', "__proto__", "\\ud83d\\ude00", "😀"];

const space = fc.constantFrom("", "", "", " ", "\n", "\t\r\n  ");

const scalar = fc.oneof(
  fc.constantFrom("null", "true", "0", "-1.50", "12345678901234567890", "1e400", '"\\u007b\\"}"', '"]\\\\"', '"\\/"'),
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => JSON.stringify(text)),
);

const { value, object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => {
  const member = fc
    .tuple(space, fc.constantFrom(...rawKeys), space, tie("value"))
    .map(([before, key, gap, text]) => `${before}"${key}"${gap}:${text}`);
  return {
    value: fc
      .tuple(space, fc.oneof({ depthSize: "small" }, scalar, tie("array"), tie("object")), space)
      .map((parts) => parts.join("")),
    array: fc.tuple(fc.array(tie("value"), { maxLength: 4 }), space).map(([items, gap]) => `[${items.join() || gap}]`),
    object: fc.tuple(fc.array(member, { maxLength: 6 }), space).map(([all, gap]) => `{${all.join() || gap}}`),
  };
});

/** Any JSON value. */
export const jsonText = value;

/** A JSON object. */
export const objectText = object;

/** A key that may occur in such text, as JSON.parse gives it. */
export const jsonKey = fc.constantFrom(...rawKeys.map((raw) => String(JSON.parse(`"${raw}"`))));
