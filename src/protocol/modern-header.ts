// The headers by which a modern request says what it is about, so that who stands between need not read it (2026-07-28, Transports).
import type { Message } from "../model.ts";
import type { Edits } from "./json.ts";

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
  return { "mcp-method": encodeHeader(method), ...(name !== "" && { "mcp-name": encodeHeader(name) }) };
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

const ENCODED = /^=\?base64\?(.*)\?=$/;

/** With padding (RFC 4648 §4). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value as a header says it: what a header cannot hold, or would not keep as it is, goes in Base64; and so does what looks like that (Value Encoding). */
export function encodeHeader(value: string): string {
  const plain = /^[!-~](?:[\t -~]*[!-~])?$/.test(value) && !ENCODED.test(value);
  return plain ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}

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
