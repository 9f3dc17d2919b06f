// A client's requests come back under the id that they had.
import { expect, test } from "bun:test";
import { Gateway } from "../../../src/gateway/gateway.ts";
import { pick } from "../../../src/protocol/json.ts";
import { parse } from "../../../src/protocol/message.ts";
import { ANONYMOUS } from "../../../src/server/auth.ts";
import { ClientSession } from "../../../src/server/session.ts";

test.each([
  ["a number", "0"],
  ["a negative number", "-1"],
  ["a number that JavaScript cannot hold", "12345678901234567890"],
  ["empty text", '""'],
  ["text with a quote", '"a\\"b"'],
  ["long text", `"${"x".repeat(10_000)}"`],
])("%s", async (_, id) => {
  for (const method of ["initialize", "ping", "unknown"]) {
    const gateway = new Gateway();
    const session = new ClientSession({
      ...{ gateway, transport: "streamable-http", group: null, serverInfo: {} },
      identity: ANONYMOUS,
    });
    const answer = await session.take(parse(`{"jsonrpc":"2.0","id":${id},"method":"${method}"}`), session);
    expect([method, pick(answer ?? "", ["id"])]).toEqual([method, id]);
  }
});
