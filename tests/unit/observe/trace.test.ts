// Traces: one span a call, in the trace of its client, and no harm done by a collector that is away.
import { describe, expect, test } from "bun:test";
import { trace } from "@opentelemetry/api";
import type { JsonObject, Message } from "../../../src/model.ts";
import { createTracer, type Tracer } from "../../../src/observe/trace.ts";
import { request } from "../../../src/protocol/message.ts";
import { type ReceivedSpan, startReceiver } from "../../fixtures/receiver.ts";
import { within } from "../../fixtures/until.ts";
import { upstream } from "../gateway/stand-ins.ts";
import { caller, endings, gatewayOf, type Passing, pass } from "./calling.ts";

/** A tracer that is stopped with the test. */
function tracerTo(endpoint: string, report: (problem: string) => void = () => undefined): Tracer & AsyncDisposable {
  const tracer = createTracer({ endpoint, serviceName: "a gateway", version: "1.2.3", report });
  return { ...tracer, [Symbol.asyncDispose]: tracer.stop };
}

/** What reaches a collector of these calls, in their order. */
async function spansOf(...calls: Passing[]): Promise<ReceivedSpan[]> {
  await using receiver = await startReceiver();
  const tracer = tracerTo(receiver.url);
  for (const call of calls) pass(tracer.observer, call);
  await tracer.stop();
  return receiver.received(calls.length);
}

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const about = (_meta: unknown): Passing => ({ params: { name: "add", _meta } });

describe("a span", () => {
  test("says which call it was, of which service", async () => {
    const [span] = await spansOf({});
    expect(span).toMatchObject({
      name: "tools/call add",
      kind: "SPAN_KIND_SERVER",
      status: { code: "STATUS_CODE_UNSET" },
      resource: { "service.name": "a gateway", "service.version": "1.2.3" },
    });
    expect(span?.attributes).toEqual({
      "mcp.method.name": "tools/call",
      "mcp.session.id": "public-id",
      "jsonrpc.request.id": "1",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "add",
      "argus.backend": "files",
      "argus.outcome": "success",
    });
  });

  test.each<[string, string, JsonObject, JsonObject]>([
    ["prompts/get", "prompts/get greet", { name: "greet" }, { "gen_ai.prompt.name": "greet" }],
    ["resources/read", "resources/read", { uri: "file:///a" }, { "mcp.resource.uri": "file:///a" }],
    ["tools/list", "tools/list", {}, {}],
    ["tools/call", "tools/call", { name: { not: "text" } }, { "gen_ai.operation.name": "execute_tool" }],
    ["made/up", "other", { name: "any" }, {}],
  ])("of %s is named %p", async (method, name, params, attributes) => {
    const [span] = await spansOf({ method, params, backends: [] });
    expect(span?.name).toBe(name);
    expect(span?.attributes).toEqual({
      "mcp.method.name": name.split(" ")[0] ?? "",
      "mcp.session.id": "public-id",
      "jsonrpc.request.id": "1",
      "argus.outcome": "success",
      ...attributes,
    });
  });

  test("names the backend that was asked last", async () => {
    const [span] = await spansOf({ method: "resources/read", backends: ["files", "git"] });
    expect(span?.attributes["argus.backend"]).toBe("git");
  });

  test.each<[keyof typeof endings, string | undefined]>([
    ["success", undefined],
    ["cancelled", undefined],
    ["tool_error", "tool_error"],
    ["error", "-32603"],
    ["unknown", "unknown_capability"],
    ["timeout", "timeout"],
    ["failed", "unavailable"],
  ])("of a call that ended with %s has the error %p", async (word, type) => {
    const [span] = await spansOf({ outcome: endings[word] });
    expect(span?.attributes["argus.outcome"]).toBe(word);
    expect(span?.attributes["error.type"]).toBe(type as string);
    expect(span?.status.code).toBe(type === undefined ? "STATUS_CODE_UNSET" : "STATUS_CODE_ERROR");
  });

  test("has neither arguments nor results, nor names without end", async () => {
    const long = "x".repeat(100_000);
    const spans = await spansOf(
      { params: { name: "add", arguments: { password: "hunter2" } }, outcome: endings.error },
      { params: { name: long } },
      { method: long },
      { method: "resources/read", params: { uri: long } },
      { outcome: { response: { text: "", body: { error: { code: long, message: long } } } } },
    );
    expect(JSON.stringify(spans)).not.toMatch(/hunter2|words of the backend|xxx/);
  });
});

