// What differs between two configurations: backends by name, in their order, and what only a restart brings into force.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { diff, restartRequired, same } from "../../../src/config/diff.ts";
import { parseConfig } from "../../../src/config/load.ts";

type Settings = Record<string, unknown>;

const config = (backends: Record<string, Settings>, more: Settings = {}) =>
  parseConfig(JSON.stringify({ version: "1", backends, ...more }), "config.yaml", {});

const stdio = (more: Settings = {}) => ({ type: "stdio", command: "x", ...more });
const nothing = { added: [], removed: [], changed: [] };

describe("backends", () => {
  test("are added, removed and changed, each in the order of the file that has them", () => {
    const before = config({ d: stdio(), c: stdio(), b: stdio(), a: stdio() });
    const after = config({ z: stdio(), c: stdio({ command: "y" }), d: stdio(), y: stdio(), a: stdio({ group: "g" }) });
    expect(diff(before, after)).toEqual({ ...nothing, added: ["z", "y"], removed: ["b"], changed: ["c", "a"] });
  });

  test("are the same by what they mean, not by how they are written", () => {
    const before = config({ a: stdio({ env: { A: "1", B: "2" }, timeouts: { init: 60 } }) });
    const after = config({ a: { env: { B: 2, A: 1 }, enabled: "true", args: [], ...stdio(), sharing: "shared" } });
    expect(diff(before, after)).toEqual(nothing);
    expect(same(before, after)).toBe(true);
  });

  test.each<[string, Settings]>([
    ["enabled", { enabled: false }],
    ["filters", { filters: { prompts: { allow: ["x"] } } }],
    ["overrides", { tool_overrides: { x: { description: "" } } }],
    ["time-outs", { timeouts: { call: 1 } }],
    ["arguments", { args: [""] }],
  ])("differ in %s", (_, more) => {
    expect(diff(config({ a: stdio() }), config({ a: stdio(more) })).changed).toEqual(["a"]);
  });

  test("may bear the names of what every object has", () => {
    const [without, having] = [config({}), config({ constructor: stdio(), toString: stdio() })];
    expect(diff(without, having).added).toEqual(["constructor", "toString"]);
    expect(diff(having, without).removed).toEqual(["constructor", "toString"]);
  });

  test("over any two sets are told of once, and of nothing else", () => {
    const backends = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d"),
      fc.record({ args: fc.subarray(["1", "2"]) }).map(stdio),
    );
    fc.assert(
      fc.property(backends, backends, (old, now) => {
        const { added, removed, changed } = diff(config(old), config(now));
        const told = Object.fromEntries([
          ...added.map((name) => [name, [undefined, now[name]]]),
          ...removed.map((name) => [name, [old[name], undefined]]),
          ...changed.map((name) => [name, [old[name], now[name]]]),
        ]);
        const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
        const expected = names.filter((name) => !Bun.deepEquals(old[name], now[name]));
        expect(told).toEqual(Object.fromEntries(expected.map((name) => [name, [old[name], now[name]]])));
      }),
      { numRuns: 50 },
    );
  });
});

describe("a restart", () => {
  test.each<[string[], Settings]>([
    [["server.port"], { port: 1 }],
    [["server.host"], { host: "::1" }],
    [["server.host", "server.port"], { port: 1, host: "::1" }],
    [[], { log_level: "debug", limits: { sessions: 1 }, health: { interval: 1 } }],
  ])("is needed for %j when the server section becomes %j", (keys, server) => {
    const [before, after] = [config({}), config({}, { server })];
    expect(diff(before, after)).toEqual(nothing);
    expect(restartRequired(before, after)).toEqual(keys);
  });
});

describe("two configurations are not the same", () => {
  test("when their backends stand in another order, which decides who keeps a name", () => {
    const [before, after] = [config({ a: stdio(), b: stdio() }), config({ b: stdio(), a: stdio() })];
    expect([same(before, after), same(before, before)]).toEqual([false, true]);
    expect(diff(before, after)).toEqual(nothing);
  });

  test.each<Settings>([
    { server: { health: { failures: 1 } } },
    { server: { management: { token: "x" } } },
    { conflict_resolution: { order: ["a"] } },
    { optimizer: { enabled: true } },
    { telemetry: { service_name: "x" } },
    { feature_flags: { hot_reload: false } },
  ])("when they differ in %j", (more) => {
    expect(same(config({ a: stdio() }), config({ a: stdio() }, more))).toBe(false);
  });
});
