// The official SDK's client in its modern mode (2026-07-28) with real servers of the legacy era: everything works that works in theirs.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { connectClient, type Json, type TestClient } from "../fixtures/clients.ts";
import { type Gateway, root, startGateway } from "../fixtures/gateway.ts";

setDefaultTimeout(60_000);

const answers = {
  "sampling/createMessage": () => ({ role: "assistant", content: { type: "text", text: "blue" }, model: "test" }),
  "elicitation/create": ({ mode }: Json) => ({ action: "accept", ...(mode !== "url" && { content: { name: "Ann" } }) }),
  "roots/list": () => ({ roots: [{ uri: "file:///tmp/root", name: "Root" }] }),
};

/** A client that answers what it is asked. */
const connect = ({ url }: Gateway) =>
  connectClient("modern", { transport: "streamable-http", url: `${url}/mcp` }, { answers });

/** What a tool answers, other content by its type. */
async function said({ sdk }: TestClient, name: string, args: Json = {}): Promise<string> {
  const { content } = await sdk.callTool({ name, arguments: args });
  return (content as { type: string; text?: string }[]).map(({ type, text }) => text ?? type).join("\n");
}

const npm = (name: string, ...args: string[]) => ({
  type: "stdio",
  command: "node",
  args: [join(root, "node_modules", "@modelcontextprotocol", `server-${name}`, "dist", "index.js"), ...args],
});

describe.each(["shared", "session"])("server-everything, with %s connections", (sharing) => {
  const opened = new AsyncDisposableStack();
  let client: TestClient;
  beforeAll(async () => {
    const backends = { everything: { ...npm("everything", "stdio"), sharing } };
    const gateway = opened.use(await startGateway({ version: "1", backends }));
    client = opened.use(await connect(gateway));
  });
  afterAll(() => opened.disposeAsync());

  test("lists", async () => {
    const { tools } = await client.sdk.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["echo", "get-sum"]));
    expect((await client.sdk.listPrompts()).prompts.length).toBeGreaterThan(2);
    expect((await client.sdk.listResources()).resources.length).toBeGreaterThan(2);
    expect((await client.sdk.listResourceTemplates()).resourceTemplates.length).toBeGreaterThan(0);
  });

  test("calls, and their errors", async () => {
    expect(await said(client, "echo", { message: "ä€😀" })).toBe("Echo: ä€😀");
    expect(await said(client, "get-tiny-image")).toContain("image");
    expect(await said(client, "get-sum", { a: "x" })).toContain("Input validation error");
    await expect(said(client, "nothing")).rejects.toMatchObject({ code: -32602 });
    const result = await client.sdk.callTool({ name: "get-structured-content", arguments: { location: "Chicago" } });
    expect(result.structuredContent).toMatchObject({ conditions: expect.any(String) });
  });

  test("progress", async () => {
    const args = { duration: 0.3, steps: 3 };
    await client.call("trigger-long-running-operation", args, { onprogress: () => undefined });
    const seen = client.notifications.items().filter(({ method }) => method === "notifications/progress");
    expect(seen.map(({ params }) => params.progress)).toEqual([1, 2, 3]);
  });

  test("cancellation", async () => {
    const cancelled = new AbortController();
    const args = { duration: 60, steps: 600 };
    const options = { signal: cancelled.signal, onprogress: () => cancelled.abort() };
    const call = client.call("trigger-long-running-operation", args, options);
    await expect(call).rejects.toThrow();
    expect(await said(client, "echo", { message: "still there" })).toBe("Echo: still there");
  });

  test("reads, templates, prompts and completion", async () => {
    for (const uri of ["demo://resource/static/document/features.md", "demo://resource/dynamic/text/7"])
      expect((await client.sdk.readResource({ uri })).contents).toMatchObject([{ uri }]);
    await expect(client.sdk.readResource({ uri: "nowhere://at/all" })).rejects.toMatchObject({ code: -32602 });
    const prompt = await client.sdk.getPrompt({ name: "args-prompt", arguments: { city: "Bonn", state: "NRW" } });
    expect(JSON.stringify(prompt.messages)).toContain("Bonn");
    const { completion } = await client.sdk.complete({
      ref: { type: "ref/prompt", name: "completable-prompt" },
      argument: { name: "department", value: "Eng" },
    });
    expect(completion.values).toEqual(["Engineering"]);
  });

  test("sampling and elicitation", async () => {
    expect(await said(client, "trigger-sampling-request", { prompt: "A colour?", maxTokens: 10 })).toContain("blue");
    expect(await said(client, "trigger-elicitation-request")).toContain("Ann");
    const page = { url: "https://example.com/", elicitationId: "one" };
    expect(await said(client, "trigger-url-elicitation", page)).toContain("completed the URL elicitation");
    const again = { url: "https://example.com/", elicitationId: "two", errorPath: true };
    expect(await said(client, "trigger-url-elicitation", again)).toContain("completed the URL elicitation");
  });

  test("subscriptions", async () => {
    const uri = "demo://resource/dynamic/text/1";
    const subscription = await (client.sdk as Client).listen({ resourceSubscriptions: [uri] });
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [uri] });
    await subscription.close();
    expect(await subscription.closed).toBe("local");
  });
});

test("roots, which belong to one client, where each client has a connection", async () => {
  const backends = { everything: { ...npm("everything", "stdio"), sharing: "session" } };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway);
  expect(await said(client, "get-roots-list")).toContain("file:///tmp/root");
});

test("filesystem and memory, behind one gateway", async () => {
  const directory = mkdtempSync(join(tmpdir(), "argus-modern-"));
  writeFileSync(join(directory, "note.txt"), "a note");
  const memory = { ...npm("memory"), env: { MEMORY_FILE_PATH: join(directory, "memory.jsonl") } };
  const backends = { filesystem: npm("filesystem", directory), memory };
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway);
  expect(await said(client, "read_text_file", { path: join(directory, "note.txt") })).toBe("a note");
  expect(await said(client, "read_text_file", { path: "/etc/hostname" })).toContain("denied");
  const entities = [{ name: "Ann", entityType: "person", observations: ["writes notes"] }];
  expect(await said(client, "create_entities", { entities })).toContain("Ann");
  expect(await said(client, "read_graph")).toContain("writes notes");
  rmSync(directory, { recursive: true });
});
