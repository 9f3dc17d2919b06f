// One decision for lists and calls of all kinds, by a model that is too simple to be wrong; and what is denied answers like what does not exist.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { Call, CapabilityKind, JsonObject, Message, Upstream } from "../../../src/model.ts";
import { policyOf } from "../../../src/policy/rbac.ts";
import { errorText } from "../../../src/protocol/error.ts";
import { parse, request } from "../../../src/protocol/message.ts";
import { authorization, type GivenRule } from "../policy/policies.ts";
import { callerOf, type Offered, session, sourceOf, upstream } from "./stand-ins.ts";

const rules = { strategy: "first-wins", separator: "_", order: [] } as const;

/** A backend that reads what it has, says no in its own words, and says yes to everything else. */
function backend(name: string, group: string, offered: Offered): Upstream {
  const has = (uri: unknown) =>
    String(uri).startsWith(`${name}://items/`) || offered.resources?.some((resource) => resource.uri === uri);
  return upstream(
    name,
    { ...offered, hello: { capabilities: { resources: {}, tasks: { list: {} } } } },
    {
      group,
      request: ({ message: { body } }: Call) => {
        const missing = body.method === "resources/read" && !has(body.params?.uri);
        const outcome = missing ? { error: { code: 0, message: `${name}: no such thing` } } : { result: { by: name } };
        return Promise.resolve(parse(JSON.stringify({ jsonrpc: "2.0", id: 0, ...outcome })));
      },
    },
  );
}

const offer = (name: string): Offered => ({
  tools: [{ name: "same" }, { name: `${name}_get`, x: 1 }, { name: `${name}_put` }],
  prompts: [{ name: "same" }, { name: `${name}_get` }],
  resources: [{ uri: "all://same" }, { uri: `${name}://get` }, { uri: `${name}://put` }],
  resourceTemplates: [{ uriTemplate: `${name}://items/{id}` }, { uriTemplate: "all://{id}" }],
});

const backends = [backend("a", "one", offer("a")), backend("b", "two", offer("b")), backend("c", "two", {})];

interface Listed {
  kind: CapabilityKind;
  list: string;
  key: string;
  prefix: string;
}

const kinds: Listed[] = [
  { kind: "tools", list: "tools/list", key: "name", prefix: "tool" },
  { kind: "prompts", list: "prompts/list", key: "name", prefix: "prompt" },
  { kind: "resources", list: "resources/list", key: "uri", prefix: "resource" },
  { kind: "resourceTemplates", list: "resources/templates/list", key: "uriTemplate", prefix: "resource" },
];

/** All requests by which a client could use something of this name. */
function uses(kind: CapabilityKind, name: string): Message[] {
  const about = (method: string, params: JsonObject) => request(1, method, params);
  const argument = { name: "id", value: "" };
  if (kind === "tools") return [about("tools/call", { name }), about("tools/call", { name, task: {} })];
  const complete = (type: string, key: string) =>
    about("completion/complete", { ref: { type, [key]: name }, argument });
  if (kind === "prompts") return [about("prompts/get", { name }), complete("ref/prompt", "name")];
  if (kind === "resourceTemplates") return [complete("ref/resource", "uri")];
  return ["read", "subscribe", "unsubscribe"].map((verb) => about(`resources/${verb}`, { uri: name }));
}

type Ask = (message: Message) => Promise<string>;

function client(gateway: Gateway, roles: readonly string[]): Ask {
  const caller = callerOf(session("one", {}, roles));
  return async (message) => {
    try {
      return (await gateway.request({ message, caller })).text;
    } catch (error) {
      return errorText(0, error);
    }
  };
}

/** Prefixes in place of globs. */
function matches(glob: string, name: string): boolean {
  return glob.endsWith("*") ? name.startsWith(glob.slice(0, -1)) : name === glob;
}

interface Given {
  policies: GivenRule[];
  effect: "allow" | "deny";
  roles: string[];
}

