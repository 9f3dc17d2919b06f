// What was read is kept for those it is for, as long as the backend says.
import { expect, test } from "bun:test";
import { ReadCache } from "../../../src/backend/read-cache.ts";
import type { JsonObject } from "../../../src/model.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { callerOf, session } from "../gateway/stand-ins.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const read = (uri: string, more: JsonObject = {}) => request(1, "resources/read", { uri, ...more });
const answer = (result: JsonObject) =>
  parse(JSON.stringify({ jsonrpc: "2.0", id: 1, result: { contents: [], ...result } }));
const open = { ttlMs: 1_000, cacheScope: "public" };
const closed = { ttlMs: 1_000, cacheScope: "private" };

/** Somebody whom a token names. */
const known = (subject: string, issuer = "https://issuer.example") => ({
  ...callerOf(session(subject)),
  identity: { subject, issuer, roles: [] },
});
const anybody = callerOf(session("anybody"));

function cache() {
  const clock = new SimulatedClock();
  return { clock, reads: new ReadCache(clock) };
}

test("what is public is for everybody, for as long as is left", async () => {
  const { clock, reads } = cache();
  reads.keep(read("a:1"), known("ann"), answer(open));
  await clock.pass(400);
  for (const caller of [known("bob"), anybody, undefined])
    expect(JSON.parse(reads.get(read("a:1"), caller)?.text ?? "").result.ttlMs).toBe(600);
  await clock.pass(600);
  expect(reads.get(read("a:1"), anybody)).toBeUndefined();
});

test("what is private is for one identity only", () => {
  const { reads } = cache();
  reads.keep(read("a:1"), known("ann"), answer(closed));
  expect(reads.get(read("a:1"), known("ann"))).toBeDefined();
  for (const other of [known("bob"), known("ann", "https://other.example"), anybody, undefined])
    expect(reads.get(read("a:1"), other)).toBeUndefined();
});

test("what is private is not kept for somebody whom nobody knows", () => {
  const { reads } = cache();
  reads.keep(read("a:1"), anybody, answer(closed));
  expect(reads.get(read("a:1"), anybody)).toBeUndefined();
});

test.each<[string, JsonObject]>([
  ["no time", { cacheScope: "public" }],
  ["no time left", { ttlMs: 0, cacheScope: "public" }],
  ["nobody named", { ttlMs: 1_000 }],
  ["somebody unheard of", { ttlMs: 1_000, cacheScope: "friends" }],
  ["more to be asked", { ...open, resultType: "input_required" }],
])("an answer with %s is not kept", (_, result) => {
  const { reads } = cache();
  reads.keep(read("a:1"), anybody, answer(result));
  expect(reads.get(read("a:1"), anybody)).toBeUndefined();
});

test("an answer with a time that is no number is not kept", () => {
  const { reads } = cache();
  reads.keep(read("a:1"), anybody, parse('{"jsonrpc":"2.0","id":1,"result":{"ttlMs":1e999,"cacheScope":"public"}}'));
  expect(reads.get(read("a:1"), anybody)).toBeUndefined();
});

test("an error is not kept, and neither is the answer to a request that says more", () => {
  const { reads } = cache();
  reads.keep(read("a:1"), anybody, parse('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"m"}}'));
  reads.keep(read("a:1", { inputResponses: {} }), anybody, answer(open));
  reads.keep(request(1, "tools/call", { uri: "a:1" }), anybody, answer(open));
  expect(reads.get(read("a:1"), anybody)).toBeUndefined();
});

test("an update makes it forgotten, of a part and of the whole too, and nothing else", () => {
  const { reads } = cache();
  const uris = ["a://x", "a://x/part", "a://xy", "a://other"];
  const keep = () => {
    for (const uri of uris) reads.keep(read(uri), anybody, answer(open));
  };
  const left = () => uris.filter((uri) => reads.get(read(uri), anybody));
  keep();
  reads.updated("a://x");
  expect(left()).toEqual(["a://xy", "a://other"]);
  keep();
  reads.updated("a://x/part");
  expect(left()).toEqual(["a://xy", "a://other"]);
  reads.clear();
  expect(left()).toEqual([]);
});

test("the oldest make room for the newest", () => {
  const { reads } = cache();
  for (let n = 0; n <= 1_000; n++) reads.keep(read(`a:${n}`), anybody, answer(open));
  expect(reads.get(read("a:0"), anybody)).toBeUndefined();
  expect(reads.get(read("a:1"), anybody)).toBeDefined();
  const large = answer({ ...open, contents: ["x".repeat(9 * 1024 * 1024)] });
  reads.keep(read("b:1"), anybody, large);
  reads.keep(read("b:2"), anybody, large);
  expect(reads.get(read("b:1"), anybody)).toBeUndefined();
  expect(reads.get(read("b:2"), anybody)).toBeDefined();
});
