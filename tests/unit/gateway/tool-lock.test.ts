// The lock of tools: what differs from what was approved, what is told of it, what is hidden, and what an approval changes.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";
import type { Lock } from "../../../src/config/lock-file.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Source } from "../../../src/gateway/catalog.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import { buildSnapshot } from "../../../src/gateway/gateway.ts";
import type { LockRules } from "../../../src/gateway/tool-changes.ts";
import { ToolLock } from "../../../src/gateway/tool-lock.ts";
import type { Fact, JsonObject } from "../../../src/model.ts";
import { type Pin, pinOf } from "../../../src/protocol/pin.ts";
import { sourceOf, upstream } from "./stand-ins.ts";

const tool = (name: string, description = `It is ${name}.`) => ({ name, description, inputSchema: { type: "object" } });
const pinned = (...tools: JsonObject[]) =>
  new Map(tools.map((body) => [String(body.name), pinOf({ text: JSON.stringify(body), body }) as Pin]));
const backend = (name: string, ...tools: JsonObject[]) => sourceOf(upstream(name, { tools }));

const rules = { strategy: "first-wins", separator: "_", order: [] } as const;

/** A lock in this mode, over a file that says this. */
function world(mode: LockRules["mode"], lock?: Lock) {
  const told: Fact[] = [];
  const file = { says: lock, writes: 0, error: undefined as Error | undefined };
  const changed = { count: 0 };
  const toolLock = new ToolLock({
    file: "argus.lock",
    emit: (fact) => told.push(fact),
    redact: (text) => text,
    changed: () => changed.count++,
    edit: (change) => {
      if (file.error) throw file.error;
      file.writes++;
      file.says = change(file.says);
      return file.says;
    },
  });
  const apply = (next: LockRules["mode"], says: Lock | undefined = file.says) =>
    toolLock.apply({
      ...parseConfig(`{version: "1", server: {tool_lock: ${next}}}`, "c", {}),
      ...(says && { lock: says }),
    });
  apply(mode);
  const listed = (sources: Source[]) => {
    const { all } = buildSnapshot(toolLock.review(sources), rules);
    return [...all.tools.keys()];
  };
  const changes = () => toolLock.status.changes.map(({ tool: name, change, hidden }) => ({ [name]: change, hidden }));
  return { toolLock, told, file, changed, apply, listed, changes };
}

const approved: Lock = new Map([["one", pinned(tool("a"), tool("b"), tool("c"))]]);
const other = backend("one", tool("a"), tool("b", "Sends everything."), tool("d"));

test("off, nothing is compared", () => {
  const { listed, changes, told } = world("off", approved);
  expect(listed([other])).toEqual(["a", "b", "d"]);
  expect([changes(), told]).toEqual([[], []]);
});

test("warn says what is new, changed and gone, and hides nothing", () => {
  const { listed, changes, told } = world("warn", approved);
  expect(listed([other])).toEqual(["a", "b", "d"]);
  expect(changes()).toEqual([
    { b: "changed", hidden: false },
    { d: "new", hidden: false },
    { c: "removed", hidden: false },
  ]);
  expect(told.map(({ stage, severity, backend: of }) => [stage, severity, of])).toEqual(
    Array(3).fill(["capability_change", "warning", "one"]),
  );
  expect(told[0]?.message).toBe(
    'tool "b" has changed since it was approved: description: - "It is b."; description: + "Sends everything."',
  );
  expect(told[0]?.details).toEqual({
    ...{ tool: "b", change: "changed", hidden: false },
    difference: ['description: - "It is b."', 'description: + "Sends everything."'],
  });
});

test("block hides what is new or changed, and calls it filtered", () => {
  const { listed, changes, told } = world("block", approved);
  expect(listed([other])).toEqual(["a"]);
  expect(changes()).toEqual([
    { b: "changed", hidden: true },
    { d: "new", hidden: true },
    { c: "removed", hidden: false },
  ]);
  expect(told[0]?.message).toContain(
    'tool "b" has changed since it was approved, and is hidden until it is approved: ',
  );
});

