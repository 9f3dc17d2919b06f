// The kinds of values that configuration keys have.
import { type NumberOptions, type TObject, type TProperties, type TUnsafe, Type } from "@sinclair/typebox";

/** A section that may be left out or null: its defaults then count. */
export function section<Properties extends TProperties>(
  properties: Properties,
  description: string,
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, default: {}, description });
}

/** One of these words. */
export function oneOf<const Value extends string>(
  values: readonly Value[],
  options: { default: NoInfer<Value>; description: string },
) {
  const literals = values.map((value) => Type.Literal(value));
  return Type.Union(literals, options) as unknown as TUnsafe<Value>;
}

/** Any text. */
export function text(description: string, options: { default?: string } = {}) {
  return Type.String({ description, ...options });
}

/** A list of texts, empty by default. */
export function texts(description: string) {
  return Type.Array(Type.String(), { default: [], description });
}

/** For numbers that must not be 0. */
export const POSITIVE = { exclusiveMinimum: 0 };

/** A time in seconds. */
export function seconds(value: number, description: string, range: NumberOptions = { minimum: 0 }) {
  return Type.Number({ ...range, default: value, description: `${description}, in seconds` });
}

/** Bytes; also accepted as `512KiB` or `4MiB`. */
export function size(bytes: number, description: string) {
  return Type.Integer({ minimum: 1, default: bytes, unit: "bytes", description });
}
