// Which requests to the management API are changes, and what is noted about them.
import { expect, test } from "bun:test";
import { audited } from "../../../src/manage/audited.ts";
import type { Change } from "../../../src/observe/audit.ts";

/** What is noted when a request is answered like this; the answer itself must arrive whole. */
async function noted(method: string, path: string, answer: object | null, status = 200): Promise<Change[]> {
  const changes: Change[] = [];
  const text = answer === null ? null : JSON.stringify(answer);
  const handle = audited(
    async () => new Response(text, { status }),
    (change) => changes.push(change),
  );
  const response = await handle(new Request(`http://127.0.0.1/manage/v1${path}`, { method }), "192.0.2.1");
  expect([response.status, await response.text()]).toEqual([status, text ?? ""]);
  return changes;
}

const failure = { error: { code: "conflict", message: "not now", details: null } };

test.each([
  ["POST", "/reload", { reloaded: true, errors: [] }, { method: "reload", error: null }],
  ["POST", "/reload", { reloaded: false, errors: ["a", "b"] }, { method: "reload", error: "a; b" }],
  ["POST", "/reload", failure, { method: "reload", error: "not now" }],
  ["POST", "/reconnect/one", { reconnected: true, error: null }, { method: "reconnect", backend: "one", error: null }],
  ["POST", "/reconnect/one", { error: "it is away" }, { method: "reconnect", backend: "one", error: "it is away" }],
  ["POST", "/shutdown", { shutting_down: true }, { method: "shutdown", error: null }],
  ["DELETE", "/sessions/an-id", null, { method: "end_session", name: "an-id", error: null }],
  ["POST", "/lock/approve", failure, { method: "approve", error: "not now" }],
])("%s %s that is answered with %j", async (method, path, answer, change) => {
  const latency = expect.any(Number);
  expect(await noted(method, path, answer)).toEqual([{ ...change, address: "192.0.2.1", latency } as Change]);
});

test("each tool that is approved has a line", async () => {
  const changes = await noted("POST", "/lock/approve", { backend: "one", approved: ["add", "sub"] });
  expect(changes).toMatchObject([
    { method: "approve", backend: "one", name: "add", error: null },
    { method: "approve", backend: "one", name: "sub", error: null },
  ]);
});

test.each([
  ["GET", "/backends"],
  ["GET", "/reload"],
  ["POST", "/reload/now"],
  ["GET", "/sessions/an-id"],
])("%s %s is no change", async (method, path) => expect(await noted(method, path, {})).toEqual([]));

test("who shows no token is noted elsewhere", async () => {
  expect(await noted("POST", "/reload", failure, 401)).toEqual([]);
  expect(await noted("POST", "/reload", failure, 429)).toEqual([]);
});
