// POST /manage/v1/shutdown: no new work, time for calls in flight, and then everything ends, with exit code 0.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { chaos, script } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { alive } from "../fixtures/processes.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const config = { version: "1", backends: { one: chaos() } };

function shutDown(gateway: Gateway, body?: object): Promise<Response> {
  return gateway.manage("/shutdown", { method: "POST", ...(body && { body: JSON.stringify(body) }) });
}

/** The number in a file, once there is one. */
function numberIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
}

const stopping = (gateway: Gateway) =>
  until("it is stopping", async () => {
    const { service } = (await (await gateway.manage("/status")).json()) as { service: { state: string } };
    return service.state === "stopping";
  });

test("calls in flight are finished, new work is refused, and nothing is left", async () => {
  await using gateway = await startGateway(config);
  await using one = await connect(gateway.url);
  await using two = await connect(gateway.url, { transport: "sse" });
  const events = await gateway.manage("/events/stream");
  const pid = Number(await one.text("pid"));
  const file = join(gateway.directory, "go-on");
  const calls = [one, two].map((client) => client.text("wait", { file }));
  await one.text("echo");
  const answer = await shutDown(gateway);
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual({ shutting_down: true });
  await stopping(gateway);
  await expect(one.text("echo")).rejects.toThrow("shutting down");
  await expect(connect(gateway.url)).rejects.toThrow("shutting down");
  writeFileSync(file, "");
  expect(await Promise.all(calls)).toEqual(["waited", "waited"]);
  expect(await gateway.exited).toBe(0);
  expect(alive(pid)).toBe(false);
  expect(await events.text()).toContain("event: shutdown\n");
});

test("a call that does not end is cut off after the time that was given", async () => {
  await using gateway = await startGateway(config);
  await using client = await connect(gateway.url);
  const hanging = client.text("hang").catch((error: Error) => error.message);
  const pid = Number(await client.text("pid"));
  await shutDown(gateway, { timeout_seconds: 1 });
  expect(await gateway.exited).toBe(0);
  expect(await hanging).toContain("the gateway was shut down");
  expect(alive(pid)).toBe(false);
});

test("a reload that tries backends meanwhile leaves none of them behind", async () => {
  const strict = { conflict_resolution: { strategy: "error" } };
  await using gateway = await startGateway({ ...config, ...strict });
  const slow = script("echo $$ > tried; exec sleep 4242");
  gateway.edit({ version: "1", ...strict, backends: { ...config.backends, slow } });
  const pid = await until("it is tried", () => numberIn(join(gateway.directory, "tried")));
  const reload = gateway.manage("/reload", { method: "POST" }).then(({ status }) => status);
  await shutDown(gateway);
  expect(await reload).toBe(503);
  expect(await gateway.exited).toBe(0);
  expect(alive(pid)).toBe(false);
});

test("a signal before every backend was tried ends the start without its good news", async () => {
  const slow = script("exec sleep 4242");
  await using gateway = await startGateway({ version: "1", backends: { slow } }, { immediately: true });
  gateway.kill("SIGTERM");
  expect(await gateway.exited).toBe(0);
  expect(gateway.stderr()).not.toContain("ready:");
});

test("a question to a client can still be answered", async () => {
  await using gateway = await startGateway(config);
  await using client = await connect(gateway.url, { capabilities: { sampling: {} } });
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  client.setRequestHandler(CreateMessageRequestSchema, async () => {
    asked.resolve();
    await answered.promise;
    return { role: "assistant", model: "m", content: { type: "text", text: "the answer" } };
  });
  const params = { messages: [{ role: "user", content: { type: "text", text: "?" } }], maxTokens: 1 };
  const call = client.text("ask", { method: "sampling/createMessage", params });
  await asked.promise;
  await shutDown(gateway);
  await stopping(gateway);
  answered.resolve();
  expect(await call).toContain("the answer");
  expect(await gateway.exited).toBe(0);
});

test("what is asked twice happens once, and a signal shortens the time", async () => {
  await using gateway = await startGateway(config);
  await using client = await connect(gateway.url);
  const hanging = client.text("hang").catch((error: Error) => error.message);
  await client.text("echo");
  for (let count = 0; count < 2; count++) expect((await shutDown(gateway, { timeout_seconds: 300 })).status).toBe(202);
  await stopping(gateway);
  gateway.kill("SIGTERM");
  expect(await gateway.exited).toBe(0);
  expect(await hanging).toContain("the gateway was shut down");
});
