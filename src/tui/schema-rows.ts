// What a JSON Schema describes as rows: one for each member, with the members of members below. Recursion ends.
import type { JsonObject } from "../model.ts";
import {
  asList,
  asObject,
  choicesOf,
  isObject,
  limitsOf,
  resolved,
  sourceOf,
  textOf,
  typesOf,
  typeText,
} from "./schema.ts";

/** One member of what a schema describes, in the order of reading. */
export interface SchemaRow {
  /** How deep it lies; 0 for the outermost members. */
  readonly depth: number;
  readonly name: string;
  /** `string`, `object[]`, `one of 3`. */
  readonly type: string;
  readonly required: boolean;
  /** What it is unless given, as JSON. */
  readonly fallback: string | undefined;
  /** `1…10`, `at most 20 characters`, `one of "a", "b"`. */
  readonly limits: readonly string[];
  readonly description: string;
}

/** Deeper, and longer, nobody reads; the JSON is a key away. */
const DEEPEST = 8;
const LONGEST = 400;
/** All members of what a schema describes, with theirs. Recursion is named once and not followed. */
export function schemaRows(schema: unknown): SchemaRow[] {
  const rows: SchemaRow[] = [];
  new Walk(schema, rows).into(schema, 0, []);
  return rows;
}

class Walk {
  constructor(
    readonly root: unknown,
    readonly rows: SchemaRow[],
  ) {}

  /** Adds what is inside a value of this schema. `above`: the schemas that it lies in. */
  into(schema: unknown, depth: number, above: readonly unknown[]): void {
    if (this.rows.length >= LONGEST || depth > DEEPEST) return;
    const known = resolved(schema, this.root);
    const inside = [...above, sourceOf(schema, this.root)];
    const required = new Set(asList(known.required));
    for (const [name, member] of Object.entries(asObject(known.properties)))
      this.#add({ name, schema: member, required: required.has(name), depth, above: inside });
    const { additionalProperties: others, items } = known;
    if (isObject(others) && Object.keys(others).length > 0)
      this.#add({ name: "(any name)", schema: others, required: false, depth, above: inside });
    if (isObject(items)) this.#items(items, depth, inside);
    for (const [index, item] of asList(known.prefixItems).entries())
      this.#add({ name: `[${index}]`, schema: item, required: false, depth, above: inside });
    this.#choices(known, depth, inside);
  }

  /** What each item of a list is like, where there is more to say than its type. */
  #items(items: JsonObject, depth: number, above: readonly unknown[]): void {
    const { limits, description, inside } = this.#glance(items);
    if (inside || limits.length > 0 || description !== "")
      this.#add({ name: "[ ]", schema: items, required: false, depth, above });
  }

  /** The alternatives, where there is more to say than their types; beside null there is often only one. */
  #choices(known: JsonObject, depth: number, above: readonly unknown[]): void {
    const choices = choicesOf(known).filter((choice) => !isNull(resolved(choice, this.root)));
    if (!choices.some((choice) => this.#glance(choice).inside || this.#glance(choice).limits.length > 0)) return;
    const [only] = choices;
    if (choices.length === 1) {
      if (!above.includes(sourceOf(only, this.root))) this.into(only, depth, above);
      return;
    }
    for (const [index, choice] of choices.entries()) {
      const { title } = resolved(choice, this.root);
      const name = `${index === 0 ? "either" : "or"} ${typeof title === "string" ? title : index + 1}`;
      this.#add({ name, schema: choice, required: false, depth, above });
    }
  }

  #glance(schema: unknown) {
    const known = resolved(schema, this.root);
    const inside = ["properties", "items", "prefixItems", "oneOf", "anyOf"].some((key) => key in known);
    return { inside, limits: limitsOf(known), description: textOf(known.description) };
  }

  #add(member: { name: string; schema: unknown; required: boolean; depth: number; above: readonly unknown[] }): void {
    const { name, schema, required, depth, above } = member;
    if (this.rows.length >= LONGEST) return;
    const known = resolved(schema, this.root);
    const again = above.includes(sourceOf(schema, this.root));
    this.rows.push({
      ...{ depth, name, required },
      type: typeText(schema, this.root),
      fallback: "default" in known ? JSON.stringify(known.default) : undefined,
      limits: again ? [...limitsOf(known), "as above"] : limitsOf(known),
      description: textOf(known.description),
    });
    if (!again) this.into(schema, depth + 1, above);
  }
}

function isNull(schema: JsonObject): boolean {
  return typesOf(schema).join() === "null";
}
