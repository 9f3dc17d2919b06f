// What becomes of a request over HTTP whose stream breaks off.
import { expect, test } from "bun:test";
import { HttpTransport } from "../../../src/backend/http.ts";
import type { GatewayError } from "../../../src/errors.ts";
import { serveLegacy } from "../../fixtures/legacy-http.ts";
import { within } from "../../fixtures/until.ts";

test("a server that cannot be reached when a stream is resumed has had the request all the same", async () => {
  const failed = Promise.withResolvers<GatewayError>();
  const server = serveLegacy({
    call: () => {
      setImmediate(() => server[Symbol.asyncDispose]());
      return new Response("id: 1\ndata:\n\n", { headers: { "content-type": "text/event-stream" } });
    },
  });
  const traffic = { received: 0, sent: 0 };
  const transport = new HttpTransport({ url: new URL(server.backend.url), headers: {}, traffic });
  await transport.open({
    message: () => undefined,
    failed: (_, error) => failed.resolve(error),
    closed: () => undefined,
    waits: () => true,
  });
  transport.send('{"jsonrpc":"2.0","id":1,"method":"tools/call"}', 1);
  const { code, message } = await within("the request fails", failed.promise);
  expect([code, message]).toEqual(["unavailable", expect.stringContaining("cannot be reached")]);
  await transport.close();
});
