// Listing what a backend offers: all pages, whatever their cursors look like.
import { expect, test } from "bun:test";
import { Exchange } from "../../../src/backend/exchange.ts";
import { initialize } from "../../../src/backend/hello.ts";
import { fetchOffer } from "../../../src/backend/offer.ts";
import { request } from "../../../src/protocol/message.ts";
import { AnsweringTransport, type Answers } from "./answering.ts";
import { nobody } from "./scripted.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const tool = (name: string) => ({ name, inputSchema: { type: "object" } });

/** A connection to a server with tools that answers like this. */
function open(answers: Answers): Promise<Exchange> {
  return Exchange.open({
    transport: new AnsweringTransport({ tools: {} }, answers),
    handlers: nobody,
    clock: new SimulatedClock(),
    handshake: initialize(request(0, "initialize", {})),
    timeout: 1,
    signal: new AbortController().signal,
  });
}

/** The names of the tools, and the warnings, of a server that answers like this. */
async function toolsOf(answers: Answers): Promise<{ names: unknown[]; warnings: string[] }> {
  const connection = await open(answers);
  const warnings: string[] = [];
  const { tools } = await fetchOffer(connection, ["tools"], {
    timeout: 1,
    warn: (message) => warnings.push(message),
    failed: (kind) => warnings.push(`${kind} failed`),
  });
  return { names: tools.map(({ body }) => body.name), warnings };
}

test.each([
  ["short", "2"],
  ["empty", ""],
  ["long", "x".repeat(10_000)],
])("all pages are fetched with a cursor that is %s", async (_, nextCursor) => {
  const answers: Answers = {
    "tools/list": ({ cursor }) => {
      if (cursor === undefined) return { tools: [tool("first")], nextCursor };
      return { tools: cursor === nextCursor ? [tool("second")] : [] };
    },
  };
  expect(await toolsOf(answers)).toEqual({ names: ["first", "second"], warnings: [] });
});

test("pages that go in a circle come to an end", async () => {
  const answers: Answers = {
    "tools/list": ({ cursor }) => ({ tools: [tool(`after ${cursor}`)], nextCursor: "again" }),
  };
  const { names, warnings } = await toolsOf(answers);
  expect(names).toEqual(["after undefined", "after again"]);
  expect(warnings).toEqual([expect.stringContaining("never ends")]);
});

test("what no client could use is left out, with the reason", async () => {
  const tools = [tool("good"), tool(""), tool("x".repeat(129)), { name: "bad" }, "none", null, tool("x".repeat(128))];
  const { names, warnings } = await toolsOf({ "tools/list": () => ({ tools }) });
  expect(names).toEqual(["good", "x".repeat(128)]);
  expect(warnings).toHaveLength(5);
});

test("a list that could not be had is as it was before, and known to be missing until it is had", async () => {
  let fails = false;
  const list = () => {
    if (fails) throw new Error("not now");
    return { tools: [tool("a")] };
  };
  const connection = await open({ "tools/list": list });
  const quiet = { timeout: 1, warn: () => undefined, failed: () => undefined };
  const first = await fetchOffer(connection, ["tools", "prompts"], quiet);
  fails = true;
  const second = await fetchOffer(connection, ["tools"], { ...quiet, before: first });
  const third = await fetchOffer(connection, ["prompts"], { ...quiet, before: second });
  fails = false;
  const fourth = await fetchOffer(connection, ["tools"], { ...quiet, before: third });
  const offers = [first, second, third, fourth];
  expect(offers.map(({ missing }) => missing)).toEqual([[], ["tools"], ["tools"], []]);
  expect(offers.map(({ tools }) => tools.length)).toEqual([1, 1, 1, 1]);
});

test("a list may be kept as long as all of its pages, by those who may have all of them", async () => {
  const pages: Record<string, object> = {
    first: { tools: [tool("a")], nextCursor: "second", ttlMs: 9_000, cacheScope: "public" },
    second: { tools: [tool("b")], nextCursor: "third", ttlMs: 5_000, cacheScope: "private" },
    third: { tools: [tool("c")], ttlMs: 7_000, cacheScope: "public" },
  };
  const connection = await open({ "tools/list": ({ cursor = "first" }) => ({ ...pages[String(cursor)] }) });
  const options = { timeout: 1, warn() {}, failed() {} };
  expect((await fetchOffer(connection, ["tools"], options)).freshness).toEqual({
    tools: { ttlMs: 5_000, cacheScope: "private" },
  });
  const strange = { ttlMs: -5, cacheScope: "public" };
  for (const more of [{}, strange]) {
    const other = await open({ "tools/list": () => ({ tools: [], ...more }) });
    expect((await fetchOffer(other, ["tools"], options)).freshness).toEqual({});
  }
});
