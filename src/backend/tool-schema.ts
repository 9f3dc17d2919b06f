// Checks that a tool's JSON Schemas are schemas: clients and model APIs reject a whole list for one that is not.
import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"] as const;

/**
 * The keywords that hold schemas or say of what type a value is, as JSON Schema 2020-12 (and draft-07, which agrees on them) defines them.
 * A full meta-schema validator took 12 MiB and 24 ms for what is checked once a tool.
 */
const Schema = Type.Recursive((Self) => {
  const Name = Type.Union(TYPES.map((name) => Type.Literal(name)));
  const Any = Type.Union([Self, Type.Boolean()]);
  const named = Type.Record(Type.String(), Any);
  const several = Type.Array(Any, { minItems: 1 });
  const keywords: Record<string, TSchema> = {
    type: Type.Union([Name, Type.Array(Name, { minItems: 1 })]),
    properties: named,
    patternProperties: named,
    $defs: named,
    definitions: named,
    dependentSchemas: named,
    additionalProperties: Any,
    propertyNames: Any,
    items: Type.Union([Any, Type.Array(Any)]),
    prefixItems: several,
    contains: Any,
    allOf: several,
    anyOf: several,
    oneOf: several,
    not: Any,
    if: Any,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: Any,
    else: Any,
    required: Type.Array(Type.String()),
    enum: Type.Array(Type.Unknown()),
    description: Type.String(),
    pattern: Type.String(),
    minimum: Type.Number(),
    maximum: Type.Number(),
    minLength: Type.Integer({ minimum: 0 }),
    maxLength: Type.Integer({ minimum: 0 }),
  };
  return Type.Partial(Type.Object(keywords));
});

/** Says what is wrong with a tool's schemas, or nothing. */
export function schemaProblem({ inputSchema, outputSchema }: JsonObject): string | undefined {
  if (!isObject(inputSchema) || inputSchema.type !== "object")
    return 'inputSchema must be a JSON Schema of type "object"';
  return (
    problemOf("inputSchema", inputSchema) ??
    (outputSchema === undefined ? undefined : problemOf("outputSchema", outputSchema))
  );
}

function problemOf(name: string, schema: unknown): string | undefined {
  if (Value.Check(Schema, schema)) return undefined;
  const error = Value.Errors(Schema, schema).First();
  return `${name}${error?.path ?? ""} is not valid JSON Schema: ${error?.message ?? ""}`;
}
