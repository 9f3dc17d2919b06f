// Who is told that an elicitation by URL is complete: the client that was asked, by that very backend, and nobody else.
import { beforeEach, expect, test } from "bun:test";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { JsonObject, Session, Upstream } from "../../../src/model.ts";
import { notification, parse, request, resultMessage } from "../../../src/protocol/message.ts";
import { callerOf, listener, sourceOf, upstream } from "./stand-ins.ts";

const COMPLETE = "notifications/elicitation/complete";
const [bank, mail] = [upstream("bank", {}), upstream("mail", {})];

/** One that opens every page. */
function client(id: string) {
  const ask = () => Promise.resolve(resultMessage({ action: "accept" }));
  return { ...listener(id), capabilities: { elicitation: { url: {} } }, ask };
}

const snapshotOf = (...backends: Upstream[]) =>
  buildSnapshot(backends.map(sourceOf), { strategy: "first-wins", separator: "_", order: [] });

let gateway: Gateway;
let ann: ReturnType<typeof client>;
let bob: ReturnType<typeof client>;

beforeEach(() => {
  gateway = new Gateway();
  gateway.swap(snapshotOf(bank, mail));
  [ann, bob] = [client("ann"), client("bob")];
  for (const each of [ann, bob]) gateway.open(each);
});

async function asks(backend: Upstream, client: Session, elicitationId: string): Promise<void> {
  const message = request(1, "elicitation/create", { mode: "url", url: "https://a", elicitationId });
  const options = { signal: new AbortController().signal, progress: () => undefined };
  await gateway.ask(message, { upstream: backend, inFlight: () => [callerOf(client)] }, options);
}

function says(backend: Upstream, method: string, params: JsonObject = {}, session?: Session): void {
  gateway.notify(notification(method, params), { upstream: backend, ...(session && { session }), inFlight: () => [] });
}

test("the client that was asked hears of it, once", async () => {
  await asks(bank, ann, "1");
  await asks(bank, bob, "2");
  says(bank, COMPLETE, { elicitationId: "2" });
  expect([ann.methods(), bob.methods()]).toEqual([[], [COMPLETE]]);
  says(bank, COMPLETE, { elicitationId: "1" });
  expect([ann.methods(), bob.methods()]).toEqual([[COMPLETE], []]);
});

test("two backends may count alike", async () => {
  await asks(bank, ann, "1");
  await asks(mail, bob, "1");
  says(bank, COMPLETE, { elicitationId: "1" });
  expect([ann.methods(), bob.methods()]).toEqual([[COMPLETE], []]);
  says(mail, COMPLETE, { elicitationId: "1" });
  expect([ann.methods(), bob.methods()]).toEqual([[], [COMPLETE]]);
});

test("so may two connections of one backend", async () => {
  const own = { ...bank, sharing: "session" as const };
  for (const each of [ann, bob]) await asks(own, each, "1");
  says(own, COMPLETE, { elicitationId: "1" }, ann);
  expect([ann.methods(), bob.methods()]).toEqual([[COMPLETE], []]);
});

test("a client that had to open a page before its call hears of it", async () => {
  const error = { code: -32042, message: "first", data: { elicitations: [{ mode: "url", elicitationId: "1" }] } };
  const refused = parse(JSON.stringify({ jsonrpc: "2.0", id: 0, error }));
  const shop = upstream("shop", { tools: [{ name: "buy" }] }, { request: async () => refused });
  gateway.swap(snapshotOf(shop, bank));
  await gateway.request({ message: request(1, "tools/call", { name: "buy" }), caller: callerOf(bob) });
  for (const each of [ann, bob]) each.methods();
  says(shop, COMPLETE, { elicitationId: "1" });
  expect([ann.methods(), bob.methods()]).toEqual([[], [COMPLETE]]);
});

test("of a backend that never tells of an end, the newest are remembered, and others are told to nobody", async () => {
  for (let id = 0; id <= 1_000; id++) await asks(bank, ann, String(id));
  says(bank, COMPLETE, { elicitationId: "0" });
  expect([ann.methods(), bob.methods()]).toEqual([[], []]);
  says(bank, COMPLETE, { elicitationId: "1" });
  expect([ann.methods(), bob.methods()]).toEqual([[COMPLETE], []]);
});

test("an empty id takes nothing else from others", async () => {
  await asks(bank, ann, "");
  says(mail, "notifications/message", { level: "error" });
  expect([ann.methods(), bob.methods()]).toEqual([["notifications/message"], ["notifications/message"]]);
});
