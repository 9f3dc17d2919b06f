// What the policies keep from a session is kept from it on every road: notifications, tasks, greetings, the optimizer, and after a reload.
import { beforeEach, describe, expect, test } from "bun:test";
import { buildSnapshot, Gateway, type SnapshotOptions } from "../../../src/gateway/gateway.ts";
import type { Call, JsonObject, Message, Session, Upstream } from "../../../src/model.ts";
import { policyOf } from "../../../src/policy/rbac.ts";
import { notification, parse, request, resultMessage } from "../../../src/protocol/message.ts";
import { authorization, type GivenRule } from "../policy/policies.ts";
import { callerOf, listener, type Offered, session, sourceOf, upstream } from "./stand-ins.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));

/** What backends were asked, as text with the edits that were to be made. */
let asked: Call[] = [];
beforeEach(() => {
  asked = [];
});

function backend(name: string, offered: Offered, answer: JsonObject = {}): Upstream {
  const hello = { capabilities: { [`x-${name}`]: {}, resources: {} }, instructions: `Use ${name}.` };
  const request = (call: Call) => {
    asked.push(call);
    return Promise.resolve(resultMessage(answer));
  };
  return upstream(name, { hello, ...offered }, { request });
}

const files = backend("files", {
  tools: named("read", "write"),
  resources: [{ uri: "file:///public/a" }, { uri: "file:///secret/a" }],
  resourceTemplates: [{ uriTemplate: "file:///{+path}" }],
});
const mail = backend("mail", { tools: named("send"), prompts: named("greet") }, { task: { taskId: "t" } });

const reader = [
  { effect: "deny", resources: ["resource:file:///secret/*"] },
  { effect: "allow", roles: ["reader"], resources: ["tool:read", "resource:file:///*"] },
  { effect: "allow", roles: ["mailer"], resources: ["server:mail"] },
] satisfies GivenRule[];

function snapshot(policies: GivenRule[], options: SnapshotOptions & { backends?: Upstream[] } = {}) {
  const { backends = [files, mail], ...more } = options;
  const naming = { strategy: "first-wins", separator: "_", order: [] } as const;
  return buildSnapshot(backends.map(sourceOf), naming, { policy: policyOf(authorization(policies)), ...more });
}

function gatewayWith(...given: Parameters<typeof snapshot>): Gateway {
  const gateway = new Gateway();
  gateway.swap(snapshot(...given));
  return gateway;
}

function opened<Opened extends Session>(gateway: Gateway, one: Opened): Opened {
  gateway.open(one);
  return one;
}

const ask = (gateway: Gateway, of: Session, method: string, params: JsonObject = {}) =>
  gateway.request({ message: request(1, method, params), caller: callerOf(of) });

const from = (origin: Upstream) => ({ upstream: origin, inFlight: () => [] });

