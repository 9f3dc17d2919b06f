// The one shape of the API's errors, their schemas by status, and the one place that makes them.
import { NotFoundError, ParseError, t, ValidationError } from "elysia";
import { GatewayError } from "../errors.ts";
import { nullable, object } from "./schemas.ts";

const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ApiCode = keyof typeof STATUS;

/** What the program says with a GatewayError is meant for the client only under these codes. */
const TOLD = ["not_found", "conflict", "unavailable"] as const;

/** What is wrong with one field of a request. */
export interface Fault {
  /** query, headers or body */
  in: string;
  /** Empty for the whole. */
  field: string;
  message: string;
}

interface ErrorOptions {
  details?: Fault[];
  headers?: Record<string, string>;
}

/** An error with the status of its code; `message` is shown to the client. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: ApiCode,
    message: string,
    readonly options: ErrorOptions = {},
  ) {
    super(message);
  }
}

/** The answer to what was thrown; `report` takes what should not have been, for it is not told to the client. */
export function answerTo(thrown: unknown, report: (error: unknown) => void): Response {
  const { code, message, options } = apiErrorOf(thrown);
  if (code === "internal") report(thrown);
  const { details = null, headers } = options;
  return Response.json({ error: { code, message, details } }, { status: STATUS[code], ...(headers && { headers }) });
}

function apiErrorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof NotFoundError) return new ApiError("not_found", "no such path");
  if (thrown instanceof ParseError) return new ApiError("bad_request", "the body is not JSON");
  if (thrown instanceof ValidationError && thrown.type !== "response") return rejection(thrown);
  const told = thrown instanceof GatewayError && TOLD.find((code) => code === thrown.code);
  if (told) return new ApiError(told, thrown.message);
  return new ApiError("internal", "internal error; the log says more");
}

/** Elysia's own message shows the values, which may be secrets. */
function rejection({ type, all }: ValidationError): ApiError {
  // A name that cannot be decoded is nobody's.
  if (type === "params") return new ApiError("not_found", "no such path");
  const details = all.map((fault) => ({
    in: type,
    field: ("path" in fault ? fault.path : "").slice(1),
    message: wish(fault),
  }));
  const [first] = details;
  return new ApiError("bad_request", `${[type, first?.field].join(" ").trim()}: ${first?.message}`, { details });
}

/** What would have been right. */
function wish(fault: ValidationError["all"][number]): string {
  const { enum: values, anyOf } = "schema" in fault ? (fault.schema as Choice) : {};
  const choice = values ?? anyOf?.map(({ title, format, type }) => title ?? format ?? type);
  return choice ? `Expected ${[...new Set(choice)].join(" or ")}` : `${fault.message}`;
}

/** The parts of a schema that leave a choice. */
interface Choice {
  enum?: string[];
  anyOf?: { title?: string; format?: string; type: string }[];
}

const Details = t.Array(
  object({
    in: t.String({ description: "query, headers or body." }),
    field: t.String({ description: "Empty for the whole." }),
    message: t.String(),
  }),
);

function schemaOf<const Code extends ApiCode>(code: Code, description: string, header?: string) {
  const headers = header === undefined ? {} : { headers: { [header]: t.String() } };
  return object(
    { error: object({ code: t.Literal(code), message: t.String(), details: nullable(Details) }) },
    { title: code, description, ...headers },
  );
}

const ERRORS = {
  400: schemaOf("bad_request", "What was sent is not what this takes; `details` names the fields."),
  401: schemaOf("unauthorized", "The bearer token is missing or wrong.", "WWW-Authenticate"),
  403: schemaOf("forbidden", "The Host or the Origin of the request is not allowed."),
  404: schemaOf("not_found", "There is no such thing, or the management API is turned off."),
  405: schemaOf("method_not_allowed", "The path has other methods.", "Allow"),
  409: schemaOf("conflict", "Not possible as things are."),
  413: schemaOf("payload_too_large", "The body is over 64 KiB."),
  429: schemaOf("rate_limited", "Too many wrong tokens came from this address.", "Retry-After"),
  500: schemaOf("internal", "The log of the server says more."),
  503: schemaOf("unavailable", "The gateway is about to end."),
};

/** The schemas of these errors. */
export function only<const Status extends keyof typeof ERRORS = never>(...statuses: Status[]) {
  return Object.fromEntries(statuses.map((status) => [status, ERRORS[status]])) as Pick<typeof ERRORS, Status>;
}

/** The schemas of the errors with which everything behind the token can answer, and of further ones. */
export function errors<const Status extends keyof typeof ERRORS = never>(...further: Status[]) {
  return { ...only(401, 403, 404, 405, 429, 500), ...only(...further) };
}
