// The HTTP surface: Elysia routes on one port, guarded against web pages.
import { Elysia } from "elysia";
import type { Identity } from "../model.ts";
import type { Auth } from "./auth.ts";
import type { Guard } from "./guard.ts";
import { type Endpoint, type EndpointOptions, mcpEndpoint } from "./mcp.ts";
import { page } from "./page.ts";
import { refuse } from "./refusal.ts";
import { messagesEndpoint, sseEndpoint } from "./sse.ts";

export interface AppOptions extends EndpointOptions {
  guard: Guard;
  auth: Auth;
  version: string;
  hasGroup(group: string): boolean;
  /** Answers what is under /manage/v1; `peer` is the address of the client. */
  manage(request: Request, peer: string | undefined): Promise<Response>;
  /** Takes what should not have happened. */
  report(error: unknown): void;
}

/** What Elysia knows of a request. */
interface Context {
  request: Request;
  server: { requestIP(request: Request): { address: string } | null } | null;
}

/** Makes the app of all paths. */
export function createApp(options: AppOptions) {
  const guard = (request: Request) => {
    // What is no host would break whoever looks at the URL (RFC 9112 §3.2).
    if (!URL.canParse(request.url)) return refuse(400, "the Host header is malformed");
    const reason = options.guard(request);
    return reason === undefined ? undefined : refuse(403, reason);
  };
  const guarded = ({ request, server }: Context, group: string | undefined, handle: Endpoint) => {
    const refused = guard(request);
    if (refused) return refused;
    const address = () => server?.requestIP(request)?.address ?? null;
    const admit = (identity: Identity | Response) => {
      if (identity instanceof Response) return identity;
      if (group !== undefined && !options.hasGroup(group)) return refuse(404, `no group ${JSON.stringify(group)}`);
      return handle(request, { identity, group: group ?? null, address });
    };
    const identity = options.auth.identify(request, address);
    return identity instanceof Promise ? identity.then(admit) : admit(identity);
  };
  const describe = ({ request }: Pick<Context, "request">) => guard(request) ?? options.auth.describe(request);
  const mcp = mcpEndpoint(options);
  const sse = sseEndpoint(options);
  const messages = messagesEndpoint(options);
  // Without `parse: "none"` Elysia would read bodies; standardHostname: false keeps a short Host from shifting the path.
  return new Elysia({ handler: { standardHostname: false } })
    .onError(({ code, error }) => {
      if (code === "NOT_FOUND") return refuse(404, "no such path; see / for what there is");
      options.report(error);
      return refuse(500, "internal error; the log says more");
    })
    .all("/mcp", ({ request, server }) => guarded({ request, server }, undefined, mcp), { parse: "none" })
    .all("/mcp/:group", ({ request, server, params }) => guarded({ request, server }, params.group, mcp), {
      parse: "none",
    })
    .all("/sse", ({ request, server }) => guarded({ request, server }, undefined, sse), { parse: "none" })
    .all("/sse/:group", ({ request, server, params }) => guarded({ request, server }, params.group, sse), {
      parse: "none",
    })
    .all("/messages", ({ request, server }) => guarded({ request, server }, undefined, messages), { parse: "none" })
    .all("/manage/v1/*", ({ request, server }) => options.manage(request, server?.requestIP(request)?.address), {
      parse: "none",
    })
    .get("/.well-known/oauth-protected-resource", describe)
    .get("/.well-known/oauth-protected-resource/*", describe)
    .get("/", ({ request }) => guard(request) ?? page(options.version, new URL(request.url).origin));
}
