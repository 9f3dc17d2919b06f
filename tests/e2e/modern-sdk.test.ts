// The official SDK's client in its modern mode (2026-07-28) with real servers of the legacy era: everything works that works in theirs.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type Kind, startFull } from "../fixtures/full/start.ts";
import { root, startGateway } from "../fixtures/gateway.ts";
import { createInbox } from "../fixtures/inbox.ts";

setDefaultTimeout(60_000);

type Content = { type: string; text?: string }[];

const LEVEL = "io.modelcontextprotocol/logLevel";

/** A client that answers what it is asked. */
async function connect(url: string) {
  const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
  const client = new Client(
    { name: "modern-sdk", version: "1.0.0" },
    { capabilities, versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  const notifications = createInbox<{ method: string; params?: unknown }>();
  client.fallbackNotificationHandler = async (notification) => notifications.push(notification);
  client.setRequestHandler("sampling/createMessage", () => ({
    role: "assistant",
    content: { type: "text", text: "blue" },
    model: "test",
  }));
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ann" } }));
  client.setRequestHandler("roots/list", () => ({ roots: [{ uri: "file:///tmp/root", name: "Root" }] }));
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
  // Before the SDK takes it, which drops what arrives in one chunk with the answer.
  const progress: unknown[] = [];
  transport.onmessage = (message) => {
    if ("method" in message && message.method === "notifications/progress") progress.push(message.params?.progress);
  };
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: args });
    return (result.content as Content).map(({ type, text }) => text ?? type).join("\n");
  };
  return { client, notifications, progress, call, [Symbol.asyncDispose]: () => client.close() };
}

const npm = (name: string, ...args: string[]) => ({
  type: "stdio",
  command: "node",
  args: [join(root, "node_modules", "@modelcontextprotocol", `server-${name}`, "dist", "index.js"), ...args],
});

describe.each(["shared", "session"])("server-everything, with %s connections", (sharing) => {
  const opened = new AsyncDisposableStack();
  let it: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    const backends = { everything: { ...npm("everything", "stdio"), sharing } };
    const gateway = opened.use(await startGateway({ version: "1", backends }));
    it = opened.use(await connect(gateway.url));
  });
  afterAll(() => opened.disposeAsync());

  test("lists", async () => {
    const { tools } = await it.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["echo", "get-sum"]));
    expect((await it.client.listPrompts()).prompts.length).toBeGreaterThan(2);
    expect((await it.client.listResources()).resources.length).toBeGreaterThan(2);
    expect((await it.client.listResourceTemplates()).resourceTemplates.length).toBeGreaterThan(0);
  });

  test("calls, and their errors", async () => {
    expect(await it.call("echo", { message: "ä€😀" })).toBe("Echo: ä€😀");
    expect(await it.call("get-tiny-image")).toContain("image");
    expect(await it.call("get-sum", { a: "x" })).toContain("Input validation error");
    await expect(it.call("nothing")).rejects.toMatchObject({ code: -32602 });
    const result = await it.client.callTool({ name: "get-structured-content", arguments: { location: "Chicago" } });
    expect(result.structuredContent).toMatchObject({ conditions: expect.any(String) });
  });

  test("progress", async () => {
    const args = { duration: 0.3, steps: 3 };
    const wanted = { onprogress: () => undefined };
    await it.client.callTool({ name: "trigger-long-running-operation", arguments: args }, wanted);
    expect(it.progress).toEqual([1, 2, 3]);
  });

  test("cancellation", async () => {
    const cancelled = new AbortController();
    const call = it.client.callTool(
      { name: "trigger-long-running-operation", arguments: { duration: 60, steps: 600 } },
      { signal: cancelled.signal, onprogress: () => cancelled.abort() },
    );
    await expect(call).rejects.toThrow();
    expect(await it.call("echo", { message: "still there" })).toBe("Echo: still there");
  });

  test("reads, templates, prompts and completion", async () => {
    for (const uri of ["demo://resource/static/document/features.md", "demo://resource/dynamic/text/7"])
      expect((await it.client.readResource({ uri })).contents).toMatchObject([{ uri }]);
    await expect(it.client.readResource({ uri: "nowhere://at/all" })).rejects.toMatchObject({ code: -32602 });
    const prompt = await it.client.getPrompt({ name: "args-prompt", arguments: { city: "Bonn", state: "NRW" } });
    expect(JSON.stringify(prompt.messages)).toContain("Bonn");
    const { completion } = await it.client.complete({
      ref: { type: "ref/prompt", name: "completable-prompt" },
      argument: { name: "department", value: "Eng" },
    });
    expect(completion.values).toEqual(["Engineering"]);
  });

  test("sampling and elicitation", async () => {
    expect(await it.call("trigger-sampling-request", { prompt: "A colour?", maxTokens: 10 })).toContain("blue");
    expect(await it.call("trigger-elicitation-request")).toContain("Ann");
    const page = { url: "https://example.com/", elicitationId: "one" };
    expect(await it.call("trigger-url-elicitation", page)).toContain("completed the URL elicitation");
    const again = { url: "https://example.com/", elicitationId: "two", errorPath: true };
    expect(await it.call("trigger-url-elicitation", again)).toContain("completed the URL elicitation");
  });

  test("subscriptions", async () => {
    const uri = "demo://resource/dynamic/text/1";
    const subscription = await it.client.listen({ resourceSubscriptions: [uri] });
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [uri] });
    await subscription.close();
    expect(await subscription.closed).toBe("local");
  });
});

