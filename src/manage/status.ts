// What runs here: the service, its configuration, and where clients find it.
import { Elysia, t } from "elysia";
import { errors } from "./errors.ts";
import { uptime } from "./health.ts";
import type { Program } from "./program.ts";
import { integer, object, oneOf, Time } from "./schemas.ts";

export const Status = object(
  {
    service: object({
      name: t.Literal("Argus MCP"),
      version: t.String(),
      state: oneOf(["starting", "running", "stopping"], "Running once every enabled backend was tried."),
      uptime_seconds: t.Number(),
      started_at: Time,
    }),
    config: object({
      file_path: t.String({ description: "Absolute." }),
      loaded_at: Time,
      backend_count: integer({ description: "Disabled ones included." }),
    }),
    transport: object({
      sse_url: t.String(),
      streamable_http_url: t.String(),
      host: t.String(),
      port: integer(),
    }),
    feature_flags: t.Record(t.String(), t.Boolean()),
  },
  { description: "What runs here." },
);

/** `GET /status`. */
export function status(program: Program) {
  return new Elysia().get("/status", () => statusOf(program), {
    response: { 200: Status, ...errors() },
    detail: { tags: ["Health"], operationId: "getStatus", summary: "What runs here?" },
  });
}

/** What runs here, as the API shows it. */
export function statusOf(program: Program) {
  const { file, loadedAt, featureFlags } = program.config();
  const { sseUrl, streamableHttpUrl, host, port } = program.address();
  return {
    service: {
      name: "Argus MCP" as const,
      version: program.version,
      state: program.state(),
      uptime_seconds: uptime(program),
      started_at: program.startedAt.toISOString(),
    },
    config: {
      file_path: file,
      loaded_at: loadedAt.toISOString(),
      backend_count: program.backends().length,
    },
    transport: { sse_url: sseUrl, streamable_http_url: streamableHttpUrl, host, port },
    feature_flags: { ...featureFlags },
  };
}
