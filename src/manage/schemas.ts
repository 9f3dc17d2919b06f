// Small schemas that the resources share.
import { type IntegerOptions, Type } from "@sinclair/typebox";
import { t } from "elysia";
import type { Counts as CapabilityCounts } from "../model.ts";

type Properties = Parameters<typeof t.Object>[0];
type Schema = Properties[string];
type Options = NonNullable<Parameters<typeof t.Object>[1]>;

/** An object with these members and no others. */
export function object<Members extends Properties>(members: Members, options: Options = {}) {
  return t.Object(members, { additionalProperties: false, ...options });
}

/** A member that is always there, as null where there is nothing to say. */
export function nullable<Value extends Schema>(value: Value) {
  return t.Union([value, t.Null()]);
}

/** One of these texts. Elysia's UnionEnum would have the first one as default. */
export function oneOf<const Values extends [string, ...string[]]>(values: Values, description: string) {
  const { default: _, ...schema } = t.UnionEnum(values, { description });
  return schema;
}

/** A whole number. Elysia's own would be documented as a text or a number. */
export function integer(options?: IntegerOptions) {
  return Type.Integer(options);
}

export const Name = t.String({ description: "Name of a backend." });

export const Time = t.String({ format: "date-time", description: "ISO 8601, UTC." });

export const Counts = object(
  { tools: integer(), resources: integer(), prompts: integer() },
  { description: "How many capabilities." },
);

export function countsOf({ tools, resources, prompts }: CapabilityCounts) {
  return { tools, resources, prompts };
}

/** A JSON object of which the API knows nothing. */
export function anything(description: string) {
  return t.Record(t.String(), t.Unknown(), { description });
}
