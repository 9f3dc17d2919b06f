// The way of a request to the management API: who it comes from, whether it may pass, and what the app answers.
import type { Change } from "../observe/audit.ts";
import type { Redactor } from "../observe/redact.ts";
import { bearerOf, refusal } from "./access.ts";
import { managementApp, PREFIX } from "./app.ts";
import { audited } from "./audited.ts";
import { withBody } from "./body.ts";
import { ApiError, answerTo } from "./errors.ts";
import { EventStreams } from "./event-streams.ts";
import type { Program } from "./program.ts";
import { redacted } from "./redacted.ts";

export interface ManagementOptions {
  program: Program;
  /** The token in force. */
  token(): string | undefined;
  /** Whether anything but health and readiness is served. */
  enabled(): boolean;
  /** Says why the Host or Origin of a request is not allowed, if it is not. */
  guard(request: Request): string | undefined;
  /** Counts the wrong tokens of an address. */
  guesses: {
    /** The seconds until it may show one again. */
    wait(address: string | null): number;
    wrong(address: string | null, token: string): void;
  };
  /** Takes what went wrong when somebody could not show the token. */
  authFailed(reason: string, peer: string | undefined): void;
  /** Takes what was changed, or was to be. */
  changed(change: Change): void;
  redactor: Redactor;
  /** Takes what should not have happened. */
  report(error: unknown): void;
}

export interface Management {
  /** Answers a request whose path begins with `/manage/v1`; `peer` is the address that it came from. */
  handle(request: Request, peer: string | undefined): Promise<Response>;
  /** Ends all streams of events, after what was written to them. */
  closeStreams(): void;
}

const PROBES = ["/health", "/ready"];
const PUBLIC = [
  ...PROBES,
  "/openapi.json",
  "/docs",
  "/docs/start.js",
  "/docs/swagger-ui-bundle.js",
  "/docs/swagger-ui.css",
];

/** Makes the management API of a program. */
export function createManagement(options: ManagementOptions): Management {
  const program = redacted(options.program, options.redactor);
  const streams = new EventStreams(program);
  const app = managementApp(program, streams, options.report);
  const handle = async (request: Request, peer: string | undefined) => {
    const url = URL.parse(request.url);
    if (url === null) throw new ApiError("bad_request", "the Host header is malformed");
    const { pathname: path, search } = url;
    mayPass(options, { request, peer, path: path.slice(PREFIX.length) });
    mustExist(methodsOf(app.routes, path), request.method);
    // Elysia would look for the path of an https URL in the wrong place.
    const address = `http://localhost${path}${search}`;
    if (request.method === "POST") return await app.handle(await withBody(request, address));
    // The server sends the head of the answer only, and cancels a stream.
    const method = request.method === "HEAD" ? "GET" : request.method;
    return await app.handle(new Request(address, { method, headers: request.headers }));
  };
  return {
    handle: audited(
      async (request, peer) => sealed(await handle(request, peer).catch((error) => answerTo(error, options.report))),
      options.changed,
    ),
    closeStreams: () => streams.close(),
  };
}

/** What is answered is for this client alone, unless it says otherwise, and nothing else than its type says. */
function sealed(response: Response): Response {
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

interface Visit {
  request: Request;
  peer: string | undefined;
  /** Without the prefix. */
  path: string;
}

function mayPass(options: ManagementOptions, { request, peer, path }: Visit): void {
  const { guard, enabled } = options;
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reads && PROBES.includes(path)) return;
  const distrusted = guard(request);
  if (distrusted !== undefined) throw new ApiError("forbidden", distrusted);
  if (!enabled()) throw new ApiError("not_found", "the management API is turned off (server.management.enabled)");
  if (reads && PUBLIC.includes(path)) return;
  mustShowToken(options, request.headers.get("authorization"), peer);
}

function mustShowToken(
  { token, guesses, authFailed }: ManagementOptions,
  authorization: string | null,
  peer: string | undefined,
): void {
  const inForce = token();
  const shown = inForce === undefined ? undefined : bearerOf(authorization);
  // Even the right one: who guesses must not learn that it is.
  const seconds = shown === undefined ? 0 : guesses.wait(peer ?? null);
  if (seconds > 0) {
    const headers = { "retry-after": String(seconds) };
    throw new ApiError("rate_limited", `too many wrong tokens; try again in ${seconds} s`, { headers });
  }
  const refused = refusal(inForce, { authorization, peer });
  if (refused === undefined) return;
  if (shown !== undefined) guesses.wrong(peer ?? null, shown);
  authFailed(refused, peer);
  throw new ApiError("unauthorized", refused, { headers: { "www-authenticate": "Bearer" } });
}

/** The methods of a path, by the app's routes. */
function methodsOf(routes: readonly { method: string; path: string }[], path: string): string[] {
  const matching = routes.filter((route) => new URLPattern({ pathname: route.path }).test({ pathname: path }));
  return matching.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : method));
}

function mustExist(methods: readonly string[], method: string): void {
  if (methods.length === 0)
    throw new ApiError("not_found", `no such path; see ${PREFIX}/openapi.json for what there is`);
  if (methods.includes(method)) return;
  const allow = methods.join(", ");
  throw new ApiError("method_not_allowed", `this path takes ${allow}`, { headers: { allow } });
}
