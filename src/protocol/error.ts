// The one place where an error becomes a JSON-RPC error response.
import { describe, type ErrorCode, GatewayError } from "../errors.ts";
import type { Id, Message } from "../model.ts";

/** JSON-RPC 2.0 §5.1, MCP (resource not found; 2026-07-28, Errors), and the codes that the official SDKs use for a closed link and a time-out. */
const CODES: Record<ErrorCode, number> = {
  parse_error: -32700,
  invalid_request: -32600,
  unknown_method: -32601,
  invalid_params: -32602,
  header_mismatch: -32020,
  missing_capability: -32021,
  unsupported_version: -32022,
  unknown_capability: -32602,
  unknown_resource: -32002,
  unavailable: -32000,
  undelivered: -32000,
  unauthorized: -32000,
  timeout: -32001,
  cancelled: -32000,
  conflict: -32603,
  config: -32603,
  not_found: -32603,
  internal: -32603,
};

/** What has a code of its own only in the legacy era: -32000 to -32019 are not used any more (2026-07-28, Errors). */
const MODERN_CODES: Record<ErrorCode, number> = {
  ...CODES,
  unknown_resource: -32602,
  unavailable: -32603,
  undelivered: -32603,
  unauthorized: -32603,
  timeout: -32603,
  cancelled: -32603,
};

/** The text of an error response to the request `id` (null where the id could not be read). */
export function errorText(id: Id | null, thrown: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: errorObject(thrown, CODES) });
}

/** The same for a modern client, as a message; the hop that sends it replaces the id. */
export function modernError(thrown: unknown): Message {
  const body = { jsonrpc: "2.0", id: 0, error: errorObject(thrown, MODERN_CODES) };
  return { text: JSON.stringify(body), body };
}

function errorObject(thrown: unknown, codes: Record<ErrorCode, number>) {
  if (!(thrown instanceof GatewayError))
    return { code: codes.internal, message: `internal error: ${describe(thrown)}` };
  const { code, message, data } = thrown;
  return { code: codes[code], message, ...(data !== undefined && { data }) };
}

/** Codes of the modern era that speak of one hop, and mean nothing on the next (2026-07-28, Error Codes). */
export const HEADER_MISMATCH = -32020;
export const MISSING_CAPABILITY = -32021;
export const UNSUPPORTED_VERSION = -32022;

/** What is to be opened first, in the legacy era (2025-11-25, URL Elicitation Required Error). */
export const URL_ELICITATION_REQUIRED = -32042;

/** Whether this is an error as a modern server refuses a request with: JSON-RPC's own, or one of the codes that are kept for MCP. */
export function isModernError(error: unknown): error is { code: number; message?: unknown; data?: unknown } {
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "number") return false;
  return (error.code <= -32600 && error.code >= -32700) || (error.code <= HEADER_MISMATCH && error.code >= -32099);
}