test("roots, which belong to one client, where each client has a connection", async () => {
  const backends = { everything: { ...npm("everything", "stdio"), sharing: "session" } };
  await using gateway = await startGateway({ version: "1", backends });
  await using it = await connect(gateway.url);
  expect(await it.call("get-roots-list")).toContain("file:///tmp/root");
});

describe.each(["stdio", "sse", "streamable-http"] satisfies Kind[])("the full fixture over %s", (kind) => {
  const opened = new AsyncDisposableStack();
  let it: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    const full = opened.use(await startFull(kind));
    const gateway = opened.use(await startGateway({ version: "1", backends: { full: full.backend } }));
    it = opened.use(await connect(gateway.url));
  });
  afterAll(() => opened.disposeAsync());

  test("log messages of a call that wants them", async () => {
    const label = crypto.randomUUID();
    const params = { name: "log", arguments: { label }, _meta: { [LEVEL]: "warning" } };
    await it.client.callTool(params);
    const { params: logged } = await it.notifications.take(({ method }) => method === "notifications/message");
    expect(logged).toMatchObject({ level: "warning", data: { label } });
  });

  test("changes of lists and updates of resources", async () => {
    const uri = "full://static/1";
    const subscription = await it.client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
    await it.call("touch", { uri });
    await it.notifications.take(({ method }) => method === "notifications/resources/updated");
    await it.call("add", { list: "tools", name: "later" });
    await it.notifications.take(({ method }) => method === "notifications/tools/list_changed");
    expect(await it.call("later")).toContain("later answers");
    await subscription.close();
  });

  test("lists of many pages come whole", async () => {
    expect((await it.client.listTools()).tools.length).toBeGreaterThan(20);
  });
});

test("filesystem and memory, behind one gateway", async () => {
  const directory = mkdtempSync(join(tmpdir(), "argus-modern-"));
  writeFileSync(join(directory, "note.txt"), "a note");
  const memory = { ...npm("memory"), env: { MEMORY_FILE_PATH: join(directory, "memory.jsonl") } };
  const backends = { filesystem: npm("filesystem", directory), memory };
  await using gateway = await startGateway({ version: "1", backends });
  await using it = await connect(gateway.url);
  expect(await it.call("read_text_file", { path: join(directory, "note.txt") })).toBe("a note");
  expect(await it.call("read_text_file", { path: "/etc/hostname" })).toContain("denied");
  const entities = [{ name: "Ann", entityType: "person", observations: ["writes notes"] }];
  expect(await it.call("create_entities", { entities })).toContain("Ann");
  expect(await it.call("read_graph")).toContain("writes notes");
  rmSync(directory, { recursive: true });
});