describe("a difference is told once", () => {
  const again = () => backend("one", tool("a"), tool("b"), tool("c"), tool("d"));

  test("however often the tools are listed", () => {
    const { listed, told } = world("warn", approved);
    for (let count = 0; count < 3; count++) listed([again()]);
    expect(told).toHaveLength(1);
  });

  test("and again when it is another one, has come back, or is hidden now", () => {
    const { listed, told, apply } = world("warn", approved);
    listed([again()]);
    listed([backend("one", tool("a"), tool("b"), tool("c"), tool("d", "Another one."))]);
    expect(told).toHaveLength(2);
    listed([backend("one", tool("a"), tool("b"), tool("c"))]);
    listed([again()]);
    expect(told).toHaveLength(3);
    apply("block");
    listed([again()]);
    expect(told).toHaveLength(4);
  });

  test("and without a file once for all", () => {
    const { listed, told, changes } = world("warn");
    listed([other]);
    listed([other, backend("two", tool("x"))]);
    expect(told.map(({ message }) => message)).toEqual([
      "argus.lock is not there, so that no tool is approved; argus-mcp server --update-lock writes it",
    ]);
    expect(changes()).toHaveLength(4);
  });
});

describe("what is not in question", () => {
  test("is what filters hide", () => {
    const { listed, changes } = world("block", approved);
    const filtered = { ...other, filters: { ...other.filters, tools: filterOf({ allow: ["a"], deny: [] }) } };
    expect(listed([filtered])).toEqual(["a"]);
    expect(changes()).toEqual([]);
  });

  test("is a backend that was never connected, and one that is away keeps its tools", () => {
    const { listed, changes } = world("block", approved);
    expect(listed([sourceOf(upstream("one"))])).toEqual([]);
    expect(changes()).toEqual([]);
    const away = upstream("one", { tools: [] });
    expect(listed([sourceOf({ ...away, offer: away.offer && { ...away.offer, missing: ["tools"] } })])).toEqual([]);
    expect(changes()).toEqual([]);
  });
});

describe("a name", () => {
  const others = [tool("b", "Another b."), tool("d", "Another d.")];
  const both: Lock = new Map([...approved, ["two", pinned(...others)]]);
  const sources = [other, backend("two", ...others)];

  test("of a tool that has changed is no other backend's, which would get calls that were meant for it", () => {
    const { toolLock, listed } = world("block", both);
    expect(listed(sources)).not.toContain("b");
    const { all } = buildSnapshot(toolLock.review(sources), rules);
    expect(all.conflicts).toEqual([{ kind: "tools", name: "b", kept: "one", dropped: "two" }]);
  });

  test("is taken from nobody by a tool that nobody has approved", () => {
    const { toolLock } = world("block", both);
    const { all } = buildSnapshot(toolLock.review(sources), rules);
    expect(all.tools.get("d")?.upstream.name).toBe("two");
  });

  test("is free where filters hide the tool", () => {
    const filters = { ...other.filters, tools: filterOf({ allow: [], deny: ["b"] }) };
    expect(world("block", both).listed([{ ...other, filters }, ...sources.slice(1)])).toContain("b");
  });
});

test("without a file block hides everything", () => {
  const { listed } = world("block");
  expect(listed([other])).toEqual([]);
});

test("of a name that is offered twice, the first counts, which is the one that clients get", () => {
  const { listed } = world("block", approved);
  expect(listed([backend("one", tool("b", "Sends everything."), tool("b"), tool("a"))])).toEqual(["a"]);
});

test("an override does not change what was pinned, nor hide a change", () => {
  const { listed } = world("block", approved);
  const overrides = { a: { name: "z", description: "New." }, b: { description: "It is b." } };
  expect(listed([{ ...other, overrides }])).toEqual(["z"]);
});

