// The HTTP answer to a request that cannot be taken: a status, and a JSON-RPC error that says why.
import { type ErrorCode, GatewayError } from "../errors.ts";
import { errorText } from "../protocol/error.ts";
import { JSON_HEADERS } from "./headers.ts";

/** Makes a refusal; `headers` may add what the status requires (405 wants `Allow`). */
export function refuse(status: number, message: string, headers?: Record<string, string>): Response {
  return refuseWith(new GatewayError(codeFor(status), message), status, headers);
}

/** Makes a refusal from what was thrown while a request was read. */
export function refuseWith(error: unknown, status = 400, headers?: Record<string, string>): Response {
  return new Response(errorText(null, error), { status, headers: { ...JSON_HEADERS, ...headers } });
}

function codeFor(status: number): ErrorCode {
  return status >= 429 ? "unavailable" : "invalid_request";
}