describe("a session hears of a backend only what it may see", () => {
  test("log messages and what is unknown", () => {
    const gateway = gatewayWith(reader);
    const [ann, bob, eve] = [listener("ann", "reader"), listener("bob", "mailer"), listener("eve")];
    for (const each of [ann, bob, eve]) gateway.open(each);
    for (const method of ["notifications/message", "notifications/vendor"]) {
      gateway.notify(notification(method, { level: "error" }), from(mail));
      expect([ann.methods(), bob.methods(), eve.methods()]).toEqual([[], [method], []]);
      gateway.notify(notification(method, { level: "error" }), from(files));
      expect([ann.methods(), bob.methods(), eve.methods()]).toEqual([[method], [], []]);
    }
  });

  test("updates of resources that it subscribed to when it might", async () => {
    const gateway = gatewayWith([{ effect: "allow", resources: ["*"] }]);
    const ann = opened(gateway, listener("ann", "reader"));
    for (const uri of ["file:///secret/a", "file:///public/a"]) await ask(gateway, ann, "resources/subscribe", { uri });
    const update = (uri: string) =>
      gateway.notify(notification("notifications/resources/updated", { uri }), from(files));
    update("file:///secret/a");
    expect(ann.methods()).toEqual(["notifications/resources/updated"]);
    gateway.swap(snapshot(reader));
    expect(ann.methods()).toContain("notifications/resources/list_changed");
    update("file:///secret/a");
    expect(ann.methods()).toEqual([]);
    update("file:///public/a");
    expect(ann.methods()).toEqual(["notifications/resources/updated"]);
  });

  test("and on its own connection too", () => {
    const own = { ...files, sharing: "session" as const };
    const gateway = gatewayWith(reader, { backends: [own] });
    const ann = opened(gateway, listener("ann", "reader"));
    const update = (uri: string) =>
      gateway.notify(notification("notifications/resources/updated", { uri }), { ...from(own), session: ann });
    update("file:///secret/a");
    update("file:///public/a");
    expect(ann.heard).toHaveLength(1);
  });

  test("questions", async () => {
    const gateway = gatewayWith(reader);
    const answer = () => Promise.resolve(resultMessage({}));
    const [ann, bob] = [listener("ann", "reader"), listener("bob", "mailer")].map((one) => ({ ...one, ask: answer }));
    const options = { signal: new AbortController().signal, progress: () => undefined };
    const question = (one: Session | undefined) =>
      gateway.ask(request(1, "ping"), { ...from(mail), ...(one && { session: one }) }, options);
    await expect(question(ann)).rejects.toThrow("may not use this backend");
    await expect(question(bob)).resolves.toEqual(resultMessage({}));
  });
});

describe("list_changed comes when the lists of this very session have changed", () => {
  const changed = (kind: string) => `notifications/${kind}/list_changed`;

  test("by what backends offer", () => {
    const gateway = gatewayWith(reader);
    const [ann, bob] = [opened(gateway, listener("ann", "reader")), opened(gateway, listener("bob", "mailer"))];
    const more = backend("mail", { tools: named("send", "delete"), prompts: named("greet") });
    gateway.swap(snapshot(reader, { backends: [files, more] }));
    expect([ann.methods(), bob.methods()]).toEqual([[], [changed("tools")]]);
  });

  test("by other policies", () => {
    const gateway = gatewayWith(reader);
    const [ann, bob] = [opened(gateway, listener("ann", "reader")), opened(gateway, listener("bob", "mailer"))];
    gateway.swap(snapshot([...reader, { effect: "allow", roles: ["reader"], resources: ["prompt:*"] }]));
    expect([ann.methods(), bob.methods()]).toEqual([[changed("prompts")], []]);
  });

  test("by other roles, with the request that brings them", async () => {
    const gateway = gatewayWith(reader);
    const ann = opened(gateway, { ...listener("ann"), identity: { subject: "ann", issuer: null, roles: ["reader"] } });
    await ask(gateway, ann, "ping");
    expect(ann.methods()).toEqual([]);
    ann.identity.roles = ["mailer"];
    await ask(gateway, ann, "ping");
    expect(ann.methods()).toEqual([changed("tools"), changed("resources"), changed("prompts")]);
    await ask(gateway, ann, "ping");
    expect(ann.methods()).toEqual([]);
  });
});

