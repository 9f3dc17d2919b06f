// Traces: one span a call, as OpenTelemetry's conventions for MCP have it, sent to a collector by OTLP over HTTP.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
import {
  type Attributes,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, GatewayError } from "../errors.ts";
import type { CallEntry, Caller, CallObserver, Message, Outcome, Route } from "../model.ts";
import { wordFor } from "./calls.ts";
import { methodWord } from "./methods.ts";
import { createRedactor, type Redactor } from "./redact.ts";

export interface TracerOptions {
  /** The collector's base URL, such as `http://localhost:4318`; its headers and certificates come from OTEL_EXPORTER_OTLP_…. */
  endpoint: string;
  serviceName: string;
  version: string;
  /** Told once when the collector cannot be reached, and again only after it was. */
  report(problem: string): void;
  redactor?: Redactor;
}

export interface Tracer {
  readonly observer: CallObserver;
  /** Sends what is left, if the collector takes it in time; idempotent. */
  stop(): Promise<void>;
}

/** How long a span waits for others to be sent with, in milliseconds. */
const GATHERING = 1_000;
/** How long the end waits for the collector, in milliseconds. */
const LAST_EXPORT = 2_000;

/** Nothing is registered globally: several tracers do not know of each other. Throws for an endpoint that is no URL. */
export function createTracer(options: TracerOptions): Tracer {
  const { endpoint, serviceName, version, report, redactor = createRedactor() } = options;
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = reporting(new OTLPTraceExporter({ url }), (reason) =>
    report(`traces do not reach ${new URL(url).host} (telemetry.otlp_endpoint): ${reason}`),
  );
  const service = resourceFromAttributes({ "service.name": serviceName, "service.version": version });
  const provider = new TracerProvider({
    resource: defaultResource().merge(service),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: GATHERING })],
  });
  const tracer = provider.getTracer("argus-mcp", version);
  let stopped: Promise<void> | undefined;
  return {
    observer: {
      begin(message, caller) {
        const attributes = redactor.redactValue(attributesOf(message, caller));
        const parent = PROPAGATOR.extract(ROOT_CONTEXT, message.body.params?._meta, defaultTextMapGetter);
        return new Traced(tracer.startSpan(nameOf(attributes), { kind: SpanKind.SERVER, attributes }, parent));
      },
    },
    stop() {
      stopped ??= Promise.race([provider.shutdown().catch(() => undefined), Bun.sleep(LAST_EXPORT)]);
      return stopped;
    },
  };
}

const PROPAGATOR = new W3CTraceContextPropagator();

/** Tells of a failure once, until there was a success again. */
function reporting(exporter: SpanExporter, report: (reason: string) => void): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !failing) report(describe(result.error));
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

class Traced implements CallEntry {
  readonly meta: Record<string, string> = {};

  constructor(private readonly span: Span) {
    PROPAGATOR.inject(trace.setSpan(ROOT_CONTEXT, span), this.meta, defaultTextMapSetter);
  }

  routed({ upstream }: Route): void {
    this.span.setAttribute("argus.backend", upstream.name);
  }

  end(outcome: Outcome): void {
    this.span.setAttribute("argus.outcome", wordFor(outcome));
    const error = errorOf(outcome);
    if (error) this.span.setAttributes(error).setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

/** What went wrong; that the client has cancelled is no error. A backend's words are payload and stay out. */
function errorOf(outcome: Outcome): Attributes | undefined {
  if ("error" in outcome) {
    const type = outcome.error instanceof GatewayError ? outcome.error.code : "internal";
    return type === "cancelled" ? undefined : { "error.type": type };
  }
  const word = wordFor(outcome);
  if (word === "tool_error") return { "error.type": word };
  if (word === "success") return undefined;
  const { code: given } = (outcome.response.body.error ?? {}) as { code?: unknown };
  const code = typeof given === "number" ? String(given) : undefined;
  return { "error.type": code, "rpc.response.status_code": code };
}

function attributesOf({ body }: Message, { session }: Caller): Attributes {
  const { id, method, params = {} } = body;
  return {
    "mcp.method.name": methodWord(method),
    // The public name of the session: the protocol's own session id is a secret.
    "mcp.session.id": session.id,
    "jsonrpc.request.id": short(String(id)),
    ...(method === "tools/call" && { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": short(params.name) }),
    ...(method === "prompts/get" && { "gen_ai.prompt.name": short(params.name) }),
    ...(method?.startsWith("resources/") && { "mcp.resource.uri": short(params.uri) }),
  };
}

/** The method and, where there are few of them, what it is about: not the URI of a resource. */
function nameOf(attributes: Attributes): string {
  const target = attributes["gen_ai.tool.name"] ?? attributes["gen_ai.prompt.name"];
  return [attributes["mcp.method.name"], target].filter((part) => part !== undefined).join(" ");
}

/** What a client names may be of any length and would wait here to be sent: more than this many characters are left out. */
const LONGEST = 512;

function short(text: unknown): string | undefined {
  return typeof text === "string" && text.length <= LONGEST ? text : undefined;
}
