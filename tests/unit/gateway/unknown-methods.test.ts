// Where methods lead that the gateway does not know: to the one backend that there is, but not past its filters.
import { expect, test } from "bun:test";
import { filterOf } from "../../../src/gateway/filters.ts";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { JsonObject } from "../../../src/model.ts";
import { request, resultMessage } from "../../../src/protocol/message.ts";
import { callerOf, session, sourceOf, upstream } from "./stand-ins.ts";

/** A backend of which some tools, prompts and resources are hidden, and what it was asked. */
function hiding() {
  const edits: unknown[] = [];
  const tools = ["read", "remove"].map((name) => ({ name, inputSchema: { type: "object" } }));
  const prompts = [{ name: "ask" }, { name: "secret" }];
  const backend = upstream(
    "one",
    { hello: { capabilities: { resources: {} } }, tools, prompts },
    {
      request: async (call) => {
        edits.push(call.edits?.params);
        return resultMessage({});
      },
    },
  );
  const denied = (...deny: string[]) => filterOf({ allow: [], deny });
  const filters = { tools: denied("remove"), prompts: denied("secret"), resources: denied("file:*") };
  const gateway = new Gateway();
  const rules = { strategy: "first-wins", separator: "_", order: [] } as const;
  gateway.swap(buildSnapshot([{ ...sourceOf(backend), filters }], rules));
  const caller = callerOf(session("one"));
  const ask = (method: string, params: JsonObject) => gateway.request({ message: request(1, method, params), caller });
  return { ask, edits };
}

test.each([
  ["tools/explain", { name: "remove" }],
  ["vendor/explain", { name: "remove" }],
  ["prompts/explain", { name: "secret" }],
  ["vendor/explain", { name: "secret" }],
  ["vendor/explain", { name: "remove", uri: "note://1" }],
  ["vendor/explain", { uri: "file:///etc/passwd" }],
])("%s does not reach what a filter hides: %j", async (method, params) => {
  const { ask, edits } = hiding();
  await expect(ask(method, params)).rejects.toMatchObject({ code: "unknown_method" });
  expect(edits).toEqual([]);
});

test.each([
  ["tools/explain", { name: "read" }, { name: '"read"' }],
  ["prompts/explain", { name: "ask" }, { name: '"ask"' }],
  ["vendor/explain", { name: "anything" }, { name: '"anything"' }],
  ["vendor/explain", { name: "anything", uri: "note://1" }, { name: '"anything"' }],
  ["vendor/explain", {}, {}],
])("%s reaches the backend with all else: %j", async (method, params, edited) => {
  const { ask, edits } = hiding();
  await ask(method, params);
  expect(edits).toEqual([edited]);
});
