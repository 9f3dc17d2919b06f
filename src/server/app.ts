// The HTTP surface: Elysia routes on one port, guarded against web pages.
import { Elysia } from "elysia";
import type { Identity } from "../model.ts";
import { ANONYMOUS, type Auth } from "./auth.ts";
import { answerPage } from "./cors.ts";
import { type Endpoint, type EndpointOptions, mcpEndpoint } from "./mcp.ts";
import { page } from "./page.ts";
import { refuse } from "./refusal.ts";
import { messagesEndpoint, sseEndpoint } from "./sse.ts";

export interface AppOptions extends EndpointOptions {
  /** Whether URLs begin with https. */
  secure: boolean;
  auth: Auth;
  version: string;
  hasGroup(group: string): boolean;
  /** Answers what is under /manage/v1; `peer` is the address of the client. */
  manage(request: Request, peer: string | undefined): Promise<Response>;
  /** Takes what should not have happened. */
  report(error: unknown): void;
}

type Answer = () => Response | Promise<Response>;

/** Makes the app of all paths. */
export function createApp(options: AppOptions) {
  const { secure, edge, auth, hasGroup, manage, report } = options;
  // It finds the path behind http:// and a host of any length, or else behind three more letters, which is the choice that fits https://.
  const app = new Elysia({ handler: { standardHostname: secure } });
  const peerOf = (request: Request) => app.server?.requestIP(request)?.address;
  const admit = (request: Request, answer: Answer) => {
    const malformed = refuseMalformed(request, secure);
    if (malformed) return malformed;
    const reason = edge.guard(request);
    if (reason !== undefined) return refuse(403, reason);
    const origin = request.headers.get("origin");
    return origin === null ? answer() : answerPage(request, origin, answer);
  };
  const guarded = (request: Request, group: string | undefined, handle: Endpoint) =>
    admit(request, () => {
      const address = () => peerOf(request) ?? null;
      const serve = (found: Identity | Response) => {
        const identity = found instanceof Response ? ANONYMOUS : found;
        // To end a session is never too much, but for those who guess at tokens.
        const free = request.method === "DELETE" && found === identity;
        const seconds = free ? 0 : edge.wait({ identity, address });
        if (seconds > 0) return refuseFor(seconds);
        if (found instanceof Response) return found;
        if (group !== undefined && !hasGroup(group)) return refuse(404, `no group ${JSON.stringify(group)}`);
        return handle(request, { identity, group: group ?? null, address });
      };
      const found = auth.identify(request, address);
      return found instanceof Promise ? found.then(serve) : serve(found);
    });
  const describe = (request: Request) => admit(request, () => auth.describe(request));
  const managed = (request: Request) => {
    const malformed = refuseMalformed(request, secure);
    if (malformed) return malformed;
    const answer = () => manage(request, peerOf(request));
    const origin = request.headers.get("origin");
    return origin === null || edge.guardManagement(request) !== undefined
      ? answer()
      : answerPage(request, origin, answer);
  };
  const mcp = mcpEndpoint(options);
  const sse = sseEndpoint(options);
  const messages = messagesEndpoint(options);
  // Handlers name what they take, since a whole context would make Elysia parse everything in it, and its `server` cost each request
  // a property; without `parse: "none"` it would read bodies.
  return app
    .onError(({ code, error, request }) => {
      if (code === "NOT_FOUND") return admit(request, () => refuse(404, "no such path; see / for what there is"));
      report(error);
      return refuse(500, "internal error; the log says more");
    })
    .all("/mcp", ({ request }) => guarded(request, undefined, mcp), { parse: "none" })
    .all("/mcp/:group", ({ request, params }) => guarded(request, params.group, mcp), {
      parse: "none",
    })
    .all("/sse", ({ request }) => guarded(request, undefined, sse), { parse: "none" })
    .all("/sse/:group", ({ request, params }) => guarded(request, params.group, sse), {
      parse: "none",
    })
    .all("/messages", ({ request }) => guarded(request, undefined, messages), { parse: "none" })
    .all("/manage/v1/*", ({ request }) => managed(request), { parse: "none" })
    .get("/.well-known/oauth-protected-resource", ({ request }) => describe(request))
    .get("/.well-known/oauth-protected-resource/*", ({ request }) => describe(request))
    .get("/", ({ request }) => admit(request, () => page(options.version, new URL(request.url).origin)));
}

/** Refuses what nobody behind this could make sense of. */
function refuseMalformed({ method, url }: Request, secure: boolean): Response | undefined {
  // What follows such a request on its connection is no HTTP any more (RFC 9110 §9.3.6).
  if (method === "CONNECT") return refuse(405, "this is no proxy", { allow: "GET, POST, DELETE", connection: "close" });
  return isUrl(url, secure) ? undefined : refuse(400, "the Host header is malformed");
}

/** What is no host would break whoever looks at the URL (RFC 9112 §3.2); one that is too short, Elysia would take for a part of the path. */
function isUrl(url: string, secure: boolean): boolean {
  return URL.canParse(url) && (!secure || url.indexOf("/", "https://".length) >= "https://abc".length);
}

function refuseFor(seconds: number): Response {
  const message = `too many requests; ask again in ${seconds} s (server.limits.requests_per_minute)`;
  return refuse(429, message, { "retry-after": String(seconds) });
}
