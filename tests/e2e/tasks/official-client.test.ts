// The official client of the tasks extension, which checks every answer, on the official SDK's client in front of modern servers.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  createTaskSessionFromClient,
  type RawClientDispatch,
  resultFromTaskOutcome,
} from "@modelcontextprotocol/ext-tasks/client";
import { kinds, startTasks } from "../../fixtures/conformance/start.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { modernClient } from "../../fixtures/modern-client.ts";
import { taking } from "../../fixtures/task-client.ts";

setDefaultTimeout(30_000);

const clientInfo = { name: "official", version: "1.0.0" };

/** Sends what the SDK's client does not know: it refuses answers that are tasks. */
function dispatchTo(url: string): RawClientDispatch {
  const client = modernClient(url);
  return async (request, { context, signal } = {}) => {
    const { method, params } = request as { method: string; params: Record<string, unknown> };
    const headers = Object.fromEntries(new Headers(context?.headers));
    const { result, error } = (await client.send(method, params, { headers, ...(signal && { signal }) })).body;
    return error ? { kind: "error", error: error as never } : { kind: "result", result: result as never };
  };
}

async function connect(url: string) {
  const client = new Client(clientInfo, {
    capabilities: taking,
    versionNegotiation: { mode: { pin: "2026-07-28" } },
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const asked: unknown[] = [];
  const session = createTaskSessionFromClient(client, {
    endpointId: "gateway",
    rawDispatch: dispatchTo(url),
    v2RequestFraming: { protocolVersion: "2026-07-28", clientInfo, clientCapabilities: taking },
    onInputRequest: async (request) => {
      asked.push(request);
      return { action: "accept", content: { name: "Ann", confirm: true } } as never;
    },
    onError: (error) => asked.push(error),
  });
  const close = async () => {
    await session.close();
    await client.close();
  };
  return { session, asked, [Symbol.asyncDispose]: close };
}

describe.each(kinds)("a %s server", (kind) => {
  const opened = new AsyncDisposableStack();
  let url: string;
  let it: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    const { backend } = opened.use(await startTasks(kind));
    const gateway = opened.use(await startGateway({ version: "1", backends: { jobs: backend } }));
    url = `${gateway.url}/mcp`;
    it = opened.use(await connect(url));
  });
  afterAll(() => opened.disposeAsync());

  const settled = async (tool: string, args: Record<string, string | number> = {}) => {
    const execution = await it.session.callTool(tool, args);
    const { outcome } = await execution.settle();
    return { kind: execution.kind, outcome };
  };

  test("answers at once, or with a task", async () => {
    expect((await settled("greet", { name: "Ann" })).kind).toBe("immediate");
    const { kind, outcome } = await settled("slow_compute", { seconds: 0.2, label: "it" });
    expect(kind).toBe("task");
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text: "Computed it." }] });
  });

  test.each(["confirm_delete", "multi_input", "test_tool_with_task"])("is told what %s needs to know", async (tool) => {
    const { outcome } = await settled(tool, tool === "confirm_delete" ? { filename: "x" } : {});
    expect(JSON.stringify(resultFromTaskOutcome(outcome))).toContain("Ann");
    expect(it.asked.splice(0)).toEqual(
      Array.from({ length: tool === "multi_input" ? 2 : 1 }, () => expect.objectContaining({ kind: "elicitation" })),
    );
  });

  test("fails as a tool, and as a server", async () => {
    const { outcome } = await settled("failing_job");
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ isError: true });
    expect((await settled("protocol_error_job")).outcome).toMatchObject({ status: "failed" });
  });

  test("is asked to stop", async () => {
    const execution = await it.session.callTool("slow_compute", { seconds: 600 });
    await execution.cancel();
    expect((await execution.settle()).outcome.status).toBe("cancelled");
  });

  test("goes on elsewhere with a task of which it has kept a reference", async () => {
    const execution = await it.session.callTool("slow_compute", { seconds: 0.2, label: "it" });
    if (execution.kind !== "task") throw new Error("no task");
    await using other = await connect(url);
    const resumed = await other.session.resumeTask(execution.serializeReference());
    const { outcome } = await resumed.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text: "Computed it." }] });
  });
});
