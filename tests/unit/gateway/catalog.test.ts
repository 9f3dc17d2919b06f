// The catalog: filter, then override, then strategy; the same for the same backends, whoever answered first.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { buildCatalog, type Source } from "../../../src/gateway/catalog.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { NamingRules } from "../../../src/gateway/naming.ts";
import { resourceRoutes } from "../../../src/gateway/resources.ts";
import type { JsonObject, Route, Upstream } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
import { callerOf, type Offered, session, upstream } from "./stand-ins.ts";

type Globs = { allow?: string[]; deny?: string[] };

function source(
  of: Upstream,
  { tools, resources, prompts }: { [kind in keyof Source["filters"]]?: Globs } = {},
  overrides: Source["overrides"] = {},
): Source {
  const filter = ({ allow = [], deny = [] }: Globs = {}) => filterOf({ allow, deny });
  return {
    upstream: of,
    filters: { tools: filter(tools), resources: filter(resources), prompts: filter(prompts) },
    overrides,
  };
}

const rules = (strategy: NamingRules["strategy"], more: Partial<NamingRules> = {}) => {
  return { strategy, separator: "_", order: [], ...more };
};

const named = (...names: string[]) => names.map((name) => ({ name }));

/** Where each exposed name leads: `backend:original`. */
const leads = (routes: ReadonlyMap<string, Route>) =>
  Object.fromEntries([...routes].map(([exposed, route]) => [exposed, `${route.upstream.name}:${route.original}`]));

const parsed = (list: string) => Object.values<JsonObject[]>(JSON.parse(list)).flat();

describe("the order of work", () => {
  test("filters see original names, overrides rename what they leave, strategies see the new names", () => {
    const of = upstream("git", { tools: named("log", "push", "status") });
    const overrides = { log: { name: "history" }, push: { name: "pull" } };
    const only = source(of, { tools: { deny: ["push", "history"] } }, overrides);
    expect(leads(buildCatalog([only], rules("prefix")).tools)).toEqual({
      git_history: "git:log",
      git_status: "git:status",
    });
  });

  test("an overridden name counts in conflicts", () => {
    const first = source(upstream("a", { tools: named("x") }), {}, { x: { name: "y" } });
    const second = source(upstream("b", { tools: named("x", "y") }));
    const { tools, conflicts } = buildCatalog([first, second], rules("first-wins"));
    expect(leads(tools)).toEqual({ y: "a:x", x: "b:x" });
    expect(conflicts).toEqual([{ kind: "tools", name: "y", kept: "a", dropped: "b" }]);
  });

  test("an override changes the name and the description and leaves all else as it came", () => {
    const text = '{"x":1.0,"name":"log","inputSchema":{"name":{"description":"kept"}},"description":"old"}';
    const of = upstream("git", { tools: [] });
    const offer = of.offer && { ...of.offer, tools: [{ text, body: JSON.parse(text) }] };
    const only = source({ ...of, offer }, {}, { log: { name: 'l"og', description: "new" } });
    expect(buildCatalog([only], rules("first-wins")).lists.tools).toBe(
      '{"tools":[{"x":1.0,"name":"l\\"og","inputSchema":{"name":{"description":"kept"}},"description":"new"}]}',
    );
  });

  test("a description is added where there was none", () => {
    const only = source(upstream("git", { tools: named("log") }), {}, { log: { description: "new" } });
    expect(parsed(buildCatalog([only], rules("first-wins")).lists.tools)).toEqual([
      { description: "new", name: "log" },
    ]);
  });
});

describe("strategies", () => {
  const offered: Offered = {
    tools: named("same"),
    prompts: named("same"),
    resources: [{ uri: "x://same", name: "same" }],
    resourceTemplates: [{ uriTemplate: "x://{id}", name: "same" }],
  };
  const pair = ["a", "b"].map((name) => source(upstream(name, offered)));

  test.each(["first-wins", "error"] as const)(
    "%s: the first keeps a name, and every name space has its own",
    (strategy) => {
      const { tools, prompts, resources, templates, conflicts } = buildCatalog(pair, rules(strategy));
      expect([tools, prompts, resources].map(leads)).toEqual([
        { same: "a:same" },
        { same: "a:same" },
        { "x://same": "a:x://same" },
      ]);
      expect(leads(templates)).toEqual({ "x://{id}": "a:x://{id}" });
      expect(conflicts.map(({ kind }) => kind)).toEqual(["tools", "prompts", "resources", "resourceTemplates"]);
    },
  );

  test("prefix: tools and prompts bear their backend's name, resources do not", () => {
    const { tools, prompts, resources, lists } = buildCatalog(pair, rules("prefix", { separator: "." }));
    expect([tools, prompts].map(leads)).toEqual([
      { "a.same": "a:same", "b.same": "b:same" },
      { "a.same": "a:same", "b.same": "b:same" },
    ]);
    expect(leads(resources)).toEqual({ "x://same": "a:x://same" });
    expect(parsed(lists.prompts).map(({ name }) => name)).toEqual(["a.same", "b.same"]);
  });

  test("priority: the order decides", () => {
    expect(leads(buildCatalog(pair, rules("priority", { order: ["b"] })).tools)).toEqual({ same: "b:same" });
  });
});

