// What results have in the modern era and did not have before (2026-07-28, Base Protocol and Caching), and the statuses that go with errors.
import type { Freshness, JsonObject, Message } from "../model.ts";
import { HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION } from "./error.ts";
import { edit, elements, insert, omit } from "./json.ts";
import { isObject } from "./message.ts";
import { numberOf } from "./names.ts";

/** What nobody has said anything about. */
export const UNKNOWN_FRESHNESS: Freshness = { ttlMs: 0, cacheScope: "private" };

/** Whether this says how long something may be kept, in milliseconds; JSON has numbers that are none here. */
export function isLifetime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}

/** How long something may be kept that is made of these: as long as all of them, by those who may have all of them. */
export function leastFresh(parts: readonly Freshness[]): Freshness {
  if (parts.length === 0) return UNKNOWN_FRESHNESS;
  const ttlMs = Math.min(...parts.map((part) => part.ttlMs));
  return { ttlMs, cacheScope: parts.some(({ cacheScope }) => cacheScope === "private") ? "private" : "public" };
}

/** The same response with these members in front of those of its result; `members` is JSON text without braces. */
export function withMembers(text: string, members: string): string {
  // Nearly all responses begin in one of these ways, and large ones must not be read to their end for this.
  const head = /^(?:\{"jsonrpc":"2\.0","id":(?:\d+|"[^"\\]*"),|\{)"result":\{(?=\s*")/.exec(text)?.[0];
  return head === undefined ? insert(text, ["result"], members) : `${head}${members},${text.slice(head.length)}`;
}

/** A complete result as the modern era has it; what already says what it is stays as it came. */
export function completed({ text, body }: Message): string {
  const typed = isObject(body.result) && body.result.resultType !== undefined;
  return typed ? text : withMembers(text, '"resultType":"complete"');
}

/** A complete result that clients may keep for some time, unless it says itself for how long; what is `personal` is for nobody else in any case. */
export function cacheable(response: Message, { ttlMs, cacheScope }: Freshness, personal = false): string {
  const { body } = response;
  const result = isObject(body.result) ? body.result : {};
  if (result.resultType === "input_required") return response.text;
  const text = completed(response);
  const narrowed =
    personal && result.cacheScope === "public" ? edit(text, { result: { cacheScope: '"private"' } }) : text;
  const missing = [
    ...(result.ttlMs === undefined ? [`"ttlMs":${ttlMs}`] : []),
    ...(result.cacheScope === undefined ? [`"cacheScope":"${personal ? "private" : cacheScope}"`] : []),
  ];
  return missing.length === 0 ? narrowed : withMembers(narrowed, missing.join(","));
}

const EXECUTION = new Set(["execution"]);

/** A list of tools without what only the legacy era's tasks need. */
export function withoutExecution(text: string): string {
  if (!text.includes('"execution"')) return text;
  const tools = elements(text, ["result", "tools"]).map((tool) => omit(tool, [], EXECUTION));
  return edit(text, { result: { tools: `[${tools.join(",")}]` } });
}

const METHOD_NOT_FOUND = -32601;
/** What is no JSON, no request, or has wrong headers, or whose client lacks a capability or has another version. */
const REFUSED = new Set([-32700, -32600, HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION]);

/** The HTTP status of a response (2026-07-28, Transports): most errors are answers like any other. */
export function statusOf({ error }: JsonObject): number {
  const code = isObject(error) ? numberOf(error.code) : 0;
  if (code === METHOD_NOT_FOUND) return 404;
  return REFUSED.has(code) ? 400 : 200;
}

const RESOURCE_NOT_FOUND = -32002;

/** An error of a backend without a code that the modern era does not have. */
export function modernized(response: Message): Message {
  const { error } = response.body;
  if (!isObject(error) || error.code !== RESOURCE_NOT_FOUND) return response;
  const text = edit(response.text, { error: { code: "-32602" } });
  return { text, body: { ...response.body, error: { ...error, code: -32602 } } };
}