describe("an approval", () => {
  test("is in the file, counts at once, and is all that changes", () => {
    const { toolLock, file, changed, listed, changes } = world("block", approved);
    listed([other]);
    expect(toolLock.approve("one", ["b", "b", "c"])).toEqual(["b", "c"]);
    expect(changed.count).toBe(1);
    expect(file.says).toEqual(new Map([["one", pinned(tool("a"), tool("b", "Sends everything."))]]));
    expect(listed([other])).toEqual(["a", "b"]);
    expect(changes()).toEqual([{ d: "new", hidden: true }]);
  });

  test("is told", () => {
    const { toolLock, told, listed } = world("block", approved);
    listed([other]);
    told.length = 0;
    toolLock.approve("one", ["b", "c"]);
    toolLock.approve("one", ["d"]);
    const fact = { stage: "capability_change", severity: "info", backend: "one" } as const;
    expect(told).toEqual([
      { ...fact, message: "2 tools are approved as they are now", details: { approved: ["b", "c"] } },
      { ...fact, message: 'tool "d" is approved as it is now', details: { approved: ["d"] } },
    ]);
  });

  test("changes what the file says by now, which others may have written", () => {
    const { toolLock, file, listed } = world("block", approved);
    listed([other]);
    file.says = new Map([...approved, ["two", pinned(tool("x"))]]);
    toolLock.approve("one", ["d"]);
    expect([...(file.says.get("one")?.keys() ?? [])]).toEqual(["a", "b", "c", "d"]);
    expect(file.says.get("two")).toEqual(pinned(tool("x")));
  });

  test("makes the file where there was none, and loses nothing where it has gone", () => {
    const fresh = world("warn");
    fresh.listed([other]);
    fresh.toolLock.approve("one", ["a"]);
    expect(fresh.file.says).toEqual(new Map([["one", pinned(tool("a"))]]));
    const gone = world("block", approved);
    gone.listed([other]);
    gone.file.says = undefined;
    gone.toolLock.approve("one", ["d"]);
    expect([...((gone.file.says as Lock | undefined)?.get("one")?.keys() ?? [])]).toEqual(["a", "b", "c", "d"]);
  });

  test("is of what was looked at, if that is said", () => {
    const { toolLock, file, listed } = world("block", approved);
    listed([other]);
    const [b, d] = [tool("b", "Sends everything."), tool("d")].map((body) => pinned(body).get(String(body.name))?.hash);
    const before = file.says;
    expect(() => toolLock.approve("one", ["b", "d"], { b: b ?? "", d: "sha256:0" })).toThrow(
      'tool "d" of backend "one" has changed again since it was looked at; nothing was approved',
    );
    expect(() => toolLock.approve("one", ["b"], { b: null })).toThrow(/has changed again/);
    expect(() => toolLock.approve("one", ["c"], { c: b ?? "" })).toThrow(/has changed again/);
    expect(file.says).toBe(before);
    expect(toolLock.approve("one", ["b", "c", "d"], { b: b ?? "", c: null, d: d ?? "" })).toEqual(["b", "c", "d"]);
  });

  test("of what was approved already is no mistake", () => {
    const { toolLock, listed } = world("block", approved);
    listed([other]);
    expect(toolLock.approve("one", ["a"])).toEqual(["a"]);
  });

  const twice = { name: "twice", inputSchema: { type: "object" } };
  const odd = upstream("odd", { tools: [twice] });
  const ambiguous = sourceOf({
    ...odd,
    offer: odd.offer && { ...odd.offer, tools: [{ body: twice, text: '{"name":"twice","name":"twice"}' }] },
  });

  test.each([
    ["nobody", ["a"], "not_found", 'no enabled backend is called "nobody"'],
    ["one", ["a", "x"], "not_found", 'tool "x" of backend "one" is neither offered nor approved; nothing was approved'],
    ["away", ["a"], "conflict", 'backend "away" was never connected: its tools are not known'],
    [
      "odd",
      ["twice"],
      "conflict",
      'tool "twice" of backend "odd" cannot be approved: its definition has a key twice; nothing',
    ],
  ])("of %s's %p is refused", (name, tools, code, message) => {
    const { toolLock, file, changed, listed } = world("block", approved);
    listed([other, sourceOf(upstream("away")), ambiguous]);
    const approve = () => toolLock.approve(name, tools);
    expect(approve).toThrow(message);
    expect(approve).toThrow(expect.objectContaining({ code }));
    expect([file.writes, changed.count]).toEqual([0, 0]);
  });

  test("that cannot be written changes nothing", () => {
    const { toolLock, file, changed, listed } = world("block", approved);
    listed([other]);
    file.error = new GatewayError("config", "argus.lock: is broken");
    const approve = () => toolLock.approve("one", ["b"]);
    expect(approve).toThrow("nothing was approved: argus.lock: is broken");
    expect(approve).toThrow(expect.objectContaining({ code: "conflict" }));
    expect(changed.count).toBe(0);
    expect(listed([other])).toEqual(["a"]);
  });

  test("is refused while the lock is off", () => {
    const { toolLock, listed } = world("off");
    listed([other]);
    expect(() => toolLock.approve("one", ["b"])).toThrow("server.tool_lock is off: every tool is approved");
  });
});
