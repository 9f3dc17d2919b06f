// The one error of the gateway: a stable code, a sentence for a human, and data for a program.

export type ErrorCode =
  | "parse_error"
  | "invalid_request"
  | "unknown_method"
  | "invalid_params"
  | "header_mismatch"
  | "missing_capability"
  | "unsupported_version"
  | "unknown_capability"
  | "unknown_resource"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "undelivered"
  | "unauthorized"
  | "conflict"
  | "config"
  | "not_found"
  | "internal";

export class GatewayError extends Error {
  override readonly name = "GatewayError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

/** What went wrong, as one line, whatever was thrown. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
