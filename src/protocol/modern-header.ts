// Values in HTTP headers (2026-07-28, Transports, Value Encoding), and the parameters of tools that go there too (x-mcp-header).
import type { JsonObject } from "../model.ts";
import { isObject } from "./message.ts";

/** Before the name that a schema gives to a parameter. */
export const PARAM_PREFIX = "mcp-param-";

const ENCODED = /^=\?base64\?(.*)\?=$/;

/** With padding (RFC 4648 §4). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value that a header stands for; nothing where it is encoded wrongly. */
export function decodeHeader(value: string): string | undefined {
  const [, encoded] = ENCODED.exec(value) ?? [];
  if (encoded === undefined) return value;
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return undefined;
  }
}

/** A parameter of a tool that is repeated in a header. */
export interface HeaderParam {
  /** The keys that lead to it in the arguments. */
  readonly path: readonly string[];
  /** In lower case, with the prefix. */
  readonly header: string;
}

/** The parameters that an input schema wants to be repeated: those that `properties` alone lead to, under names that a header can have. */
export function headerParams(schema: unknown, path: readonly string[] = []): HeaderParam[] {
  const properties = isObject(schema) ? schema.properties : undefined;
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    const name = isObject(property) ? property["x-mcp-header"] : undefined;
    const own = { path: [...path, key], header: PARAM_PREFIX + String(name).toLowerCase() };
    const nested = headerParams(property, own.path);
    return typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? [own, ...nested] : nested;
  });
}

/** Says which of these headers is not what the arguments say, if one is not. What the arguments do not have needs no header. */
export function paramMismatch(
  params: readonly HeaderParam[],
  given: JsonObject,
  header: (name: string) => string | null,
): string | undefined {
  for (const { path, header: name } of params) {
    const value = path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), given);
    if (!["string", "number", "boolean"].includes(typeof value)) continue;
    const sent = header(name);
    if (sent === null) return `the header ${name} is missing, though the arguments have ${path.join(".")}`;
    if (!isSame(decodeHeader(sent), value))
      return `the header ${name} is not what ${path.join(".")} is in the arguments`;
  }
  return undefined;
}

/** Numbers are compared as numbers: 42.0 is 42. */
function isSame(sent: string | undefined, value: unknown): boolean {
  if (typeof value === "number" && sent !== undefined && /^-?\d+(\.\d+)?$/.test(sent)) return Number(sent) === value;
  return sent === String(value);
}
