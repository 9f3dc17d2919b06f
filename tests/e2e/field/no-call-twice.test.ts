// A call that a backend may have begun is not sent again when the link to it is lost: it fails, and was made once.
import { expect, test } from "bun:test";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { serveLegacy } from "../../fixtures/legacy-http.ts";
import { within } from "../../fixtures/until.ts";

/** A stream that is open until it is closed. */
function stream() {
  const closing = Promise.withResolvers<void>();
  const body = new ReadableStream<string>({
    async start(controller) {
      controller.enqueue(": open\n\n");
      await closing.promise;
      controller.close();
    },
  });
  return { close: closing.resolve, response: new Response(body, { headers: { "content-type": "text/event-stream" } }) };
}

test("a server that forgets its session has the call in flight once", async () => {
  const unasked = stream();
  const answers = [unasked.response, new Response(null, { status: 404 })];
  let calls = 0;
  await using server = serveLegacy({
    call: () => {
      calls++;
      unasked.close();
      return stream().response;
    },
    listen: () => answers.shift() ?? stream().response,
  });
  await using gateway = await startGateway({ version: "1", backends: { remote: server.backend } });
  await using client = await connect(gateway.url);
  const call = client.text("call").catch((error: Error) => error.message);
  await gateway.logged(/forgot the session[\s\S]*connected/);
  expect(calls).toBe(1);
  expect(await within("an answer", call)).toContain("forgot the session");
}, 60_000);
