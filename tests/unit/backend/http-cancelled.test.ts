// What is left of a request over HTTP that was cancelled: nothing.
import { expect, test } from "bun:test";
import { HttpTransport } from "../../../src/backend/http.ts";
import { createInbox } from "../../fixtures/inbox.ts";
import { within } from "../../fixtures/until.ts";

const PROGRESS = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';

/** A transport to a server that answers no request to the end; `begin` says what it answers at once. */
async function cancelling(begin: (body: ReadableStream<string>) => Response | Promise<Response>) {
  const [opened, closed] = [createInbox<number>(), createInbox<number>()];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { id } = (await request.json()) as { id?: number };
      if (id === undefined) return new Response(null, { status: 202 });
      request.signal.addEventListener("abort", () => closed.push(id));
      opened.push(id);
      return begin(new ReadableStream({ start: (controller) => controller.enqueue(`data: ${PROGRESS}\n\n`) }));
    },
  });
  const [waiting, heard] = [new Set([1, 2]), createInbox<number | undefined>()];
  const traffic = { received: 0, sent: 0 };
  const transport = new HttpTransport({ url: server.url, headers: {}, credentials: undefined, traffic });
  await transport.open({
    message: (_, request) => heard.push(request),
    failed: () => undefined,
    closed: () => undefined,
    waits: (request) => waiting.has(request),
  });
  for (const id of waiting) transport.send(JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call" }), id);
  return {
    ...{ opened, closed, heard },
    cancel(id: number) {
      waiting.delete(id);
      transport.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }));
    },
    async [Symbol.asyncDispose]() {
      await transport.close();
      await server.stop(true);
    },
  };
}

test("the stream of a cancelled request is closed, which its server need not do; others stay open", async () => {
  const stream = { headers: { "content-type": "text/event-stream" } };
  await using requests = await cancelling((body) => new Response(body, stream));
  await Promise.all([1, 2].map((id) => requests.heard.take((request) => request === id)));
  requests.cancel(1);
  expect(await within("a stream is closed", requests.closed.take())).toBe(1);
  expect(requests.closed.items()).toEqual([]);
});

test("so is a cancelled request that was not answered at all", async () => {
  await using requests = await cancelling(() => new Promise(() => undefined));
  await Promise.all([1, 2].map((id) => requests.opened.take((request) => request === id)));
  requests.cancel(1);
  expect(await within("a request is closed", requests.closed.take(), 5)).toBe(1);
  expect(requests.closed.items()).toEqual([]);
});
