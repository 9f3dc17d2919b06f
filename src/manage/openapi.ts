// The OpenAPI document, made from the routes and their schemas.
import { type AnyElysia, Elysia } from "elysia";
import { only } from "./errors.ts";
import { anything } from "./schemas.ts";

const ABOUT = {
  openapi: "3.1.2",
  info: {
    title: "Argus MCP management API",
    version: "1.0.0",
    description: "See what the gateway does, and change it while clients stay connected.",
    license: { name: "GPL-3.0-only", identifier: "GPL-3.0-only" },
  },
  security: [{ bearer: [] }],
  tags: [
    { name: "Health", description: "How the gateway is." },
    { name: "Backends", description: "The MCP servers behind the gateway." },
    { name: "Capabilities", description: "What they offer." },
    { name: "Sessions", description: "The clients." },
    { name: "Events", description: "What happened." },
    { name: "Security", description: "Who may do what." },
    { name: "Control", description: "What changes the gateway." },
    { name: "Documentation", description: "This." },
  ],
} as const;

const BEARER = {
  type: "http",
  scheme: "bearer",
  description: "ARGUS_MGMT_TOKEN, else `server.management.token`. Where there is none, only loopback is served.",
};

/** `GET /openapi.json`; `make` is asked once for what it answers. */
export function openapi(make: () => Promise<Record<string, unknown>>) {
  let document: Promise<Record<string, unknown>> | undefined;
  const answer = () => {
    document ??= make();
    return document;
  };
  return new Elysia().get("/openapi.json", answer, {
    response: { 200: anything("OpenAPI 3.1."), ...only(403, 404, 405) },
    detail: { tags: ["Documentation"], operationId: "getOpenApi", summary: "This document", security: [] },
  });
}

/** The document of an app's routes. */
export async function documentOf(app: AnyElysia): Promise<Record<string, unknown>> {
  const { toOpenAPISchema } = await import("@elysiajs/openapi/openapi");
  const generated = toOpenAPISchema(app, { staticFile: false });
  // A copy, since the schemas in it are those that validate.
  const paths: Record<string, Record<string, Operation>> = JSON.parse(JSON.stringify(generated.paths));
  const responses: Record<string, Response> = {};
  for (const methods of Object.values(paths)) {
    for (const operation of Object.values(methods)) correct(operation, responses);
  }
  return { ...ABOUT, paths, components: { responses, securitySchemes: { bearer: BEARER } } };
}

interface Operation {
  requestBody?: { required: boolean };
  responses: Record<string, Response>;
}

interface Response {
  $ref?: string;
  content?: Record<string, { schema: { title?: string; contentMediaType?: string } }>;
}

/** Puts right what the generator cannot know; `shared` receives the responses that have a title. */
function correct({ requestBody, responses }: Operation, shared: Record<string, Response>): void {
  // An absent body is an empty object, which everything that has one takes.
  if (requestBody) requestBody.required = false;
  delete responses["204"]?.content;
  for (const [status, response] of Object.entries(responses)) {
    const [media] = Object.values(response.content ?? {});
    if (media?.schema.contentMediaType) response.content = { [media.schema.contentMediaType]: media };
    const title = media?.schema.title;
    if (title === undefined) continue;
    shared[title] = response;
    responses[status] = { $ref: `#/components/responses/${title}` };
  }
}
