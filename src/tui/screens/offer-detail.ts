// All that is known of one capability, as lines.
import { asList, asObject, isObject, textOf } from "../schema.ts";
import { schemaRows } from "../schema-rows.ts";
import { fit, wrap } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import type { Entry, Prompt, Tool } from "./offer.ts";
import { schemaLines } from "./schema-lines.ts";

const LABEL = 10;

/** What it is and does, then what it takes and gives, for so many columns. */
export function entryLines(entry: Entry, width: number): Line[] {
  return [
    ...factsOf(entry).flatMap(([label, line]) => labelled(label, line, width)),
    ...described(entry, width),
    ...insideOf(entry, width),
  ];
}

type Fact = readonly [label: string, value: Span];

function factsOf(entry: Entry): Fact[] {
  const { name, original, title, backend, hidden } = entry;
  const type = "mime_type" in entry.record ? entry.record.mime_type : null;
  return [
    [entry.kind === "resources" || entry.kind === "resource_templates" ? "URI" : "name", [name, "strong"]],
    ...(original === name ? [] : [["original", [original]] satisfies Fact]),
    ...(title === null ? [] : [["title", [title]] satisfies Fact]),
    ["backend", [backend, "key"]],
    ...(type === null ? [] : [["type", [type]] satisfies Fact]),
    ...(entry.kind === "tools" ? hintsOf(entry.record) : []),
    ...(hidden ? [["hidden", ["a filter or the tool lock keeps it from clients", "warning"]] satisfies Fact] : []),
  ];
}

function labelled(label: string, [text, role]: Span, width: number): Line[] {
  return wrap(text, width - LABEL).map(
    (line, index): Line => [
      [fit(index === 0 ? label : "", LABEL), "muted"],
      [line, role],
    ],
  );
}

/** What the backend says of the tool's effects; it need not be true. */
function hintsOf({ annotations }: Tool): Fact[] {
  const hints = asObject(annotations);
  const says = (name: string, yes: string, no = "") => (hints[name] === true ? yes : hints[name] === false ? no : "");
  const reads = hints.readOnlyHint === true;
  const words = [
    says("readOnlyHint", "only reads"),
    reads ? "" : says("destructiveHint", "destroys", "destroys nothing"),
    reads ? "" : says("idempotentHint", "may be repeated"),
    says("openWorldHint", "reaches outside"),
  ].filter(Boolean);
  if (words.length === 0) return [];
  return [["effects", [words.join(", "), isDestructive(annotations) ? "bad" : "text"]]];
}

/** Whether a tool says of itself that it destroys (MCP, ToolAnnotations). */
export function isDestructive(annotations: unknown): boolean {
  const { destructiveHint, readOnlyHint } = asObject(annotations);
  return destructiveHint === true && readOnlyHint !== true;
}

function described({ description }: Entry, width: number): Line[] {
  if (description.trim() === "") return [];
  return [[], ...wrap(description.trim(), width).map((line): Line => [[line]])];
}

function insideOf(entry: Entry, width: number): Line[] {
  if (entry.kind === "tools") return toolLines(entry.record, width);
  if (entry.kind !== "prompts") return [];
  const schema = promptSchema(entry.record);
  return section("Arguments", schema, width) ?? [[], [["No arguments.", "muted"]]];
}

function toolLines({ input_schema: input, output_schema: output }: Tool, width: number): Line[] {
  return [
    ...(section("Parameters", input, width) ?? [[], [["No parameters.", "muted"]]]),
    ...(isObject(output) ? (section("Result", output, width) ?? []) : []),
  ];
}

/** Nothing where the schema names no members. */
function section(title: string, schema: unknown, width: number): Line[] | undefined {
  const lines = schemaLines(schema, width);
  if (lines.length === 0) return undefined;
  const some = schemaRows(schema).some(({ required }) => required);
  const legend: Span[] = some ? [["  * required", "warning"]] : [];
  return [[], [[title, "accent"], ...legend], ...lines];
}

/** The arguments of a prompt, which are all texts, as the schema that they are (MCP, PromptArgument). */
export function promptSchema({ arguments: declared }: Prompt) {
  const listed = declared.filter(isObject).filter(({ name }) => typeof name === "string");
  const properties = listed.map(({ name, description }) => [
    String(name),
    { type: "string", ...(textOf(description) !== "" && { description }) },
  ]);
  const required = asList(listed.filter((one) => one.required === true).map(({ name }) => name));
  return { type: "object", properties: Object.fromEntries(properties), required };
}
