// Writes the reference of the configuration as Markdown, from the schemas that the server checks it with.
import type { TSchema } from "@sinclair/typebox";
import { BackendTypes } from "../src/config/backend-schema.ts";
import { Settings } from "../src/config/schema.ts";
import { RULES } from "./configuration-rules.ts";

interface Row {
  key: string;
  schema: TSchema;
  required: boolean;
}

const INTRODUCTION = `# Configuration

<!-- made from the schemas by bun run docs -->

Every key of \`config.yaml\`. A key that is not here is a mistake, and so is a value of another type; all mistakes are reported at once, each with file,
line, column and a hint. \`argus-mcp server --check\` does that without starting anything.

- A section or key that is left out, or \`null\`, has its default.
- \`\${NAME}\` and \`\${NAME:-default}\` in any text stand for environment variables; \`$\${\` is a plain \`\${\`. A variable that is not set and has no default is a mistake, except in \`server.management.token\`.
- \`secret:NAME\` as a value or as a word of one, and \`\${secret:NAME}\` anywhere, stand for [secrets](secrets.md).
- Numbers, \`true\` and \`false\` may be written as text, as variables yield it. Times are in seconds, with fractions if you like; sizes are bytes, or like \`512KiB\` and \`4MiB\`.
- A change counts when the file is saved, and with \`POST /manage/v1/reload\`; \`server.host\`, \`server.port\` and whether there is \`server.tls\` count after a restart.`;

/** The whole page, as the source has it now. */
export function configurationReference(): string {
  const { version, backends, ...sections } = Settings.properties as Record<string, TSchema>;
  const page = [
    INTRODUCTION,
    `\`version\` is required: ${version?.description}. \`backends\` is [below](#backends).`,
    ...Object.entries(sections).map(([name, schema]) => sectionOf(name, schema)),
    backendsOf(String(backends?.description)),
    rules(),
  ];
  return `${page.join("\n\n")}\n`;
}

function sectionOf(name: string, schema: TSchema): string {
  const rows = rowsOf(schema).map(({ key, schema, required }) =>
    line([code(key), typeOf(schema), required ? "required" : defaultOf(schema), cell(schema.description)]),
  );
  return [`## ${name}`, sentence(schema), [head(["key", "type", "default", "what"]), ...rows].join("\n")].join("\n\n");
}

/** One table for all types: a key that a type does not know has a dash there. */
function backendsOf(description: string): string {
  const types = Object.entries(BackendTypes).map(([type, schema]) => ({ type, rows: rowsOf(schema) }));
  const [longest] = types.toSorted((one, other) => other.rows.length - one.rows.length);
  const keys = new Set([...(longest?.rows ?? []), ...types.flatMap(({ rows }) => rows)].map(({ key }) => key));
  keys.delete("type");
  const rows = [...keys].map((key) => {
    const found = types.map(({ type, rows }) => ({ type, row: rows.find((row) => row.key === key) }));
    const [schema] = found.flatMap(({ row }) => row?.schema ?? []);
    const values = found.map(({ row }) => entryOf(row));
    return line([code(key), schema ? typeOf(schema) : "", ...values, cell(meaningOf(found))]);
  });
  const names = types.map(({ type }) => code(type));
  return [
    "## backends",
    `${description[0]?.toUpperCase()}${description.slice(1)}. A name has letters, digits, \`_\`, \`.\` and \`-\`, begins with a letter or digit, and is no number alone. \`type\` is required: ${names.join(", ")}. In their columns are the defaults; a key with – is not one of that type.`,
    [head(["key", "type", ...names, "what"]), ...rows].join("\n"),
  ].join("\n\n");
}

/** Where a key means different things, with the type that it means it for. */
function meaningOf(found: { type: string; row: Row | undefined }[]): string {
  const meanings = Map.groupBy(
    found.filter(({ row }) => row),
    ({ row }) => String(row?.schema.description ?? ""),
  );
  const one = (meaning: string, types: { type: string }[]) =>
    `${meaning} (${types.map(({ type }) => type).join(", ")})`;
  if (meanings.size === 1) return [...meanings.keys()].join();
  return [...meanings].map(([meaning, types]) => one(meaning, types)).join("; ");
}

function rules(): string {
  const rows = RULES.map(({ rule, message }) => line([rule, cell(quoted(message))]));
  const title = "## Rules between keys";
  const why = "What the tables cannot say, and what is reported when it is not so.";
  return [title, why, [head(["rule", "otherwise"]), ...rows].join("\n")].join("\n\n");
}

/** The keys of an object with those below them, by dotted path. */
function rowsOf(schema: TSchema, prefix = ""): Row[] {
  const required = new Set<string>(schema.required ?? []);
  return Object.entries((schema.properties ?? {}) as Record<string, TSchema>).flatMap(([name, member]) => {
    const key = `${prefix}${name}`;
    const row = { key, schema: member, required: required.has(name) && member.default === undefined };
    return [...(isSection(member) ? [] : [row]), ...below(key, member)];
  });
}

function below(key: string, schema: TSchema): Row[] {
  if (schema.properties) return rowsOf(schema, `${key}.`);
  const items = schema.items as TSchema | undefined;
  if (items?.properties) return rowsOf(items, `${key}[].`);
  const values = valuesOf(schema);
  return values?.properties ? rowsOf(values, `${key}.NAME.`) : [];
}

/** Sections without a meaning of their own are told by what is in them. */
function isSection(schema: TSchema): boolean {
  return schema.properties !== undefined && schema.default !== undefined;
}

function valuesOf(schema: TSchema): TSchema | undefined {
  return Object.values((schema.patternProperties ?? {}) as Record<string, TSchema>)[0];
}

function typeOf(schema: TSchema): string {
  const choices = choicesOf(schema);
  if (choices) return choices.map(code).join(", ");
  const { type, items, unit, single } = schema;
  if (type === "array") return `${single ? "text, or " : ""}list of ${nounOf(items as TSchema)}`;
  if (type === "object") return schema.properties ? "section" : `map of ${nounOf(valuesOf(schema) as TSchema)}`;
  if (unit === "bytes") return "size";
  return type === "string" ? "text" : `${type}${rangeOf(schema)}`;
}

function nounOf(schema: TSchema): string {
  const choices = choicesOf(schema);
  if (choices) return choices.map(code).join(", ");
  return schema.properties ? "sections" : "texts";
}

function choicesOf({ anyOf }: TSchema): string[] | undefined {
  return (anyOf as TSchema[] | undefined)?.map((choice) => String(choice.const));
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: TSchema): string {
  if (exclusiveMinimum !== undefined) return `, more than ${exclusiveMinimum}`;
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  return minimum === undefined ? "" : `, at least ${minimum}`;
}

function entryOf(row: Row | undefined): string {
  if (!row) return "–";
  return row.required ? "required" : defaultOf(row.schema);
}

function defaultOf({ default: value, unit }: TSchema): string {
  if (value === undefined) return "none";
  return code(unit === "bytes" ? `${value / 1024 ** 2}MiB` : JSON.stringify(value).replace(/^"(.+)"$/, "$1"));
}

function sentence({ description = "" }: TSchema): string {
  return `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.`;
}

function head(names: string[]): string {
  return `${line(names)}\n${line(names.map(() => "---"))}`;
}

function line(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** As code, also where there is code in it. */
function quoted(message: string): string {
  return message.includes("`") ? `\`\` ${message} \`\`` : code(message);
}

function cell(text = ""): string {
  return text.replaceAll("|", "\\|");
}
