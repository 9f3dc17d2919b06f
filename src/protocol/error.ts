// The one place where an error becomes a JSON-RPC error response.
import { describe, type ErrorCode, GatewayError } from "../errors.ts";
import type { Id } from "../model.ts";

/** JSON-RPC 2.0 §5.1, MCP (resource not found), and the codes that the official SDKs use for a closed link and a time-out. */
const CODES: Record<ErrorCode, number> = {
  parse_error: -32700,
  invalid_request: -32600,
  unknown_method: -32601,
  invalid_params: -32602,
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

/** The text of an error response to the request `id` (null where the id could not be read). */
export function errorText(id: Id | null, thrown: unknown): string {
  const error = errorObject(thrown);
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}

function errorObject(thrown: unknown) {
  if (!(thrown instanceof GatewayError))
    return { code: CODES.internal, message: `internal error: ${describe(thrown)}` };
  const { code, message, data } = thrown;
  return { code: CODES[code], message, ...(data !== undefined && { data }) };
}

/** Codes of the modern era that speak of one hop, and mean nothing on the next (2026-07-28, Error Codes). */
export const HEADER_MISMATCH = -32020;
export const MISSING_CAPABILITY = -32021;
export const UNSUPPORTED_VERSION = -32022;

/** Whether this is an error as a modern server refuses a request with: JSON-RPC's own, or one of the codes that are kept for MCP. */
export function isModernError(error: unknown): error is { code: number; message?: unknown } {
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "number") return false;
  return (error.code <= -32600 && error.code >= -32700) || (error.code <= HEADER_MISMATCH && error.code >= -32099);
}
