// JSON-RPC 2.0 messages as MCP uses them: parse once, tell apart, and write our own.
import { GatewayError } from "../errors.ts";
import type { Body, Id, JsonObject, Message } from "../model.ts";
import { elements, insert, omit, parseShape, pick, prepend, put } from "./json.ts";

/** The official SDKs' limit. */
const BATCH_LIMIT = 100;

export type MessageKind = "request" | "notification" | "response";

/**
 * Reads one message from text. Line breaks between tokens become spaces, so that the text fits one line of a stdio
 * stream or one `data:` field. Throws GatewayError `parse_error` or `invalid_request`.
 */
export function parse(text: string): Message {
  return checked({ text: oneLine(text), body: parseJson(text) as Body });
}

/** Reads a body that may be a batch (an array of messages, 2024-11-05 and 2025-03-26 only). */
export function parseBatch(text: string): Message | Message[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return checked({ text: oneLine(text), body: value as Body });
  if (value.length === 0) throw new GatewayError("invalid_request", "a batch must not be empty");
  if (value.length > BATCH_LIMIT)
    throw new GatewayError("invalid_request", `a batch has ${BATCH_LIMIT} messages at most`);
  return elements(text, []).map(parse);
}

export function kindOf({ body }: Message): MessageKind {
  if (body.method === undefined) return "response";
  return body.id === undefined ? "notification" : "request";
}

/** The id as JSON text, with the digits that a JavaScript number cannot hold. */
export function idText({ text, body }: Message): string {
  const exact = typeof body.id !== "number" || Number.isSafeInteger(body.id);
  return exact ? JSON.stringify(body.id ?? null) : (pick(text, ["id"]) ?? "null");
}

/** A request of our own. */
export function request(id: Id, method: string, params?: JsonObject): Message {
  return message({ jsonrpc: "2.0", id, method, ...(params && { params }) });
}

/** A notification of our own. */
export function notification(method: string, params?: JsonObject): Message {
  return message({ jsonrpc: "2.0", method, ...(params && { params }) });
}

/** The text of a successful response; `result` is JSON text. */
export function resultText(id: Id, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
}

/** A response of our own; the hop that sends it replaces the id. */
export function resultMessage(result: JsonObject | string): Message {
  const text = resultText(0, typeof result === "string" ? result : JSON.stringify(result));
  return { text, body: typeof result === "string" ? { id: 0 } : { id: 0, result } };
}

function message(body: Body): Message {
  return { text: JSON.stringify(body), body };
}

function parseJson(text: string): unknown {
  try {
    return parseShape(text);
  } catch (error) {
    throw new GatewayError("parse_error", `not valid JSON: ${(error as Error).message}`);
  }
}

/** Valid JSON has line breaks only between tokens: strings carry them escaped. */
function oneLine(text: string): string {
  return text.includes("\n") || text.includes("\r") ? text.replace(/[\r\n]+/g, " ") : text;
}

function checked(candidate: Message): Message {
  const { body } = candidate;
  const problem = problemOf(body);
  if (problem) throw new GatewayError("invalid_request", problem);
  return candidate;
}

function problemOf(body: unknown): string | undefined {
  if (!isObject(body)) return "a JSON-RPC message must be an object";
  if (body.jsonrpc !== "2.0") return '"jsonrpc" must be "2.0"';
  if (body.method === undefined) {
    return body.result === undefined && body.error === undefined ? '"method" is missing' : undefined;
  }
  if (typeof body.method !== "string") return '"method" must be a string';
  if (body.id !== undefined && !isId(body.id)) return '"id" must be a string or an integer';
  if (body.params !== undefined && !isObject(body.params)) return '"params" must be an object';
  return undefined;
}

export function isId(value: unknown): value is Id {
  return typeof value === "string" || Number.isInteger(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same message with these members (JSON text, by key) in `params._meta`, whatever was there under their keys. */
export function withMeta({ text, body }: Message, members: Readonly<Record<string, string>>): Message {
  const { params } = body;
  const texts = Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  if (texts.length === 0) return { text, body };
  const meta = `"_meta":{${texts.join()}}`;
  if (!params) return { text: prepend(text, `"params":{${meta}}`), body };
  if (isObject(params._meta)) return { text: put(text, ["params", "_meta"], members), body };
  const rest = params._meta === undefined ? text : omit(text, ["params"], new Set(["_meta"]));
  return { text: insert(rest, ["params"], meta), body };
}
