// Bodies that come late or break off; sizes are in tests/contract/http-limits.test.ts.
import { expect, test } from "bun:test";
import { bodyReader } from "../../../src/server/body.ts";

const posted = (body: ReadableStream, headers = {}) =>
  new Request("http://localhost/mcp", { method: "POST", body, headers });

const begun = (then: (controller: ReadableStreamDefaultController) => void = () => undefined) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"jsonrpc":'));
      then(controller);
    },
  });

test.each([{}, { "content-length": "64" }])("one that never ends is 408, with %j", async (headers) => {
  const answer = (await bodyReader(5)(posted(begun(), headers), 64)) as Response;
  expect([answer.status, answer.headers.get("connection")]).toEqual([408, "close"]);
  expect(await answer.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { message: expect.any(String) } });
});

test("one that breaks off is nobody's fault here", async () => {
  const broken = begun((controller) => setTimeout(() => controller.error(new Error("reset")), 1));
  expect(await bodyReader()(posted(broken), 64)).toMatchObject({ status: 400 });
});

test("a large one has more time", async () => {
  const slow = begun((controller) => {
    setTimeout(() => {
      controller.enqueue(new TextEncoder().encode('"2.0","method":"ping"}'));
      controller.close();
    }, 20);
  });
  expect(await bodyReader(5)(posted(slow), 64 * 60_000)).toMatchObject({ body: { method: "ping" } });
});
