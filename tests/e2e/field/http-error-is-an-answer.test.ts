// An HTTP backend that refuses a call answers it, whatever its error looks like: no client waits for ever.
import { expect, test } from "bun:test";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { serveLegacy } from "../../fixtures/legacy-http.ts";
import { within } from "../../fixtures/until.ts";

const error = { code: -32603, message: "Internal server error" };

test.each<[string, object, string]>([
  ["its own id", { jsonrpc: "2.0", error }, "-32603: Internal server error"],
  ["no id", { jsonrpc: "2.0", id: undefined, error }, "-32603: Internal server error"],
  ["id null, as the SDK for TypeScript", { jsonrpc: "2.0", id: null, error }, "-32603: Internal server error"],
  ["an id of its own, as the SDK for Python", { jsonrpc: "2.0", id: "server-error", error }, "-32603: Internal server"],
  ["no JSON-RPC", { error: { code: 500, message: "out of order" } }, "answered HTTP 500"],
  ["no error", { status: "out of order" }, "answered HTTP 500"],
])(
  "an error with %s",
  async (_, body, message) => {
    await using server = serveLegacy({ call: (id) => Response.json({ id, ...body }, { status: 500 }) });
    await using gateway = await startGateway({ version: "1", backends: { remote: server.backend } });
    await using client = await connect(gateway.url);
    await expect(within("an answer", client.text("call"), 10)).rejects.toThrow(message);
  },
  30_000,
);

test("a web page where a server should be is told as what it is", async () => {
  const page = () =>
    new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html" } });
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: page });
  const remote = { type: "streamable-http", url: server.url.href };
  await using gateway = await startGateway({ version: "1", backends: { remote } });
  const shown = (await (await gateway.manage("/backends/remote")).json()) as { error: string };
  expect(shown.error).toBe("answered HTTP 200 without a message: <!doctype html><title>Sign in</title>");
  expect(gateway.log()).not.toContain("stdout");
}, 30_000);
