// The inventory: all that backends offer with what became of it, and of what the catalog holds nothing less and nothing more.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { buildCatalog, type Source } from "../../../src/gateway/catalog.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import { type Inventory, inventoryOf } from "../../../src/gateway/inventory.ts";
import type { NamingRules } from "../../../src/gateway/naming.ts";
import type { CapabilityKind } from "../../../src/model.ts";
import { type Offered, upstream } from "./stand-ins.ts";

const rules = (strategy: NamingRules["strategy"] = "first-wins", order: string[] = []): NamingRules => {
  return { strategy, separator: "_", order };
};

interface Rules {
  deny?: string[];
  overrides?: Source["overrides"];
}

function source(name: string, offered: Offered | undefined, { deny = [], overrides = {} }: Rules = {}): Source {
  const filter = filterOf({ allow: [], deny });
  return {
    upstream: upstream(name, offered),
    filters: { tools: filter, prompts: filter, resources: filter },
    overrides,
  };
}

function inventory(sources: Source[], naming = rules()): Inventory {
  return inventoryOf(buildCatalog(sources, naming), naming);
}

const named = (...names: string[]) => names.map((name) => ({ name }));
const leads = (items: Inventory["tools"]) =>
  items.map(({ exposed, backend, original }) => [exposed, backend, original]);

describe("an item", () => {
  test("has both names, the backend's own description, and the one that clients see", () => {
    const tools = [{ name: "log", description: "old" }, { name: "push", description: "kept" }, { name: "pull" }];
    const overrides = { log: { name: "history", description: "new" }, push: { name: "send" } };
    const items = inventory([source("git", { tools }, { overrides })], rules("prefix")).tools;
    expect(items.map(({ item, ...rest }) => ({ ...rest, own: item.body.description }))).toEqual([
      {
        ...{ backend: "git", exposed: "git_history", original: "log" },
        ...{ description: "new", own: "old", filtered: false },
      },
      {
        ...{ backend: "git", exposed: "git_send", original: "push" },
        ...{ description: "kept", own: "kept", filtered: false },
      },
      {
        ...{ backend: "git", exposed: "git_pull", original: "pull" },
        ...{ description: null, own: undefined, filtered: false },
      },
    ]);
  });

  test("of a resource or a template is known by its URI", () => {
    const offered = {
      resources: [{ uri: "x://a", name: "a", description: "first" }],
      resourceTemplates: [{ uriTemplate: "x://{id}", name: "any" }],
    };
    const { resources, resourceTemplates } = inventory([source("a", offered)], rules("prefix"));
    expect(leads(resources)).toEqual([["x://a", "a", "x://a"]]);
    expect(resources[0]?.description).toBe("first");
    expect(leads(resourceTemplates)).toEqual([["x://{id}", "a", "x://{id}"]]);
  });

  test("takes no override that another kind has", () => {
    const overrides = { same: { name: "other", description: "new" } };
    const [prompt] = inventory([source("a", { prompts: named("same") }, { overrides })]).prompts;
    expect(prompt).toMatchObject({ exposed: "same", description: null });
  });
});

describe("what a filter hides is listed, and flagged", () => {
  test("under every kind, with the name that it would have", () => {
    const offered = {
      tools: named("keep", "hide"),
      prompts: named("hide", "keep"),
      resources: [{ uri: "x://1", name: "hide" }],
      resourceTemplates: [{ uriTemplate: "hide", name: "x" }],
    };
    const only = source("a", offered, { deny: ["hide"], overrides: { hide: { name: "hidden" } } });
    const all = inventory([only], rules("prefix"));
    const flags = (kind: CapabilityKind) => all[kind].map(({ exposed, filtered }) => [exposed, filtered]);
    expect(flags("tools")).toEqual([
      ["a_keep", false],
      ["a_hidden", true],
    ]);
    expect(flags("prompts")).toEqual([
      ["a_hide", true],
      ["a_keep", false],
    ]);
    expect([flags("resources"), flags("resourceTemplates")]).toEqual([[["x://1", true]], [["hide", true]]]);
  });

  test("even where another backend holds that name", () => {
    const sources = [source("a", { tools: named("same") }, { deny: ["*"] }), source("b", { tools: named("same") })];
    expect(inventory(sources).tools.map(({ backend, filtered }) => [backend, filtered])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });
});

describe("what a conflict has dropped is left out", () => {
  test("between backends, by the precedence in force; the order stays that of the configuration", () => {
    const sources = [source("a", { tools: named("same", "x") }), source("b", { tools: named("same", "y") })];
    expect(leads(inventory(sources).tools)).toEqual([
      ["same", "a", "same"],
      ["x", "a", "x"],
      ["y", "b", "y"],
    ]);
    expect(leads(inventory(sources, rules("priority", ["b"])).tools)).toEqual([
      ["x", "a", "x"],
      ["same", "b", "same"],
      ["y", "b", "y"],
    ]);
  });

  test("of one backend with itself, by an override or because it offers a name twice", () => {
    const overridden = source("a", { tools: named("x", "y") }, { overrides: { x: { name: "y" } } });
    expect(leads(inventory([overridden]).tools)).toEqual([["y", "a", "x"]]);
    const twice = source("a", { prompts: named("same", "same") });
    expect(leads(inventory([twice]).prompts)).toEqual([["same", "a", "same"]]);
  });
});

test("a backend that was never connected has nothing", () => {
  expect(inventory([source("a", undefined)])).toEqual({ tools: [], prompts: [], resources: [], resourceTemplates: [] });
});

test("over any backends, what is not flagged is exactly what clients can call", () => {
  const name = fc.constantFrom("a", "b", "c", "d");
  const offered = fc.uniqueArray(name).map((names) => ({ tools: named(...names) }));
  const more = fc.record({
    deny: fc.uniqueArray(name, { maxLength: 2 }),
    overrides: fc.dictionary(name, fc.record({ name }), { maxKeys: 2 }),
  });
  const strategy = fc.constantFrom("first-wins", "prefix", "priority", "error").map((of) => rules(of, ["2", "0"]));
  fc.assert(
    fc.property(fc.array(fc.tuple(offered, more), { maxLength: 3 }), strategy, (backends, naming) => {
      const catalog = buildCatalog(
        backends.map(([offer, extra], index) => source(String(index), offer, extra)),
        naming,
      );
      const shown = inventoryOf(catalog, naming).tools.filter(({ filtered }) => !filtered);
      const callable = [...catalog.tools].map(([exposed, route]) => [exposed, route.upstream.name, route.original]);
      expect(leads(shown).toSorted()).toEqual(callable.toSorted());
    }),
  );
});
