// A page to read the OpenAPI document; its viewer is part of the program and loads nothing from outside.
import { Elysia, t } from "elysia";
import { only } from "./errors.ts";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Argus MCP management API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="viewer"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#viewer", validatorUrl: null, deepLinking: true });
`;

/** Nothing from outside, and nothing that is not a file of its own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const Page = t.String({ contentMediaType: "text/html", description: "The page." });

const hidden = { detail: { hide: true } };

/** `GET /docs` and the files of its viewer. */
export function docs() {
  return new Elysia()
    .get("/docs", () => file(PAGE, "text/html"), {
      response: { 200: Page, ...only(403, 404, 405) },
      detail: { tags: ["Documentation"], operationId: "readDocs", summary: "A page to read this", security: [] },
    })
    .get("/docs/start.js", () => file(START, "text/javascript"), hidden)
    .get("/docs/swagger-ui-bundle.js", async () => file(await script(), "text/javascript"), hidden)
    .get("/docs/swagger-ui.css", async () => file(await stylesheet(), "text/css"), hidden);
}

async function script() {
  const { default: path } = await import("swagger-ui-dist/swagger-ui-bundle.js", { with: { type: "file" } });
  return Bun.file(path);
}

async function stylesheet() {
  const { default: path } = await import("swagger-ui-dist/swagger-ui.css", { with: { type: "file" } });
  return Bun.file(path);
}

function file(content: string | Blob, type: string): Response {
  return new Response(content, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "max-age=600",
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    },
  });
}
