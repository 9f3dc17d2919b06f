// Brings values into the type that the schema wants where the meaning is clear: expansion yields strings, YAML yields numbers and nulls.
import { Kind, type TSchema } from "@sinclair/typebox";

const UNITS: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Gives the value as `schema` wants it where that is possible, else as it was; a null becomes absent, so that the default counts. */
export function coerce(schema: TSchema, value: unknown): unknown {
  if (value === null) return undefined;
  if (schema.type === "object") return coerceObject(schema, value);
  if (schema.type === "array") return coerceArray(schema, value);
  if (schema.type === "string") return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (schema.type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  // A YAML 1.1 program takes `off` for a boolean, and writes it as one.
  if (value === false && schema.anyOf?.some((choice: TSchema) => choice.const === "off")) return "off";
  if (schema.type === "integer" || schema.type === "number") return coerceNumber(value, schema.unit === "bytes");
  return value;
}

/** Where a list is mostly one value, that may be written alone. */
function coerceArray(schema: TSchema, value: unknown): unknown {
  const items = schema.single && typeof value !== "object" ? [value] : value;
  return Array.isArray(items) ? items.map((item) => coerce(schema.items as TSchema, item)) : items;
}

function coerceObject(schema: TSchema, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const member = memberOf(schema, key);
    // A null section has its defaults; a null member of a mapping is a mistake.
    const coerced = member && !(item === null && schema[Kind] === "Record") ? coerce(member, item) : item;
    return coerced === undefined ? [] : [[key, coerced] as const];
  });
  return Object.fromEntries(entries);
}

function memberOf(schema: TSchema, key: string): TSchema | undefined {
  const properties = (schema.properties ?? {}) as Record<string, TSchema>;
  if (Object.hasOwn(properties, key)) return properties[key];
  return schema[Kind] === "Record" ? Object.values(schema.patternProperties as Record<string, TSchema>)[0] : undefined;
}

function coerceNumber(value: unknown, bytes: boolean): unknown {
  if (typeof value !== "string") return value;
  const [, digits = "", unit = ""] = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(value) ?? [];
  const factor = unit === "" ? 1 : bytes ? UNITS[unit] : undefined;
  return digits === "" || factor === undefined ? value : Number(digits) * factor;
}
