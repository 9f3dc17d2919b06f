// The fields of a form for what a JSON Schema describes, and what is typed into them as arguments.
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { JsonObject } from "../../model.ts";
import { asList, choicesOf, isObject, limitsOf, resolved, textOf, typesOf, typeText, valuesOf } from "../schema.ts";
import { visible } from "../text.ts";

/** `any`: JSON where it is some, else a text. */
export type FieldKind = "text" | "number" | "choice" | "json" | "any";

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** What may be given, in few words. */
  readonly hint: string;
  readonly required: boolean;
  readonly description: string;
  /** For a choice: the values, in the order of the schema. */
  readonly values: readonly unknown[];
  /** What stands in it at first, as one would type it. */
  readonly initial: string;
  readonly schema: unknown;
}

/** What a text in a field stands for. */
export type Reading = { value: unknown } | { problem: string } | { nothing: true };

/** Fields for the members of a schema; none when its members are not all named, and only JSON can say it. */
export function fieldsOf(schema: unknown): Field[] | undefined {
  const known = resolved(schema, schema);
  const named = isObject(known.properties) ? known.properties : {};
  const open = known.additionalProperties === true || isObject(known.additionalProperties);
  const several = choicesOf(known).length > 0 || isObject(known.patternProperties);
  if (Object.keys(named).length === 0 && (open || several || !isObject(schema))) return undefined;
  const required = new Set(asList(known.required));
  return Object.entries(named).map(([name, member]) => fieldOf(name, { schema: member, root: schema, required }));
}

function fieldOf(
  name: string,
  { schema, root, required }: { schema: unknown; root: unknown; required: ReadonlySet<unknown> },
): Field {
  const known = resolved(schema, root);
  const values = choiceValues(known);
  const kind = kindOf(known, root, values);
  const limits = values.length > 0 ? [] : limitsOf(known);
  return {
    ...{ name, kind, values, schema },
    hint: [typeText(schema, root), ...limits, ...(required.has(name) ? ["required"] : [])].join(", "),
    required: required.has(name),
    description: textOf(known.description),
    initial: "default" in known ? shownAs(known.default, kind) : "",
  };
}

function choiceValues(known: JsonObject): readonly unknown[] {
  const values = valuesOf(known);
  if (values) return values;
  return typesOf(known).join() === "boolean" ? [true, false] : [];
}

function kindOf(known: JsonObject, root: unknown, values: readonly unknown[]): FieldKind {
  if (values.length > 0) return "choice";
  const types = [known, ...choicesOf(known).map((choice) => resolved(choice, root))].flatMap(typesOf);
  const kinds = new Set(types.filter((type) => type !== "null").map((type) => (type === "integer" ? "number" : type)));
  if (kinds.size === 1 && kinds.has("string")) return "text";
  if (kinds.size === 1 && kinds.has("number")) return "number";
  return kinds.size === 0 || kinds.has("string") ? "any" : "json";
}

/** A value as one would type it into a field. */
export function shownAs(value: unknown, kind: FieldKind): string {
  if (typeof value === "string" && (kind !== "any" || !isJson(value))) return value;
  return JSON.stringify(value) ?? "";
}

/** A choice as it is shown, and chosen. */
export function choiceText(value: unknown): string {
  return visible(shownAs(value, "choice"));
}

/** What the text in a field stands for. An empty one is none. */
export function read({ kind, required, values }: Field, text: string): Reading {
  if (text.trim() === "") return required ? { problem: "is required" } : { nothing: true };
  switch (kind) {
    case "text":
      return { value: text };
    case "number":
      return numberOf(text);
    case "choice":
      return values.some((value) => choiceText(value) === visible(text))
        ? { value: values.find((value) => choiceText(value) === visible(text)) }
        : { problem: `is none of ${values.map(choiceText).join(", ")}` };
    case "json":
      return jsonOf(text);
    default:
      return isJson(text) ? jsonOf(text) : { value: text };
  }
}

function numberOf(text: string): Reading {
  const value = Number(text);
  return Number.isFinite(value) ? { value } : { problem: "is no number" };
}

/** What a text means as JSON, or what is wrong with it and where. */
export function jsonOf(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: `is no JSON${faultIn(text)}` };
  }
}

/** `: comma expected at line 2, column 5`. */
function faultIn(text: string): string {
  const faults: ParseError[] = [];
  parse(text, faults, { disallowComments: true });
  const [first] = faults;
  if (!first) return "";
  const before = text.slice(0, first.offset).split("\n");
  const what = printParseErrorCode(first.error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `: ${what.toLowerCase()} at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

function isJson(text: string): boolean {
  return "value" in jsonOf(text);
}
