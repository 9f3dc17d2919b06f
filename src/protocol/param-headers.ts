// The parameters of tools that are repeated in headers (2026-07-28, Transports, Custom Headers: x-mcp-header): which they are, how they are sent, and whether they are right.
import type { JsonObject, Message } from "../model.ts";
import { pick } from "./json.ts";
import { isObject } from "./message.ts";
import { decodeHeader, encodeHeader } from "./modern-header.ts";

/** A parameter of a tool whose value goes into a header too. */
export interface ParamHeader {
  /** The header, in lower case. */
  readonly header: string;
  /** The keys that lead to the value in the arguments. */
  readonly path: readonly string[];
}

const KEY = "x-mcp-header";

const NONE: readonly ParamHeader[] = [];

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
  const headers = found.map(({ header }) => header);
  const twice = headers.find((header, index) => headers.indexOf(header) !== index);
  if (twice !== undefined) throw new RangeError(`${KEY} stands there twice for the header ${twice}`);
  return found;
}

/** The same, or none where an annotation is wrong: whoever calls such a tool all the same is not held to any. */
export function validParamHeaders(inputSchema: unknown): readonly ParamHeader[] {
  try {
    return paramHeaders(inputSchema);
  } catch {
    return NONE;
  }
}

function visit(schema: unknown, path: readonly string[], found: ParamHeader[]): void {
  if (!isObject(schema)) return;
  if (Object.hasOwn(schema, KEY)) found.push({ header: headerOf(schema, path), path });
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
  return `mcp-param-${name.toLowerCase()}`;
}

/** Where it depends on the arguments whether a schema applies, nobody could say what the header must be. */
function mustHaveNone(schema: unknown, keyword: string): void {
  const found: ParamHeader[] = [];
  visit(schema, [keyword], found);
  if (found.length > 0) throw new RangeError(`${KEY} stands under ${JSON.stringify(keyword)}`);
}

/** The headers for the arguments of a call; there is none for what is absent or null. */
export function argumentHead({ text }: Message, params: readonly ParamHeader[]): Record<string, string> {
  const found = params.flatMap(({ header, path }) => {
    const value = scalarOf(pick(text, ["params", "arguments", ...path]));
    return value === undefined ? [] : [[header, encodeHeader(value)] as const];
  });
  return Object.fromEntries(found);
}

/** A scalar as a header says it, with the digits that a JavaScript number cannot hold. */
function scalarOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "null" || /^[[{]/.test(text)) return undefined;
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** Says which of the headers is not what the arguments say, if one is not. What the arguments do not have needs no header. */
export function paramMismatch(
  params: readonly ParamHeader[],
  given: JsonObject,
  sent: (header: string) => string | null,
): string | undefined {
  for (const { header, path } of params) {
    const value = path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), given);
    if (!["string", "number", "boolean"].includes(typeof value)) continue;
    const said = sent(header);
    if (said === null) return `the header ${header} is missing, though the arguments have ${path.join(".")}`;
    if (!isSame(decodeHeader(said), value))
      return `the header ${header} is not what ${path.join(".")} is in the arguments`;
  }
  return undefined;
}

/** Numbers are compared as numbers: 42.0 is 42. */
function isSame(said: string | undefined, value: unknown): boolean {
  if (typeof value === "number" && said !== undefined && /^-?\d+(\.\d+)?$/.test(said)) return Number(said) === value;
  return said === String(value);
}