describe("determinism", () => {
  const indices = [0, 1, 2, 3];
  const sourcesWith = (present: readonly number[]) =>
    indices.map((index) => {
      const offered = { tools: named(`only-${index}`, "same"), prompts: named("same", `only-${index}`) };
      return source(upstream(`backend-${index}`, present.includes(index) ? offered : undefined));
    });
  const arrival = fc.shuffledSubarray(indices, { minLength: indices.length });
  const strategy = fc.constantFrom("first-wins", "prefix", "priority", "error");

  test("what clients get does not depend on which backend answered first", async () => {
    const listed = async (gateway: Gateway) => {
      const caller = callerOf(session("one"));
      const answers = ["tools/list", "prompts/list"].map((method) =>
        gateway.request({ message: request(1, method), caller }),
      );
      return (await Promise.all(answers)).map(({ text }) => text);
    };
    const check = async (order: readonly number[], how: NamingRules["strategy"]) => {
      const [oneByOne, atOnce] = [new Gateway(), new Gateway()];
      for (const last of indices) oneByOne.swap(buildSnapshot(sourcesWith(order.slice(0, last + 1)), rules(how)));
      atOnce.swap(buildSnapshot(sourcesWith(indices), rules(how)));
      expect(await listed(oneByOne)).toEqual(await listed(atOnce));
      expect(oneByOne.conflicts).toEqual(atOnce.conflicts);
    };
    await fc.assert(fc.asyncProperty(arrival, strategy, check));
  });

  test("an order that names all makes the configuration's order count for nothing", () => {
    const order = ["backend-2", "backend-0", "backend-3", "backend-1"];
    const build = (sources: Source[]) => buildCatalog(sources, rules("priority", { order })).lists;
    const expected = build(sourcesWith(indices));
    fc.assert(
      fc.property(arrival, (configured) => {
        const all = sourcesWith(indices);
        expect(build(configured.flatMap((index) => all[index] ?? []))).toEqual(expected);
      }),
    );
  });
});

describe("resourceRoutes", () => {
  const offered: Offered = {
    hello: { capabilities: { resources: {} } },
    resources: [
      { uri: "x://listed", name: "open" },
      { uri: "x://hidden", name: "secret" },
    ],
    resourceTemplates: [
      { uriTemplate: "x://items/{id}", name: "items" },
      { uriTemplate: "x://keys/{id}", name: "secret keys" },
    ],
  };
  const files = upstream("files", offered);
  const others = upstream("others", { hello: { capabilities: { resources: {} } } });
  const tools = upstream("tools", { hello: { capabilities: { tools: {} } } });
  const routesTo = (uri: string, resources: Globs = {}) => {
    const catalog = buildCatalog([source(tools), source(files, { resources }), source(others)], rules("prefix"));
    return resourceRoutes(catalog, uri).map(({ upstream: { name } }) => name);
  };

  test("leads a listed URI and an expansion of a template to their backend, and any other to all that have resources", () => {
    expect(routesTo("x://listed")).toEqual(["files"]);
    expect(routesTo("x://items/1")).toEqual(["files"]);
    expect(routesTo("y://unlisted")).toEqual(["files", "others"]);
  });

  test("leads nothing to a backend that a filter hides it at", () => {
    expect(routesTo("x://listed", { deny: ["x://listed"] })).toEqual(["others"]);
    expect(routesTo("x://items/1", { deny: ["*/1"] })).toEqual(["others"]);
    expect(routesTo("y://unlisted", { allow: ["x://*"] })).toEqual(["others"]);
  });

  test.each(["x://items/%31", "x://items//1", "x://items/1#part", "x://items/%zz", "x://items/a/%2e%2e/1"])(
    "leads nothing to a backend that may take %s for what a filter hides",
    (uri) => {
      expect(routesTo(uri, { deny: ["x://items/1"] })).toEqual(["others"]);
      expect(routesTo(uri, { allow: ["x://items/%*", "x://items//*", "*#*"] })).toEqual(["others"]);
    },
  );

  test("leads what is not well-formed to those that hide nothing", () => {
    expect(routesTo("y://100%")).toEqual(["files", "others"]);
  });

  test("leads nothing to what is hidden by its name", () => {
    expect(routesTo("x://hidden", { deny: ["secret*"] })).toEqual(["others"]);
    expect(routesTo("x://hi%64den", { deny: ["secret*"] })).toEqual(["others"]);
    expect(routesTo("x://keys/1", { deny: ["secret*"] })).toEqual(["others"]);
    expect(routesTo("x://k%65ys/1", { deny: ["secret*"] })).toEqual(["others"]);
  });
});
