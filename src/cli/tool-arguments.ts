// Turns what was written on the command line into a tool's arguments, typed by the tool's input schema.
import { readFileSync } from "node:fs";
import { describe } from "../errors.ts";
import type { JsonObject } from "../model.ts";
import { didYouMean } from "./nearest.ts";
import { UsageError } from "./usage.ts";

/** `key=value`, `key:=json` and `key=@file`. */
const WORD = /^(?<key>[^=]+?)(?<operator>:?=)(?<value>.*)$/s;

/** Gives the arguments that these words stand for. Throws UsageError. */
export function argumentsOf(words: readonly string[], schema: JsonObject): JsonObject {
  const args: JsonObject = {};
  for (const word of words) {
    const { key = "", operator, value = "" } = WORD.exec(word)?.groups ?? {};
    if (operator === undefined)
      throw new UsageError(`${JSON.stringify(word)} is no argument; write key=value, key:=json or key=@file`);
    const property = propertyOf(key, schema);
    const typed = operator === ":=" ? json(`${key} is`, value) : typedValue(key, textOf(key, value), property);
    if (!Object.hasOwn(args, key)) args[key] = typed;
    else args[key] = together(key, args[key], typed, property);
  }
  return args;
}

/** Throws UsageError when an argument is missing that the tool needs. */
export function mustBeComplete(tool: string, args: JsonObject, schema: JsonObject): void {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const missing = required.filter((key) => !Object.hasOwn(args, key));
  if (missing.length === 0) return;
  const told = missing.map((key) => `${key} (${typesIn(propertyOf(key, schema)).join(" or ") || "any"})`);
  throw new UsageError(`${tool} needs ${told.join(", ")}`);
}

/** The value of JSON that must be an object. Throws UsageError. */
export function objectOf(text: string): JsonObject {
  const value = json("the arguments on standard input are", text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError("the arguments on standard input must be one JSON object");
  return value as JsonObject;
}

/** A part of a tool's schema. */
interface Part {
  of: JsonObject;
  /** The whole schema, which references are into. */
  schema: JsonObject;
}

function propertyOf(key: string, schema: JsonObject): Part {
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
  if (Object.hasOwn(properties, key)) return { of: properties[key] ?? {}, schema };
  if (schema.additionalProperties !== false) return { of: {}, schema };
  const keys = Object.keys(properties);
  throw new UsageError(`unknown argument "${key}"${didYouMean(key, keys)}; there are ${keys.join(", ") || "none"}`);
}

/** Alternatives within alternatives are looked into so deep: a reference may lead to itself. */
const DEEPEST = 8;

/** The parts of which a value fits one. */
function alternativesOf({ of, schema }: Part, depth = DEEPEST): Part[] {
  if (depth === 0) return [{ of: {}, schema }];
  const { $ref: reference, type, anyOf, oneOf } = of;
  if (typeof reference === "string") return alternativesOf({ of: referred(reference, schema), schema }, depth - 1);
  const several = anyOf ?? oneOf;
  if (type !== undefined || !Array.isArray(several)) return [{ of, schema }];
  return several.flatMap((one: JsonObject) => alternativesOf({ of: one, schema }, depth - 1));
}

/** Follows a reference into the same schema (JSON Schema 2020-12 §8.2.3.1); there is nothing to know at another. */
function referred(reference: string, schema: JsonObject): JsonObject {
  if (!reference.startsWith("#/")) return {};
  const keys = reference.slice(2).split("/");
  return (keys.reduce<unknown>((at, key) => (at as JsonObject | undefined)?.[key], schema) ?? {}) as JsonObject;
}

/** All types that a value may have; none where anything goes. */
function typesIn(part: Part): string[] {
  const types = alternativesOf(part).map(({ of }) => typesOf(of));
  return types.some(({ length }) => length === 0) ? [] : [...new Set(types.flat())];
}

function typesOf({ type, enum: values, const: constant }: JsonObject): string[] {
  if (type !== undefined) return [type].flat().map(String);
  const literals = constant === undefined ? ((values ?? []) as unknown[]) : [constant];
  return literals.map((literal) => (literal === null ? "null" : typeof literal));
}

/** Where text is allowed it is text, whatever it looks like: `:=` gives another type. */
function typedValue(key: string, text: string, part: Part): unknown {
  const types = typesIn(part);
  if (types.length === 0 || types.includes("string")) return text;
  for (const alternative of alternativesOf(part)) {
    for (const type of typesOf(alternative.of)) {
      const value = READERS[type]?.(text, alternative);
      if (value !== undefined) return value;
    }
  }
  throw new UsageError(`${key} is ${article(types.join(" or "))}, not ${JSON.stringify(text)}`);
}

/** Each gives nothing for what is not of its type. */
const READERS: Record<string, (text: string, part: Part) => unknown> = {
  number: numberOf,
  integer: (text) => (Number.isInteger(numberOf(text)) ? numberOf(text) : undefined),
  boolean: (text) => ({ true: true, false: false })[text],
  null: (text) => (text === "null" ? null : undefined),
  object: (text) => tried(text, (value) => typeof value === "object" && value !== null && !Array.isArray(value)),
  array: (text, { of, schema }) =>
    tried(text, Array.isArray) ?? [typedValue("an item", text, { of: (of.items ?? {}) as JsonObject, schema })],
};

function numberOf(text: string): number | undefined {
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function tried(text: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A key that is given again adds to a list. */
function together(key: string, before: unknown, value: unknown, part: Part): unknown {
  if (!typesIn(part).includes("array")) throw new UsageError(`${key} is given twice`);
  return [before, value].flat();
}

function json(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${what} no JSON: ${describe(error)}`);
  }
}

/** `@file` stands for what is in the file. */
function textOf(key: string, value: string): string {
  if (!value.startsWith("@")) return value;
  try {
    return readFileSync(value.slice(1), "utf8");
  } catch (error) {
    throw new UsageError(`${key}: cannot read ${value.slice(1)}: ${describe(error)}`);
  }
}

function article(noun: string): string {
  return `${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}`;
}
