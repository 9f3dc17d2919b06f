// What is left of a request over HTTP that was cancelled: nothing.
import { expect, test } from "bun:test";
import { HttpTransport } from "../../../src/backend/http.ts";
import { createInbox } from "../../fixtures/inbox.ts";
import { within } from "../../fixtures/until.ts";

const PROGRESS = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';

test("the stream of a cancelled request is closed, which its server need not do; others stay open", async () => {
  const closed = createInbox<number>();
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { id } = (await request.json()) as { id?: number };
      if (id === undefined) return new Response(null, { status: 202 });
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(`event: message\ndata: ${PROGRESS}\n\n`),
        cancel: () => closed.push(id),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const [waiting, opened] = [new Set([1, 2]), createInbox<number | undefined>()];
  const traffic = { received: 0, sent: 0 };
  const transport = new HttpTransport({ url: server.url, headers: {}, credentials: undefined, traffic });
  await transport.open({
    message: (_, request) => opened.push(request),
    failed: () => undefined,
    closed: () => undefined,
    waits: (request) => waiting.has(request),
  });
  for (const id of waiting) transport.send(JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call" }), id);
  await Promise.all([1, 2].map((id) => opened.take((request) => request === id)));
  waiting.delete(1);
  transport.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
  expect(await within("a stream is closed", closed.take())).toBe(1);
  expect(closed.items()).toEqual([]);
  await transport.close();
});