describe("the context of a client", () => {
  const parent = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "rojo=1,congo=t61" };

  test("is the parent of the span, and the span that of what the backend does", async () => {
    await using receiver = await startReceiver();
    await using tracer = tracerTo(receiver.url);
    let sent: Message | undefined;
    const answer = { text: '{"id":0,"result":{}}', body: { id: 0, result: {} } };
    const backend = upstream(
      "files",
      { tools: [{ name: "add" }] },
      {
        request: async ({ message }) => {
          sent = message;
          return answer;
        },
      },
    );
    const message = request(1, "tools/call", { name: "add", _meta: { ...parent, progressToken: 7 } });
    await gatewayOf(backend, tracer.observer).request({ message, caller });
    await tracer.stop();
    const [span] = await receiver.received(1);
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: parent.tracestate });
    expect(JSON.parse(sent?.text ?? "").params).toEqual({
      name: "add",
      _meta: { traceparent: `00-${TRACE}-${span?.spanId}-01`, tracestate: parent.tracestate, progressToken: 7 },
    });
  });

  test.each<[string, unknown]>([
    ["none", undefined],
    ["null", null],
    ["text", "traceparent"],
    ["no text", { traceparent: 1 }],
    ["empty", { traceparent: "" }],
    ["a trace of zeros", { traceparent: `00-${"0".repeat(32)}-${PARENT}-01` }],
    ["a parent of zeros", { traceparent: `00-${TRACE}-${"0".repeat(16)}-01` }],
    ["capital letters", { traceparent: `00-${TRACE.toUpperCase()}-${PARENT}-01` }],
    ["a version that is forbidden", { traceparent: `ff-${TRACE}-${PARENT}-01` }],
    ["more than version 00 has", { traceparent: `00-${TRACE}-${PARENT}-01-more` }],
    ["the state of no trace", { tracestate: "rojo=1" }],
  ])("begins a new trace when it is %s", async (_, meta) => {
    const [span] = await spansOf(about(meta));
    expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span?.traceId).not.toBe(TRACE);
    expect(span?.parentSpanId).toBeUndefined();
    expect(span?.traceState).toBeUndefined();
  });

  test("decides whether the call is recorded, and the backend is told", async () => {
    await using receiver = await startReceiver();
    await using tracer = tracerTo(receiver.url);
    const { meta } = pass(tracer.observer, about({ traceparent: `00-${TRACE}-${PARENT}-00` }));
    pass(tracer.observer, { params: { name: "recorded" } });
    await tracer.stop();
    expect(meta?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect((await receiver.received(1)).map(({ name }) => name)).toEqual(["tools/call recorded"]);
  });
});

describe("a collector", () => {
  /** One that answers as it is told, and whose connections end with the test. */
  const serve = (answer: (request: Request) => Response | Promise<Response>) => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
    return Object.assign(server, { [Symbol.asyncDispose]: () => server.stop(true) });
  };

  /** As many calls as are sent at once, without waiting for more. */
  const batch = ({ observer }: Tracer) => {
    for (let count = 0; count < 512; count++) pass(observer);
  };

  test.each([
    ["", "/v1/traces"],
    ["/", "/v1/traces"],
    ["/otlp", "/otlp/v1/traces"],
  ])("at <origin>%s gets traces at %s", async (base, path) => {
    const paths: string[] = [];
    await using server = serve(({ url }) => {
      paths.push(new URL(url).pathname);
      return Response.json({});
    });
    const tracer = tracerTo(`${server.url.origin}${base}`);
    pass(tracer.observer);
    await tracer.stop();
    expect(paths).toEqual([path]);
  });

  test("gets traces while the gateway runs", async () => {
    await using receiver = await startReceiver();
    await using tracer = tracerTo(receiver.url);
    pass(tracer.observer);
    expect(await receiver.received(1)).toHaveLength(1);
  });

  test("that fails is told of once, and again only after it worked", async () => {
    const statuses = [400, 400, 200, 400, 400];
    const served = Promise.withResolvers<void>();
    await using server = serve(() => {
      const status = statuses.shift() ?? 500;
      if (statuses.length === 0) served.resolve();
      return Response.json({}, { status });
    });
    const problems: string[] = [];
    const tracer = tracerTo(server.url.origin, (problem) => problems.push(problem));
    for (let count = 0; count < 5; count++) batch(tracer);
    await within("five batches are sent, one after the other", served.promise);
    await tracer.stop();
    expect(problems).toHaveLength(2);
    for (const part of [server.url.host, "telemetry.otlp_endpoint"]) expect(problems[0]).toContain(part);
  });

  test.each([
    ["does not answer", () => new Promise<Response>(() => undefined)],
    ["wants to be asked later", () => new Response(null, { status: 503, headers: { "retry-after": "60" } })],
  ])("that %s disturbs neither calls nor the end", async (_, answer) => {
    await using server = serve(answer);
    const tracer = tracerTo(server.url.origin);
    for (let count = 0; count < 20; count++) batch(tracer);
    await within("the end", tracer.stop(), 10);
    await within("a second end", tracer.stop(), 10);
    expect(() => pass(tracer.observer)).not.toThrow();
  });

  test("that is slow gets no more than the queue holds", async () => {
    await using receiver = await startReceiver();
    await using tracer = tracerTo(receiver.url);
    for (let count = 0; count < 20; count++) batch(tracer);
    await tracer.stop();
    // One batch under way, and the queue.
    expect(await receiver.received(512 + 2_048)).toHaveLength(512 + 2_048);
  });
});

test("nothing is registered for the whole process", async () => {
  await using receiver = await startReceiver();
  await using _ = tracerTo(receiver.url);
  expect(trace.getTracer("anybody").startSpan("any").isRecording()).toBe(false);
});
