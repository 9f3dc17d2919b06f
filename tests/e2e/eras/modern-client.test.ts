// A modern client in front of legacy servers: they get requests as they know them, and nobody else hears what it wants to hear.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { kinds, startFull } from "../../fixtures/full/start.ts";
import { levels } from "../../fixtures/full/stream-tools.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { modernClient } from "../../fixtures/modern-client.ts";

setDefaultTimeout(30_000);

test.each(kinds)("a legacy %s server gets nothing of the envelope, and the rest of the metadata", async (kind) => {
  await using full = await startFull(kind);
  await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
  const client = modernClient(`${gateway.url}/mcp`);
  const answer = await client.call(
    "echo",
    { n: 1 },
    { meta: { "vendor/x": 1, "io.modelcontextprotocol/logLevel": "error" } },
  );
  const { _meta: meta } = answer.body.result ?? {};
  expect(meta).toMatchObject({ "vendor/received": { name: "echo", arguments: { n: 1 }, _meta: { "vendor/x": 1 } } });
  expect(JSON.stringify(meta)).not.toContain("clientCapabilities");
});

describe("what one client wants to hear on a connection that all share is not what others hear:", () => {
  const from = (level: string) => levels.slice(levels.indexOf(level));

  /** The levels of what a legacy client hears of a call. */
  async function heardBy(client: Connected): Promise<string[]> {
    const heard: string[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.push(params.level));
    expect(await client.text("log")).toBe("logged");
    // On this stream the answer comes after them.
    return heard;
  }

  async function start() {
    const opened = new AsyncDisposableStack();
    const full = opened.use(await startFull("stdio"));
    const gateway = opened.use(await startGateway({ version: "1", backends: { full: full.backend } }));
    const joining = async () => opened.use(await connect(gateway.url));
    return { gateway, joining, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }

  test("of a modern request", async () => {
    await using world = await start();
    const [plain, quiet] = [await world.joining(), await world.joining()];
    expect(await heardBy(plain)).toEqual(from("info"));
    const meta = { "io.modelcontextprotocol/logLevel": "debug" };
    const { before } = await modernClient(`${world.gateway.url}/mcp`).call("log", {}, { meta });
    expect(before).toHaveLength(8);
    expect(await heardBy(plain)).toEqual(from("info"));
    await quiet.setLoggingLevel("error");
    await modernClient(`${world.gateway.url}/mcp`).call("log", {}, { meta });
    expect(await heardBy(quiet)).toEqual(from("error"));
    expect(await heardBy(plain)).toEqual(from("info"));
  });

  test("of a legacy one, which has left", async () => {
    await using world = await start();
    const plain = await world.joining();
    await using loud = await connect(world.gateway.url);
    await loud.setLoggingLevel("debug");
    expect(await heardBy(loud)).toEqual(levels);
    expect(await heardBy(plain)).toEqual(from("info"));
    await (loud.transport as StreamableHTTPClientTransport).terminateSession();
    expect(await heardBy(plain)).toEqual(from("info"));
  });
});
