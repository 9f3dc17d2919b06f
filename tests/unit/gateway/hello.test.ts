// The answer to `initialize`: the union of what the backends can do, and their instructions.
import { describe, expect, test } from "bun:test";
import { mergeCapabilities, mergeInstructions } from "../../../src/gateway/hello.ts";
import type { JsonObject, Upstream } from "../../../src/model.ts";
import { pick } from "../../../src/protocol/json.ts";
import { isObject, parse, resultText } from "../../../src/protocol/message.ts";
import { upstream } from "./stand-ins.ts";

/** A backend that answered `initialize` with this result, read as its connection reads it. */
function backend(name: string, result: JsonObject): Upstream {
  const { text, body } = parse(resultText(1, JSON.stringify(result)));
  const hello = { text: pick(text, ["result"]) ?? "", body: isObject(body.result) ? body.result : {} };
  return upstream(name, undefined, { offer: { hello, tools: [], prompts: [], resources: [], resourceTemplates: [] } });
}

const able = (name: string, capabilities: JsonObject) => backend(name, { capabilities });

/** Lists may change with every reload, so these are always there. */
const always = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true },
};

describe("capabilities", () => {
  test("of no backend are those that can come later", () => {
    expect(mergeCapabilities([])).toEqual(always);
  });

  test("are those of all backends, with what no specification knows", () => {
    const merged = mergeCapabilities([
      able("a", { tools: {}, logging: {}, experimental: { "vendor/x": { deep: [1] } } }),
      able("b", {
        resources: { subscribe: true, "vendor/y": null },
        completions: {},
        experimental: { "vendor/z": {} },
      }),
    ]);
    expect(merged).toEqual({
      ...always,
      resources: { listChanged: true, subscribe: true, "vendor/y": null },
      logging: {},
      completions: {},
      experimental: { "vendor/x": { deep: [1] }, "vendor/z": {} },
    });
  });

  test("are there when one backend has them, whichever it is", () => {
    const [yes, no] = [able("a", { resources: { subscribe: true } }), able("b", { resources: { subscribe: false } })];
    const subscribing = { ...always, resources: { listChanged: true, subscribe: true } };
    expect(mergeCapabilities([yes, no])).toEqual(subscribing);
    expect(mergeCapabilities([no, yes])).toEqual(subscribing);
  });

  describe("of tasks", () => {
    const TASKS = "io.modelcontextprotocol/tasks";
    const extensions = { [TASKS]: {}, "vendor/x": { level: 1 } };
    const both = { tasks: { list: {} }, extensions };
    const modern = backend("a", { protocolVersion: "2026-07-28", capabilities: both });
    const legacy = backend("b", { protocolVersion: "2025-11-25", capabilities: both });
    const without = { ...always, extensions: { "vendor/x": { level: 1 } } };
    const cases: [string, Upstream, "modern" | undefined, JsonObject][] = [
      ["modern ones are for modern clients", modern, "modern", { ...always, extensions }],
      ["legacy ones are for legacy clients", legacy, undefined, { ...without, tasks: { list: {} } }],
      ["a modern backend's are not for legacy clients", modern, undefined, without],
      ["a legacy backend's are not for modern clients", legacy, "modern", without],
      ["those in a session's own process are for nobody", { ...modern, sharing: "session" }, "modern", without],
    ];
    test.each(cases)("%s", (_, of, era, expected) => {
      expect(mergeCapabilities([of], era)).toEqual(expected);
    });

    test("settings of one extension at several backends are all there, and the first of those that contradict", () => {
      const of = (name: string, settings: JsonObject) =>
        backend(name, { protocolVersion: "2026-07-28", capabilities: { extensions: { "vendor/x": settings } } });
      const merged = mergeCapabilities([of("a", { level: 1, deep: { a: 1 } }), of("b", { level: 2, deep: { b: 2 } })]);
      expect(merged.extensions).toEqual({ "vendor/x": { level: 1, deep: { a: 1, b: 2 } } });
    });
  });

  test("include what a backend that has not answered yet may have", () => {
    const merged = mergeCapabilities([able("a", { tools: {} }), upstream("slow")]);
    const resources = { listChanged: true, subscribe: true };
    expect(merged).toEqual({ ...always, resources, logging: {}, completions: {} });
  });
});

describe("instructions", () => {
  const telling = (name: string, instructions: unknown) => backend(name, { instructions });

  test("of one backend come as they are", () => {
    expect(mergeInstructions([telling("a", " Use it.\n"), telling("b", ""), upstream("c")])).toBe(" Use it.\n");
  });

  test("of several stand each under its backend's name, in order", () => {
    const merged = mergeInstructions([telling("b", "Second.\n"), telling("a", "First.")]);
    expect(merged).toBe("# b\n\nSecond.\n\n# a\n\nFirst.");
  });

  test("are absent where nobody has any", () => {
    expect(mergeInstructions([])).toBeUndefined();
    expect(mergeInstructions([telling("a", "  "), telling("b", 7), backend("c", {}), upstream("d")])).toBeUndefined();
  });

  test("may be long", () => {
    const long = "Read this first. ".repeat(1_000);
    expect(mergeInstructions([telling("a", long)])).toBe(long);
  });
});
