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
