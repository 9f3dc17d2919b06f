// The headers by which a modern request says what it is about, so that who stands between need not read it (2026-07-28, Transports).
import type { JsonObject, Message } from "../model.ts";
import { type Edits, pick } from "./json.ts";
import { isObject } from "./message.ts";

/** A parameter of a tool whose value goes into a header too. */
export interface ParamHeader {
  readonly name: string;
  /** Where the value is within the arguments. */
  readonly path: readonly string[];
}

const KEY = "x-mcp-header";

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const TYPES: readonly unknown[] = ["string", "integer", "boolean"];

/** Keywords whose value is a schema or an array of schemas, and those whose value holds schemas by name. */
const SCHEMAS = (
  "items prefixItems contains additionalProperties unevaluatedProperties unevaluatedItems propertyNames " +
  "oneOf anyOf allOf not if then else"
).split(" ");
const NAMED = ["patternProperties", "dependentSchemas", "$defs", "definitions"];

/** Finds the parameters that a tool wants in headers. Throws RangeError with what is wrong with an annotation, which makes the tool unusable over HTTP. */
export function paramHeaders(inputSchema: unknown): ParamHeader[] {
  const found: ParamHeader[] = [];
  visit(inputSchema, [], found);
  const names = found.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`${KEY} ${JSON.stringify(twice)} stands there twice`);
  return found;
}

function visit(schema: unknown, path: readonly string[], found: ParamHeader[]): void {
  if (!isObject(schema)) return;
  if (Object.hasOwn(schema, KEY)) found.push({ name: headerOf(schema, path), path });
  const { properties } = schema;
  if (isObject(properties)) for (const [key, child] of Object.entries(properties)) visit(child, [...path, key], found);
  for (const key of SCHEMAS) for (const child of [schema[key]].flat()) mustHaveNone(child, key);
  for (const key of NAMED) for (const child of Object.values(schema[key] ?? {})) mustHaveNone(child, key);
}

function headerOf({ type, [KEY]: name }: JsonObject, path: readonly string[]): string {
  if (path.length === 0) throw new RangeError(`${KEY} stands at the top`);
  if (typeof name !== "string" || !TOKEN.test(name)) throw new RangeError(`${KEY} ${JSON.stringify(name)} is no token`);
  if (!TYPES.includes(type))
    throw new RangeError(`${KEY} ${JSON.stringify(name)} is on a ${JSON.stringify(type ?? null)}`);
  return name;
}

/** Where it depends on the arguments whether a schema applies, nobody could say what the header must be. */
function mustHaveNone(schema: unknown, keyword: string): void {
  const found: ParamHeader[] = [];
  visit(schema, [keyword], found);
  if (found.length > 0) throw new RangeError(`${KEY} stands under ${JSON.stringify(keyword)}`);
}

/** The parameter that `Mcp-Name` repeats, by method. */
export const NAME_PARAMS: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  // The tasks extension (SEP-2663).
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** The headers of a request that is sent with these edits. */
export function headOf(message: Message, edits?: Edits): Record<string, string> {
  const { method = "" } = message.body;
  const name = nameOf(message, edits);
  return { "mcp-method": encoded(method), ...(name !== "" && { "mcp-name": encoded(name) }) };
}

/** The name, URI or id under which the backend knows what a request is about; "" where a request has none. */
export function nameOf({ body: { method = "", params = {} } }: Message, edits?: Edits): string {
  const key = NAME_PARAMS.get(method);
  if (key === undefined) return "";
  const edited = edits?.params;
  const text = typeof edited === "object" ? edited[key] : undefined;
  const name: unknown = typeof text === "string" ? JSON.parse(text) : params[key];
  return typeof name === "string" ? name : "";
}

/** The headers for the arguments of a call; there is none for what is absent or null. */
export function argumentHead({ text }: Message, headers: readonly ParamHeader[]): Record<string, string> {
  const found = headers.flatMap(({ name, path }) => {
    const value = scalarOf(pick(text, ["params", "arguments", ...path]));
    return value === undefined ? [] : [[`mcp-param-${name.toLowerCase()}`, encoded(value)] as const];
  });
  return Object.fromEntries(found);
}

/** A scalar as a header says it, with the digits that a JavaScript number cannot hold. */
function scalarOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "null" || /^[[{]/.test(text)) return undefined;
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** What a header cannot hold, or would not keep as it is, goes in Base64; and so does what looks like that. */
function encoded(value: string): string {
  const plain = /^[!-~](?:[\t -~]*[!-~])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return plain ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}
