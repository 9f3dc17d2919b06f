// A JSON Schema as lines to read: a member a line, what it is for below.
import { type SchemaRow, schemaRows } from "../schema-rows.ts";
import { cut, fit, visible, widthOf, wrap } from "../text.ts";
import type { Line, Role, Span } from "../theme.ts";

const INDENT = 2;
/** Names and types are no wider than this, so that what follows stands in columns. */
const NAME = 28;
const TYPE = 22;

/** The members of what a schema describes, for so many columns. */
export function schemaLines(schema: unknown, width: number): Line[] {
  const rows = schemaRows(schema);
  const longest = (wide: (row: SchemaRow) => number, most: number) =>
    Math.min(most, Math.floor(width / 3), Math.max(0, ...rows.map(wide)));
  const name = longest((row) => INDENT * row.depth + widthOf(visible(row.name)) + 1, NAME);
  const type = longest(({ type }) => widthOf(type), TYPE);
  return rows.flatMap((row) => linesOf(row, { name, type, width }));
}

interface Widths {
  name: number;
  type: number;
  width: number;
}

function linesOf(row: SchemaRow, { name, type, width }: Widths): Line[] {
  const indent = " ".repeat(INDENT * row.depth);
  const mark = row.required ? "*" : "";
  const label = cut(row.name, name - indent.length - mark.length);
  const filler = " ".repeat(Math.max(0, name - indent.length - widthOf(label) - mark.length) + 2);
  const head: Span[] = [[indent], [label, "strong"], [mark, "warning"], [filler], [fit(row.type, type), "info"]];
  const terms = termsOf(row);
  const inline = widthOf(visible(terms)) <= width - name - type - 4;
  const below = " ".repeat(Math.min(indent.length + INDENT, Math.floor(width / 2)));
  const more = (text: string, role: Role) =>
    text === "" ? [] : wrap(text, width - below.length).map((line): Line => [[below], [line, role]]);
  return [
    inline ? [...head, ["  "], [terms, "key"]] : head,
    ...(inline ? [] : more(terms, "key")),
    ...more(row.description, "muted"),
  ];
}

/** What is allowed, and what it is unless given. */
function termsOf({ limits, fallback }: SchemaRow): string {
  return [...limits, ...(fallback === undefined ? [] : [`default ${fallback}`])].join(", ");
}
