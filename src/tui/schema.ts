// JSON Schema as people need it: what a value may be, in few words, and what is inside.
import type { JsonObject } from "../model.ts";

/** A chain of references that is longer is a circle. */
const CHAIN = 16;
/** Names of the alternatives of a choice. */
const CHOICES = ["oneOf", "anyOf"] as const;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema that this one stands for: local references are followed, what must all hold is put together. Never endless. */
export function resolved(schema: unknown, root: unknown): JsonObject {
  let found = isObject(schema) ? schema : {};
  for (let hops = 0; typeof found.$ref === "string" && hops < CHAIN; hops++) {
    const { $ref, ...beside } = found;
    const target = pointed($ref as string, root);
    if (!isObject(target)) return beside;
    found = { ...target, ...beside };
  }
  return Array.isArray(found.allOf) ? merged(found, root) : found;
}

/** What several schemas say together. They are taken without their own allOf: a schema may contain itself. */
function merged({ allOf, ...own }: JsonObject, root: unknown): JsonObject {
  const all: JsonObject = {};
  for (const part of [...asList(allOf).map((part) => targetOf(asObject(part), root)), own]) {
    const properties = { ...asObject(all.properties), ...asObject(part.properties) };
    const required = [...asList(all.required), ...asList(part.required)];
    Object.assign(all, part, { properties, required });
  }
  return all;
}

function targetOf({ $ref, allOf: _, ...beside }: JsonObject, root: unknown): JsonObject {
  if (typeof $ref !== "string") return beside;
  const { $ref: _again, allOf: _own, ...target } = asObject(pointed($ref, root));
  return { ...target, ...beside };
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a JSON Pointer in a fragment leads to (RFC 6901); other documents are not fetched. */
function pointed(reference: string, root: unknown): unknown {
  if (!reference.startsWith("#")) return undefined;
  const steps = reference.slice(1).split("/").slice(1);
  return steps.reduce<unknown>((place, step) => {
    const key = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    return isObject(place) || Array.isArray(place) ? Reflect.get(place, key) : undefined;
  }, root);
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The types that a value may have; none when the schema does not say. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.map(String);
  if (isObject(schema.properties)) return ["object"];
  return "items" in schema ? ["array"] : [];
}

/** What a value is, in few words. */
export function typeText(schema: unknown, root: unknown, depth = 0): string {
  if (schema === true || schema === undefined) return "any";
  if (schema === false) return "nothing";
  const known = resolved(schema, root);
  if ("const" in known) return "constant";
  const types = typesOf(known);
  const choices = choicesOf(known);
  if (types.length === 0 && choices.length > 0) return choiceText(choices, root, depth);
  if (types.length === 0) return Array.isArray(known.enum) ? "enum" : "any";
  return types.map((type) => (type === "array" ? arrayText(known, root, depth) : type)).join(" or ");
}

function arrayText({ items }: JsonObject, root: unknown, depth: number): string {
  const inside = items === undefined || depth > 2 ? "any" : typeText(items, root, depth + 1);
  if (inside === "any") return "array";
  return inside.includes(" ") ? `(${inside})[]` : `${inside}[]`;
}

function choiceText(choices: readonly unknown[], root: unknown, depth: number): string {
  const words = depth > 2 ? [] : [...new Set(choices.map((choice) => typeText(choice, root, depth + 1)))];
  return words.length > 0 && words.length <= 2 ? words.join(" or ") : `one of ${choices.length}`;
}

/** What it is one of. */
export function choicesOf(schema: JsonObject): readonly unknown[] {
  return CHOICES.flatMap((key) => asList(schema[key]));
}

/** The values of an enum, or the one that there can be. */
export function valuesOf(schema: JsonObject): readonly unknown[] | undefined {
  if ("const" in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** What is allowed, each in a few words. */
export function limitsOf(schema: JsonObject): string[] {
  const values = valuesOf(schema);
  const { format, pattern, multipleOf, uniqueItems } = schema;
  return [
    ...(values ? [values.map((value) => JSON.stringify(value)).join(" | ")] : []),
    ...range(schema, ["minimum", "maximum"], ""),
    ...range(schema, ["exclusiveMinimum", "exclusiveMaximum"], " exclusive"),
    ...range(schema, ["minLength", "maxLength"], " characters"),
    ...range(schema, ["minItems", "maxItems"], " items"),
    ...(typeof format === "string" ? [format] : []),
    ...(typeof pattern === "string" ? [`/${pattern}/`] : []),
    ...(typeof multipleOf === "number" ? [`multiple of ${multipleOf}`] : []),
    ...(uniqueItems === true ? ["no two alike"] : []),
    ...(schema.deprecated === true ? ["deprecated"] : []),
  ];
}

function range(schema: JsonObject, [low, high]: readonly [string, string], unit: string): string[] {
  const [from, to] = [schema[low], schema[high]];
  if (typeof from === "number" && typeof to === "number") return [`${from}…${to}${unit}`];
  if (typeof from === "number") return [`≥ ${from}${unit}`];
  return typeof to === "number" ? [`≤ ${to}${unit}`] : [];
}

/** What a schema stands for as the one object that it is, so that recursion is seen. */
export function sourceOf(schema: unknown, root: unknown): unknown {
  let found = schema;
  for (let hops = 0; isObject(found) && typeof found.$ref === "string" && hops < CHAIN; hops++)
    found = pointed(found.$ref, root);
  return found;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
