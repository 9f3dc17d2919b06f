// Traces of a running gateway in a collector of somebody else's making.
import { expect, test } from "bun:test";
import { type CallToolResult, CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { version } from "../../package.json";
import { chaos } from "../fixtures/backends.ts";
import { type Connected, connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { startReceiver } from "../fixtures/receiver.ts";
import { until } from "../fixtures/until.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const context = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "rojo=1" };
const backends = { chaos: chaos() };

const telemetry = (endpoint: string) => ({ enabled: true, otlp_endpoint: endpoint, service_name: "a gateway" });

/** The `_meta` that reaches the backend when a client sends this one. */
async function metaUpstream(client: Connected, _meta: Record<string, unknown>): Promise<unknown> {
  const call = { method: "tools/call", params: { name: "mirror", _meta } };
  const { structuredContent } = (await client.request(call, CallToolResultSchema)) as CallToolResult;
  return structuredContent?._meta;
}

test("a call is a span between that of the client and that of the backend", async () => {
  await using receiver = await startReceiver();
  await using gateway = await startGateway({ version: "1", backends, telemetry: telemetry(receiver.url) });
  await using client = await connect(gateway.url);
  const meta = await metaUpstream(client, { ...context, "example.org/kept": [1] });
  const [span] = await receiver.received(1);
  expect(meta).toEqual({ ...context, traceparent: `00-${TRACE}-${span?.spanId}-01`, "example.org/kept": [1] });
  expect(span).toMatchObject({
    traceId: TRACE,
    parentSpanId: PARENT,
    traceState: "rojo=1",
    name: "tools/call mirror",
    kind: "SPAN_KIND_SERVER",
    resource: { "service.name": "a gateway", "service.version": version },
  });
  expect(span?.attributes).toMatchObject({
    "mcp.method.name": "tools/call",
    "gen_ai.tool.name": "mirror",
    "argus.backend": "chaos",
    "argus.outcome": "success",
  });
});

test("a reload switches it on, elsewhere, and off", async () => {
  await using first = await startReceiver();
  await using second = await startReceiver();
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  const into = async (section: object) => {
    gateway.edit({ version: "1", backends, telemetry: section });
    await gateway.manage("/reload", { method: "POST" });
  };
  const traced = async () => "traceparent" in Object(await metaUpstream(client, {}));
  await into(telemetry(first.url));
  await until("calls are traced", traced);
  await into(telemetry(second.url));
  const arrived = second.received(1);
  await until(
    "the second receiver gets them",
    async () => (await traced()) && Bun.peek.status(arrived) === "fulfilled",
  );
  await into({ enabled: false });
  await until("calls are not traced any more", async () => !(await traced()));
});

test("what is left is sent at the end", async () => {
  await using receiver = await startReceiver();
  const gateway = await startGateway({ version: "1", backends, telemetry: telemetry(receiver.url) });
  await using client = await connect(gateway.url);
  await client.text("echo", { text: "a" });
  expect(await gateway.stop()).toBe(0);
  expect((await receiver.received(1)).map(({ name }) => name)).toContain("tools/call echo");
});

test("a session is named as in the management API, and its secret stays one", async () => {
  await using receiver = await startReceiver();
  await using gateway = await startGateway({ version: "1", backends, telemetry: telemetry(receiver.url) });
  await using client = await connect(gateway.url);
  await client.text("echo", { text: "a" });
  const listed = await fetch(`${gateway.url}/manage/v1/sessions`);
  const { sessions } = (await listed.json()) as { sessions: { id: string }[] };
  const spans = await receiver.received(1);
  expect(spans[0]?.attributes["mcp.session.id"]).toBe(sessions[0]?.id ?? "none");
  const secret = client.transport?.sessionId;
  expect(secret).toBeString();
  expect(JSON.stringify(spans)).not.toContain(secret ?? "");
});

test("a collector that is away is told of once, and clients do not notice", async () => {
  const closed = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { origin, host } = closed.url;
  await closed.stop(true);
  const env = { OTEL_EXPORTER_OTLP_TIMEOUT: "300" };
  const gateway = await startGateway({ version: "1", backends, telemetry: telemetry(origin) }, { env });
  await using client = await connect(gateway.url);
  await client.text("echo", { text: "a" });
  await gateway.printed(/telemetry\.otlp_endpoint/);
  expect(await client.text("echo", { text: "b" })).toBe("b");
  expect(await gateway.stop()).toBe(0);
  const lines = gateway.stderr().split("\n");
  expect(lines.filter((line) => line.includes(host))).toHaveLength(1);
});

test("without telemetry the context passes as it came", async () => {
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  expect(await metaUpstream(client, context)).toEqual(context);
  expect(await metaUpstream(client, { "example.org/only": 1 })).toEqual({ "example.org/only": 1 });
});
