// What a role may not use looks to it as if it were not there: lists and calls agree for every role, and denied and unknown answers are equal to the byte.
import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { chaos } from "../../fixtures/backends.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { message, open, send, wholeOf } from "../../fixtures/oauth/guarded.ts";
import { claimsOf, signWith } from "../../fixtures/oauth/signer.ts";

setDefaultTimeout(60_000);

const secret = "a secret that is long enough to be one";
const backends = {
  one: chaos("--suffix=-1"),
  two: { ...chaos("--suffix=-2"), group: "inner" },
};
const names = ["a", "b", "c"];

interface Setup {
  policies: { effect: string; roles: string[]; resources: string[] }[];
  /** What counts where no policy matches. */
  otherwise: string;
}

/** What there is, as policies name it, with the backend and group that it is of. */
const everything = ["1", "2"].flatMap((n) => {
  const of = n === "1" ? ["server:one", "group:default"] : ["server:two", "group:inner"];
  return [
    { kind: "tool", name: `echo-${n}`, of },
    { kind: "tool", name: `pid-${n}`, of },
    { kind: "prompt", name: `echo-${n}`, of },
    { kind: "resource", name: `chaos://fixed-${n}`, of },
    { kind: "template", name: `chaos://items-${n}/{id}`, of },
  ];
});

type Thing = (typeof everything)[number];

const glob = fc.constantFrom(
  ...[
    "*",
    "tool:*",
    "tool:echo-*",
    "tool:pid-1",
    "prompt:*",
    "prompt:echo-2",
    "resource:*",
    "resource:chaos://fixed-1",
  ],
  ...["resource:chaos://items-*", "resource:chaos://items-2/7", "server:one", "server:two", "group:inner", "tool:*-2"],
);
const policies = fc.array(
  fc.record({
    effect: fc.constantFrom("allow", "deny"),
    roles: fc.uniqueArray(fc.constantFrom("*", ...names), { minLength: 1, maxLength: 2 }),
    resources: fc.array(glob, { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 5 },
);
const setups = fc.record({ policies, otherwise: fc.constantFrom("allow", "deny") });

/** The contract's rule, said once more: the first policy that matches a role and the thing. */
function allows({ policies, otherwise }: Setup, roles: string[], known: string[]) {
  const matches = (pattern: string) =>
    known.some((name) => new Bun.Glob(pattern.replaceAll("/", "|")).match(name.replaceAll("/", "|")));
  const first = policies.find(
    (policy) => policy.roles.some((role) => role === "*" || roles.includes(role)) && policy.resources.some(matches),
  );
  return (first?.effect ?? otherwise) === "allow";
}

/** How a thing is used, under its own name or one that nothing has. */
function use({ kind, name }: Thing, absent: boolean): object {
  const other = absent ? name.replace(/-(\d)/, "-$1-absent") : name;
  if (kind === "tool") return message("tools/call", { name: other, arguments: { text: "x" } });
  if (kind === "prompt") return message("prompts/get", { name: other, arguments: { text: "x" } });
  return message("resources/read", { uri: other.replace("{id}", "7") });
}

const lists: Record<string, [method: string, key: string, name: string]> = {
  tool: ["tools/list", "tools", "name"],
  prompt: ["prompts/list", "prompts", "name"],
  resource: ["resources/list", "resources", "uri"],
  template: ["resources/templates/list", "resourceTemplates", "uriTemplate"],
};

/** All that lists show to this token. */
async function listed(gateway: Gateway, token: string, headers: Record<string, string>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const [kind, [method, key, name]] of Object.entries(lists)) {
    const answer = await (await send(gateway, { token, headers, body: message(method) })).json();
    const items = (answer as { result: Record<string, Record<string, string>[]> }).result[key] ?? [];
    for (const item of items) found.add(`${kind} ${item[name]}`);
  }
  return found;
}

/** An answer without what differs because one name is longer than another. */
async function answer(gateway: Gateway, token: string, headers: Record<string, string>, body: object) {
  const { body: text, ...rest } = await wholeOf(await send(gateway, { token, headers, body }));
  const { "content-length": _, ...others } = rest.headers;
  return { status: rest.status, headers: others, text: text.replaceAll("-absent", "") };
}

test("for every set of roles, whatever the policies", async () => {
  const auth = { type: "jwt", secret, issuer: "me", audience: "argus" };
  const config = { version: "1", backends, incoming_auth: auth };
  await using gateway = await startGateway(config);
  const tokenOf = (roles: string[]) => signWith(secret, claimsOf("me", { roles }));
  const headers = await open(gateway, await tokenOf([]));
  const counts = { allowed: 0, denied: 0 };
  const agrees = async (setup: Setup, roles: string[]) => {
    const token = await tokenOf(roles);
    const shown = await listed(gateway, token, headers);
    for (const thing of everything) {
      const { kind, name, of } = thing;
      const named = (its: string) => [`${kind === "template" ? "resource" : kind}:${its}`, ...of];
      expect([thing, shown.has(`${kind} ${name}`)]).toEqual([thing, allows(setup, roles, named(name))]);
      const usable = allows(setup, roles, named(name.replace("{id}", "7")));
      const used = await answer(gateway, token, headers, use(thing, false));
      if (usable) expect(used.text).toContain('"result"');
      else expect(used).toEqual(await answer(gateway, token, headers, use(thing, true)));
      counts[usable ? "allowed" : "denied"]++;
    }
  };
  const property = fc.asyncProperty(setups, fc.subarray(names), async (setup, roles) => {
    const { policies, otherwise } = setup;
    gateway.edit({ ...config, authorization: { enabled: true, default_effect: otherwise, policies } });
    const report = await (await gateway.manage("/reload", { method: "POST" })).json();
    expect(report).toMatchObject({ reloaded: true });
    await agrees(setup, roles);
  });
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
  expect(counts.allowed * counts.denied).toBeGreaterThan(0);
});
