// Writes the management API as Markdown, from the OpenAPI document that the server itself gives.
import { managementApp } from "../src/manage/app.ts";
import { EventStreams } from "../src/manage/event-streams.ts";
import { documentOf } from "../src/manage/openapi.ts";
import type { Program } from "../src/manage/program.ts";

interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: string[];
  const?: unknown;
  title?: string;
  format?: string;
}

interface Content {
  content?: Record<string, { schema: Schema }>;
}

interface Response extends Content {
  $ref?: string;
  description?: string;
}

interface Operation {
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; schema: Schema; description?: string }[];
  requestBody?: Content;
  responses: Record<string, Response>;
}

interface Endpoint extends Operation {
  method: string;
  path: string;
}

export interface Reference {
  /** One row an endpoint. */
  table: string;
  /** Everything. */
  page: string;
}

/** Makes the reference of the API as the source has it now. */
export async function apiReference(): Promise<Reference> {
  const nobody = {} as Program;
  const document = await documentOf(managementApp(nobody, new EventStreams(nobody), () => undefined));
  const endpoints = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const { responses } = document.components as { responses: Record<string, Response> };
  return { table: tableOf(endpoints), page: pageOf(endpoints, responses) };
}

function tableOf(endpoints: Endpoint[]): string {
  const rows = endpoints.map(({ method, path, summary }) => `| ${method} | \`${shown(path)}\` | ${summary} |`);
  return ["| method | path | what |", "| --- | --- | --- |", ...rows].join("\n");
}

function pageOf(endpoints: Endpoint[], errors: Record<string, Response>): string {
  const sections = [...Map.groupBy(endpoints, ({ tags }) => tags[0] ?? "")].map(([tag, members]) =>
    [`## ${tag}`, ...members.map(sectionOf)].join("\n\n"),
  );
  const rows = endpoints.flatMap(({ responses }) => Object.entries(responses));
  const statuses = new Map(
    rows.flatMap(([status, { $ref }]) => ($ref ? [[$ref.split("/").at(-1) ?? "", status]] : [])),
  );
  const table = [...statuses]
    .sort((a, b) => a[1].localeCompare(b[1]))
    .map(([code, status]) => `| ${status} | \`${code}\` | ${errors[code]?.description} |`);
  return `${[
    "# The management API",
    "Made by `bun run docs` from the schemas in `src/manage`; a running server shows the same at `/manage/v1/docs` and as OpenAPI 3.1 at `/manage/v1/openapi.json`.",
    "All paths begin with `/manage/v1`. Times are ISO 8601 in UTC; a member that has nothing to say is null.",
    ...sections,
    "## Errors",
    'Every error is `{"error": {"code": …, "message": …, "details": …}}`; the details are null or name the fields that are wrong.',
    ["| status | code | when |", "| --- | --- | --- |", ...table].join("\n"),
  ].join("\n\n")}\n`;
}

function sectionOf({ method, path, summary, parameters = [], requestBody, responses }: Endpoint): string {
  const listed = parameters.map(
    ({ name, in: place, schema, description }) =>
      `- \`${name}\` (${place}): ${description ?? schema.description ?? typeOf(schema, "")}`,
  );
  const body = schemaOf(requestBody);
  const answers = Object.entries(responses).flatMap(([status, { $ref, description, ...response }]) => {
    if ($ref !== undefined) return [];
    const [media] = Object.keys(response.content ?? {});
    const schema = schemaOf(response);
    const fence = schema && media === "application/json" ? `\n\n\`\`\`ts\n${typeOf(schema, "")}\n\`\`\`` : "";
    return `**${status}** ${description ?? ""}${media && media !== "application/json" ? ` (${media})` : ""}${fence}`;
  });
  const errors = Object.entries(responses).filter(([, { $ref }]) => $ref !== undefined);
  return [
    `### ${method} ${shown(path)}`,
    /[.?]$/.test(summary) ? summary : `${summary}.`,
    ...(listed.length > 0 ? [listed.join("\n")] : []),
    ...(body?.properties && Object.keys(body.properties).length > 0
      ? [`Takes\n\n\`\`\`ts\n${typeOf(body, "")}\n\`\`\``]
      : []),
    ...answers,
    ...(errors.length > 0 ? [`Errors: ${errors.map(([status]) => status).join(", ")}.`] : []),
  ].join("\n\n");
}

function shown(path: string): string {
  return path.replace("/manage/v1", "");
}

function schemaOf({ content = {} }: Content = {}): Schema | undefined {
  return Object.values(content)[0]?.schema;
}

/** A schema as a type in TypeScript's notation, with the descriptions as comments. */
function typeOf(schema: Schema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map((choice) => typeOf(choice, indent)))].join(" | ");
  if (schema.items) {
    const item = typeOf(schema.items, indent);
    return item.includes(" | ") && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
  }
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values) return `{ [name: string]: ${typeOf(values, indent)} }`;
  if (schema.properties) return objectOf(schema, indent);
  return [schema.type ?? "unknown"].flat().join(" | ").replace("integer", "number");
}

function objectOf({ properties = {}, required = [] }: Schema, indent: string): string {
  const inside = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description ?? schema.anyOf?.find(({ description }) => description)?.description;
    const note = comment ? `${inside}// ${comment}\n` : "";
    return `${note}${inside}${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema, inside)};`;
  });
  return ["{", ...members, `${indent}}`].join("\n");
}
