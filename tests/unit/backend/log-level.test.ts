// What a legacy server is told of the log messages that modern clients want with their calls, and when.
import { expect, test } from "bun:test";
import { META } from "../../../src/protocol/envelope.ts";
import { call, client } from "./fleet.ts";
import { connectTo, ScriptedServer } from "./scripted.ts";
import { SimulatedClock, settled } from "./simulated-clock.ts";

async function world() {
  const answers = { "tools/call": () => ({ content: [] }) };
  const server = new ScriptedServer({ logging: {} }, answers, ["logging/setLevel"]);
  const connection = await connectTo(server, new SimulatedClock());
  const caller = { ...client("modern").caller, era: "modern" as const };
  const send = (level: string, signal?: AbortSignal) =>
    connection.request(call("tools/call", { _meta: { [META.level]: level } }).message, {
      caller,
      ...(signal && { signal }),
    });
  const heard = () => server.heard.slice(2).map(({ method, params }) => params?.level ?? method);
  return { server, send, heard };
}

test("a call goes after the level that it wants, and so does one that comes meanwhile", async () => {
  const { server, send, heard } = await world();
  const calls = ["debug", "debug"].map((level) => send(level));
  await settled();
  expect(heard()).toEqual(["debug"]);
  server.answer("logging/setLevel");
  await Promise.all(calls);
  expect(heard()).toEqual(["debug", "tools/call", "tools/call"]);
  await send("error");
  expect(heard()).toEqual(["debug", "tools/call", "tools/call", "tools/call"]);
});

test("a call that is cancelled before it could go is never sent", async () => {
  const { server, send, heard } = await world();
  const cancel = new AbortController();
  const cancelled = send("debug", cancel.signal);
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  server.answer("logging/setLevel");
  await settled();
  expect(heard()).not.toContain("tools/call");
});