describe("a request", () => {
  test("is decided by its own identity", async () => {
    const gateway = gatewayWith(reader);
    const of = session("one", {}, ["mailer"]);
    const list = async (roles?: string[]) => {
      const identity = roles && { ...of.identity, roles };
      const caller = { ...callerOf(of), ...(identity && { identity }) };
      return JSON.parse((await gateway.request({ message: request(1, "tools/list"), caller })).text).result;
    };
    expect(await list()).toEqual({ tools: named("send") });
    expect(await list(["reader"])).toEqual({ tools: named("read") });
    expect(await list([])).toEqual({ tools: [] });
  });

  test.each([
    "file:///public/../secret/a",
    "file:///public/%2e%2e/secret/b",
    "file:///s%65cret/a",
    "FILE:///secret/a",
    "file:///public/..%2fsecret/a",
    "file:///public/%zz",
    "file:////secret/a",
    "file:///%2fsecret/a",
    "file:///public//../secret/b",
  ])("for %s is denied, for it may mean what is denied", async (uri) => {
    const gateway = gatewayWith(reader);
    const ann = session("ann", {}, ["reader"]);
    await expect(ask(gateway, ann, "resources/read", { uri })).rejects.toThrow(`Resource not found: ${uri}`);
    expect(asked).toEqual([]);
    await ask(gateway, ann, "resources/read", { uri: "file:///public/b%20c" });
    expect(asked).toHaveLength(1);
  });

  test("for a part of what is denied is denied, for no server is told of the part", async () => {
    const gateway = gatewayWith([
      { effect: "deny", resources: ["resource:file:///public/b"] },
      { effect: "allow", resources: ["resource:file:///*"] },
    ]);
    const read = (uri: string) => ask(gateway, session("ann"), "resources/read", { uri });
    await expect(read("file:///public/b#part")).rejects.toThrow("Resource not found");
    expect(asked).toEqual([]);
    await read("file:///public/c#part");
    expect(asked).toHaveLength(1);
  });

  test("with a key that stands there twice goes on with what was decided by", async () => {
    const gateway = gatewayWith(reader);
    const send = (method: string, params: string) => {
      const message = parse(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);
      return gateway.request({ message, caller: callerOf(session("ann", {}, ["reader", "mailer"])) });
    };
    await send("tools/call", '{"name":"write","name":"read"}');
    await send("resources/read", '{"uri":"file:///secret/a","uri":"file:///public/a"}');
    await send("completion/complete", '{"ref":{"type":"ref/tool","name":"x","type":"ref/prompt","name":"greet"}}');
    expect(asked.map(({ edits }) => edits)).toEqual([
      { params: { name: '"read"' } },
      { params: { uri: '"file:///public/a"' } },
      { params: { ref: { type: '"ref/prompt"', name: '"greet"' } } },
    ]);
  });

  test("of a method that is unknown here is for those who may use everything", async () => {
    const gateway = gatewayWith([...reader, { effect: "allow", roles: ["boss"], resources: ["*"] }], {
      backends: [files],
    });
    const unknown = (role: string) => ask(gateway, session(role, {}, [role]), "vendor/read", { name: "read" });
    await expect(unknown("reader")).rejects.toThrow("Method not found: vendor/read");
    expect(asked).toEqual([]);
    gateway.swap(snapshot([{ effect: "allow", roles: ["boss"], resources: ["*"] }], { backends: [files] }));
    await unknown("boss");
    expect(asked).toHaveLength(1);
  });
});

describe("tasks", () => {
  const task = (gateway: Gateway, of: Session, taskId: string) => ask(gateway, of, "tasks/get", { taskId });

  test("of a tool that may no longer be used look like those of others", async () => {
    const gateway = gatewayWith(reader);
    const bob = opened(gateway, listener("bob", "mailer"));
    await ask(gateway, bob, "tools/call", { name: "send", task: {} });
    await task(gateway, bob, "t");
    expect(asked).toHaveLength(2);
    gateway.swap(snapshot([{ effect: "deny", resources: ["tool:send"] }, ...reader]));
    const status = notification("notifications/tasks/status", { taskId: "t" });
    bob.methods();
    gateway.notify(status, from(mail));
    expect(bob.methods()).toEqual([]);
    gateway.notification(status, bob);
    await expect(task(gateway, bob, "t")).rejects.toThrow("Task not found: t");
    await expect(task(gateway, bob, "of another")).rejects.toThrow("Task not found: of another");
    expect(asked).toHaveLength(2);
  });
});

test.each(["shared", "session"] as const)("tasks are listed by what they are of (sharing: %s)", async (sharing) => {
  const offered = { tools: named("send"), hello: { capabilities: { tasks: { list: {} } } } };
  const answer = { task: { taskId: "t" }, tasks: [{ taskId: "t" }, { taskId: "of another" }] };
  const backends = [{ ...backend("mail", offered, answer), sharing }];
  const gateway = gatewayWith(reader, { backends });
  const bob = opened(gateway, listener("bob", "mailer"));
  const list = async () => JSON.parse((await ask(gateway, bob, "tasks/list")).text).result.tasks;
  await ask(gateway, bob, "tools/call", { name: "send", task: {} });
  expect(await list()).toEqual([{ taskId: "t" }]);
  gateway.swap(snapshot([{ effect: "deny", resources: ["tool:send"] }, ...reader], { backends }));
  expect(await list()).toEqual([]);
});

