// Figures for Prometheus.
import { Elysia, t } from "elysia";
import { errors } from "./errors.ts";
import type { Program } from "./program.ts";

const Metrics = t.String({ contentMediaType: "text/plain", description: "In Prometheus' text format." });

/** `GET /metrics`. */
export function metrics(program: Program) {
  return new Elysia().get("/metrics", () => scrape(program), {
    response: { 200: Metrics, ...errors() },
    detail: { tags: ["Health"], operationId: "getMetrics", summary: "Figures for Prometheus" },
  });
}

async function scrape(program: Program): Promise<Response> {
  const { type, text } = await program.metrics();
  return new Response(text, { headers: { "content-type": type } });
}