function allows({ policies, effect, roles }: Given, capability: string, { name, group }: Upstream): boolean {
  const names = [capability, `server:${name}`, `group:${group}`];
  const decisive = policies.find(
    (policy) =>
      (policy.roles?.includes("*") || policy.roles?.some((role) => roles.includes(role))) &&
      policy.resources.some((glob) => names.some((each) => matches(glob, each))),
  );
  return (decisive?.effect ?? effect) === "allow";
}

const glob = fc.constantFrom(
  ...["*", "tool:*", "tool:same", "tool:a*", "tool:b_get", "prompt:*", "prompt:same", "prompt:b*"],
  ...["resource:*", "resource:all*", "resource:a://items/*", "resource:a://items/1", "resource:b://put"],
  ...["server:a", "server:b", "server:c", "group:one", "group:t*"],
);
const role = fc.constantFrom("x", "y", "z");
const given: fc.Arbitrary<Given> = fc.record({
  policies: fc.array(
    fc.record({
      effect: fc.constantFrom("allow", "deny"),
      roles: fc.array(fc.oneof(role, fc.constant("*")), { minLength: 1, maxLength: 2 }),
      resources: fc.array(glob, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 5 },
  ),
  effect: fc.constantFrom("allow", "deny"),
  roles: fc.uniqueArray(role),
});

/** A gateway without policies, and one with them. */
function gateways({ policies, effect }: Given): [Gateway, Gateway] {
  const [open, guarded] = [new Gateway(), new Gateway()];
  const sources = backends.map(sourceOf);
  open.swap(buildSnapshot(sources, rules));
  guarded.swap(buildSnapshot(sources, rules, { policy: policyOf(authorization(policies, effect)) }));
  return [open, guarded];
}

const itemsOf = (list: string, kind: CapabilityKind): JsonObject[] => JSON.parse(list).result[kind];

describe("for any policies and roles", () => {
  test("the lists are what may be used, in their order, and what is denied answers like what does not exist", async () => {
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const [open, guarded] = gateways(each).map((gateway) => client(gateway, each.roles)) as [Ask, Ask];
        for (const { kind, list, key, prefix } of kinds) {
          const all = itemsOf(await open(request(1, list)), kind);
          const holder = (name: string) =>
            backends.find(({ offer }) => offer?.[kind].some(({ body }) => body[key] === name)) as Upstream;
          const may = (name: string) => allows(each, `${prefix}:${name}`, holder(name));
          const visible = all.filter((item) => may(String(item[key])));
          expect(itemsOf(await guarded(request(1, list)), kind)).toEqual(visible);
          for (const name of all.map((item) => String(item[key]))) {
            for (const use of uses(kind, name)) {
              const answer = await guarded(use);
              if (may(name)) expect(answer).toBe(await open(use));
              else expect(answer).toBe(await unknown(guarded, use, name));
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a URI that a template admits is decided by itself", async () => {
    const uri = fc.constantFrom("a://items/1", "a://items/2", "b://items/1", "all://else");
    await fc.assert(
      fc.asyncProperty(given, uri, async (each, name) => {
        const [open, guarded] = gateways(each).map((gateway) => client(gateway, each.roles)) as [Ask, Ask];
        const holder = backends.find(({ name: first }) => name.startsWith(`${first}:`)) ?? backends[0];
        const may = allows(each, `resource:${name}`, holder as Upstream);
        for (const use of uses("resources", name)) {
          const [answer, there] = [await guarded(use), await open(use)];
          if (may && !there.includes('"error"')) expect(answer).toBe(there);
          else if (!may) expect(answer).toBe(await unknown(guarded, use, name));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** What the same request gets for a name that nobody has, written as if it had been for this one. */
async function unknown(ask: Ask, use: Message, name: string): Promise<string> {
  const nothing = "nobody://has-this";
  const answer = await ask(parse(use.text.replaceAll(JSON.stringify(name), JSON.stringify(nothing))));
  expect(answer).toContain('"error"');
  return answer.replaceAll(nothing, name);
}
