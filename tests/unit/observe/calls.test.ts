// What became of a call in one word, and several observers who hear the same.
import { describe, expect, test } from "bun:test";
import { type ErrorCode, GatewayError } from "../../../src/errors.ts";
import type { CallObserver, Outcome } from "../../../src/model.ts";
import { combine, OUTCOMES, type OutcomeWord, wordFor } from "../../../src/observe/calls.ts";
import { parse, request, resultMessage } from "../../../src/protocol/message.ts";
import { callerOf, session, upstream } from "../gateway/stand-ins.ts";

describe("the word for", () => {
  test.each<[OutcomeWord, string]>([
    ["success", '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ["success", '{"jsonrpc":"2.0","id":1,"result":{"isError":false}}'],
    ["success", '{"jsonrpc":"2.0","id":1,"result":{"isError":"true"}}'],
    ["success", '{"jsonrpc":"2.0","id":1,"result":null}'],
    ["success", '{"jsonrpc":"2.0","id":1,"result":"isError"}'],
    ["tool_error", '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}'],
    ["error", '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}'],
  ])("%s: %s", (word, text) => {
    expect(wordFor({ response: parse(text) })).toBe(word);
  });

  test("a result of our own is success", () => {
    expect(wordFor({ response: resultMessage('{"tools":[]}') })).toBe("success");
  });

  test.each<[OutcomeWord, unknown]>([
    ...(["unknown_capability", "unknown_resource", "unknown_method"] as ErrorCode[]).map(
      (code): [OutcomeWord, unknown] => ["unknown", new GatewayError(code, "")],
    ),
    ["cancelled", new GatewayError("cancelled", "")],
    ["timeout", new GatewayError("timeout", "")],
    ...(["unavailable", "undelivered", "unauthorized", "internal", "parse_error", "conflict"] as ErrorCode[]).map(
      (code): [OutcomeWord, unknown] => ["failed", new GatewayError(code, "")],
    ),
    ["failed", new TypeError("cancelled")],
    ["failed", Object.assign(new Error(""), { code: "timeout" })],
    ["failed", undefined],
  ])("%s: what was thrown, %#", (word, error) => {
    expect(wordFor({ error })).toBe(word);
    expect(OUTCOMES).toContain(word);
  });
});

describe("observers", () => {
  /** An observer that notes what it hears. */
  function noting(heard: string[], name: string, meta?: Record<string, string>): CallObserver {
    return {
      begin: ({ body }, caller) => {
        heard.push(`${name} begin ${body.method} ${caller.session.id}`);
        return {
          ...(meta && { meta }),
          routed: ({ original }) => heard.push(`${name} routed ${original}`),
          end: (outcome) => heard.push(`${name} end ${wordFor(outcome)}`),
        };
      },
    };
  }

  const caller = callerOf(session("one"));
  const outcome: Outcome = { error: new GatewayError("timeout", "") };

  test("are none where there is none, and the one where there is one", () => {
    const only = noting([], "a");
    expect(combine([])).toBeUndefined();
    expect(combine([only])).toBe(only);
  });

  test("all hear of each step, in their order", () => {
    const heard: string[] = [];
    const entry = combine(["a", "b", "c"].map((name) => noting(heard, name)))?.begin(request(1, "x"), caller);
    entry?.routed({ upstream: upstream("u"), original: "1" });
    entry?.routed({ upstream: upstream("u"), original: "2" });
    entry?.end(outcome);
    expect(heard).toEqual(
      ["begin x one", "routed 1", "routed 2", "end timeout"].flatMap((step) =>
        ["a", "b", "c"].map((name) => `${name} ${step}`),
      ),
    );
  });

  test("add their members together", () => {
    const both = combine([noting([], "a", { a: "1", x: "a" }), noting([], "b"), noting([], "c", { c: "3", x: "c" })]);
    expect(both?.begin(request(1, "x"), caller).meta).toEqual({ a: "1", c: "3", x: "c" });
    const neither = combine([noting([], "a"), noting([], "b")]);
    expect(neither?.begin(request(1, "x"), caller).meta ?? {}).toEqual({});
  });
});
