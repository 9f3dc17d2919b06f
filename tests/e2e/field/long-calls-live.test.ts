// A call that takes long arrives, silent or with progress; progress and cancellation find their way.
import { describe, expect, test } from "bun:test";
import { ProgressNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { chaos } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

/** Beyond the idle limits of HTTP servers that cut long calls: 10 s and 30 s are common defaults. */
const seconds = 35;
const transports = ["streamable-http", "sse"] as const;

const messages = (steps: number) => Array.from({ length: steps }, (_, index) => `step ${index + 1}`);

test(`calls of ${seconds} s arrive over each transport, silent ones too`, async () => {
  await using server = new Forgetful();
  const backends = { local: chaos(), remote: { type: "streamable-http", url: server.url } };
  await using gateway = await startGateway({ version: "1", backends });
  const calls = transports.map(async (transport) => {
    await using client = await connect(gateway.url, { transport });
    const heard: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string }) => heard.push(message);
    const answers = await Promise.all([
      client.text("slow", { seconds }),
      client.text("slow", { seconds, steps: 5 }, { onprogress }),
      client.text("stall", { seconds }),
    ]);
    expect(answers).toEqual(["done", "done", expect.stringMatching(/^call \d$/)]);
    expect(heard).toEqual(messages(5));
  });
  await Promise.all(calls);
}, 90_000);

describe("progress", () => {
  test("comes under the token that the client chose, and before the answer", async () => {
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
    await using client = await connect(gateway.url);
    const heard: unknown[] = [];
    client.setNotificationHandler(ProgressNotificationSchema, ({ params }) => void heard.push(params.progressToken));
    const call = (progressToken: string | number) =>
      client.raw("tools/call", { name: "slow", arguments: { seconds: 0, steps: 2 }, _meta: { progressToken } });
    await call("my own token");
    await call(7);
    await call("7");
    expect(heard).toEqual(["my own token", "my own token", 7, 7, "7", "7"]);
  }, 20_000);

  test("of two clients that chose the same token goes to each its own", async () => {
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
    const heard = transports.map(async (transport, index) => {
      await using client = await connect(gateway.url, { transport });
      const tokens: unknown[] = [];
      client.setNotificationHandler(ProgressNotificationSchema, ({ params }) => void tokens.push(params.total));
      const input = { seconds: 1, steps: 3 + index };
      await client.raw("tools/call", { name: "slow", arguments: input, _meta: { progressToken: 1 } });
      return tokens;
    });
    expect(await Promise.all(heard)).toEqual([
      [3, 3, 3],
      [4, 4, 4, 4],
    ]);
  }, 20_000);
});

describe.each(transports)("the cancellation of a call over %s", (transport) => {
  test("reaches the backend, and only that call", async () => {
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
    await using client = await connect(gateway.url, { transport });
    await using other = await connect(gateway.url, { transport });
    const cancel = new AbortController();
    const hanging = client.text("hang", {}, { signal: cancel.signal }).catch(() => "cancelled");
    const kept = other.text("slow", { seconds: 1 });
    await client.text("echo");
    cancel.abort();
    expect(await hanging).toBe("cancelled");
    await until("the backend knows", async () => (await client.text("cancelled")) === "1");
    expect(await kept).toBe("done");
    expect(await client.text("cancelled")).toBe("1");
  }, 20_000);
});