describe("what else a client sees", () => {
  test("the greeting is that of the backends it may see", () => {
    const gateway = gatewayWith(reader);
    expect(gateway.hello(null, ["mailer"])).toMatchObject({
      instructions: "Use mail.",
      capabilities: { "x-mail": {} },
    });
    expect(gateway.hello(null, ["mailer"]).capabilities).not.toHaveProperty("x-files");
    expect(gateway.hello(null)).not.toHaveProperty("instructions");
  });

  test("a group is narrowed as well", () => {
    const gateway = gatewayWith(reader);
    const within = (group: string) => gateway.counts({ ...session("ann", {}, ["reader"]), group });
    expect(within("default")).toEqual({ tools: 1, resources: 1, prompts: 0 });
    expect(within("gone")).toEqual({ tools: 0, resources: 0, prompts: 0 });
  });

  test("the optimizer neither names nor calls what is denied", async () => {
    const gateway = gatewayWith(reader, { keepTools: ["send", "read"] });
    const ann = session("ann", {}, ["reader"]);
    const text = async (method: string, params: JsonObject = {}) => (await ask(gateway, ann, method, params)).text;
    expect(await text("tools/list")).not.toMatch(/mail|send|write/);
    expect(await text("tools/call", { name: "find_tool", arguments: { query: "" } })).toContain('[\\"read\\"]');
    expect(await text("tools/call", { name: "find_tool", arguments: { query: "send write" } })).toContain("No tool");
    await expect(text("tools/call", { name: "call_tool", arguments: { name: "send" } })).rejects.toThrow(
      "Unknown tool: send",
    );
  });

  test("nothing is narrowed for who may use everything, or without a policy", () => {
    const boss = snapshot([{ effect: "allow", roles: ["boss"], resources: ["*"] }]);
    expect(boss.view(null, ["boss"])).toBe(boss.all);
    const open = snapshot([], { policy: undefined });
    expect(open.view(null, [])).toBe(open.all);
    expect(boss.view(null, ["x", "y"])).toBe(boss.view(null, ["z"]));
  });

  test("what was narrowed is kept for those who come back, but not for ever other roles", () => {
    const roles = Array.from({ length: 201 }, (_, index) => `role-${index}`);
    const { view } = snapshot([{ effect: "allow", roles, resources: ["tool:read"] }]);
    const first = view(null, ["role-0"]);
    for (const role of roles.slice(0, 200)) view(null, [role]);
    expect(view(null, ["role-0"])).toBe(first);
    view(null, ["role-200"]);
    expect(view(null, ["role-0"])).toBe(first);
    for (const role of roles.slice(1)) view(null, [role]);
    expect(view(null, ["role-0"])).not.toBe(first);
  });
});

describe("who watches a call learns the true reason", () => {
  test.each<[string, JsonObject, string | undefined]>([
    ["tools/call", { name: "send" }, "mail: authorization.default_effect"],
    ["tools/call", { name: "nothing" }, undefined],
    ["prompts/get", { name: "greet" }, "mail: authorization.default_effect"],
    ["resources/read", { uri: "file:///secret/a" }, "files: authorization.policies.0"],
    ["resources/read", { uri: "file:///public/a" }, undefined],
    ["resources/subscribe", { uri: "file:///secret/b" }, "files: authorization.policies.0"],
    ["tools/call", { name: "read" }, undefined],
  ])("of %s %j", async (method, params, expected) => {
    const gateway = gatewayWith(reader);
    const denials: string[] = [];
    gateway.observer = {
      begin: (_: Message) => ({
        routed: () => undefined,
        end: () => undefined,
        denied: (by, route) => void denials.push(`${route.upstream.name}: ${by}`),
      }),
    };
    await ask(gateway, session("ann", {}, ["reader"]), method, params).catch(() => undefined);
    expect(denials).toEqual(expected === undefined ? [] : [expected]);
  });
});
