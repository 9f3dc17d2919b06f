// Two users who speak 2026-07-28 at one gateway: what one is asked, waits for or listens to is nothing to the other.
import { expect, setDefaultTimeout, test } from "bun:test";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { type Answer, modernClient, textOf } from "../fixtures/modern-client.ts";
import { readStream } from "../fixtures/modern-stream.ts";
import { startIssuer, trusting } from "../fixtures/oauth/guarded.ts";
import { epoch } from "../fixtures/oauth/signer.ts";

setDefaultTimeout(30_000);

const capabilities = { elicitation: { form: {} } };
const key = (name: string) => `io.modelcontextprotocol/${name}`;

async function start(policies: object[] = [], sharing = "shared") {
  const opened = new AsyncDisposableStack();
  const issuer = opened.use(await startIssuer());
  const full = opened.use(await startFull("stdio"));
  const backends = { full: { ...full.backend, sharing } };
  const authorization = policies.length > 0 ? { authorization: { enabled: true, policies } } : {};
  const gateway = opened.use(await startGateway({ version: "1", backends, ...trusting(issuer), ...authorization }));
  const clientOf = async (claims: object) =>
    modernClient(`${gateway.url}/mcp`, { capabilities, token: await issuer.token({ ...claims }) });
  return { gateway, issuer, clientOf, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function retryOf({ body }: Answer, response: object) {
  const keys = Object.keys((body.result?.inputRequests ?? {}) as object);
  const inputResponses = Object.fromEntries(keys.map((name) => [name, response]));
  return { retry: { inputResponses, requestState: body.result?.requestState } };
}

const accept = { action: "accept", content: { name: "Ann" } };

test("a state is good for who got it alone", async () => {
  await using world = await start();
  const [ann, bob] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "bob" })];
  const asked = await ann.call("elicit");
  const { error } = (await bob.call("elicit", {}, retryOf(asked, accept))).body;
  expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("requestState") });
  const { body } = await modernClient(`${world.gateway.url}/mcp`).call("elicit", {}, retryOf(asked, accept));
  expect(body.error?.message).toContain("token");
  expect(JSON.parse(textOf(await ann.call("elicit", {}, retryOf(asked, accept))))).toMatchObject(accept);
});

test("while one is asked, what the backend asks next is for no other: it says how to have both", async () => {
  await using world = await start();
  const [ann, bob] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "bob" })];
  const hers = await ann.call("elicit");
  expect((await bob.call("elicit")).body.error?.message).toContain("sharing: session");
  const again = await ann.call("elicit");
  expect(again.body.result).toMatchObject({ resultType: "input_required" });
  for (const asked of [hers, again])
    expect(textOf(await ann.call("elicit", {}, retryOf(asked, accept)))).toContain("Ann");
});

test("with connections of their own both are asked at the same time", async () => {
  await using world = await start([], "session");
  const [ann, bob] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "bob" })];
  const [hers, his] = [await ann.call("elicit"), await bob.call("elicit")];
  const named = (name: string) => ({ action: "accept", content: { name } });
  expect(textOf(await bob.call("elicit", {}, retryOf(his, named("Bob"))))).toContain("Bob");
  expect(textOf(await ann.call("elicit", {}, retryOf(hers, named("Ann"))))).toContain("Ann");
});

test("lists and reads are for nobody else, and show what the user may have", async () => {
  const policies = [
    { effect: "deny", roles: ["guest"], resources: ["tool:echo", "resource:full://static/1"] },
    { effect: "allow", roles: ["*"], resources: ["*"] },
  ];
  await using world = await start(policies);
  const [ann, guest] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "gus", roles: ["guest"] })];
  const listed = await Promise.all([ann, guest].map(async (client) => (await client.send("tools/list")).body.result));
  const names = listed.map((result) => ((result?.tools ?? []) as { name: string }[]).map(({ name }) => name));
  expect(names.map((all) => all.includes("echo"))).toEqual([true, false]);
  expect(listed.map((result) => result?.cacheScope)).toEqual(["private", "private"]);
  const discovered = (await guest.send("server/discover")).body.result;
  expect(discovered).toMatchObject({ cacheScope: "private" });
  const denied = await guest.call("echo");
  expect(denied.body.error?.code).toBe(-32602);
  expect(denied.body.error?.message).toBe((await guest.call("nothing")).body.error?.message.replace("nothing", "echo"));
  const read = await guest.send("resources/read", { uri: "full://static/1" });
  expect(read.body.error).toMatchObject({ code: -32602, data: { uri: "full://static/1" } });
});

test("a subscription hears of what its user may have", async () => {
  const policies = [
    { effect: "deny", roles: ["guest"], resources: ["resource:full://static/1"] },
    { effect: "allow", roles: ["*"], resources: ["*"] },
  ];
  await using world = await start(policies);
  const [ann, guest] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "gus", roles: ["guest"] })];
  const notifications = { resourceSubscriptions: ["full://static/1", "full://static/2"] };
  const listen = (client: typeof ann) =>
    readStream((signal) => client.open("subscriptions/listen", { notifications }, { signal }));
  using hers = await listen(ann);
  using his = await listen(guest);
  const honoured = { notifications: { resourceSubscriptions: ["full://static/2"] } };
  expect(await his.messages.take()).toMatchObject({ params: honoured });
  expect(await hers.messages.take()).toMatchObject({ params: { notifications } });
  for (const uri of ["full://static/1", "full://static/2"]) await ann.call("touch", { uri });
  for (const uri of ["full://static/1", "full://static/2"])
    expect(await hers.messages.take()).toMatchObject({ params: { uri } });
  expect(await his.messages.take()).toMatchObject({ params: { uri: "full://static/2" } });
  expect(his.messages.items()).toEqual([]);
});

test("logs and progress of one are heard by no other", async () => {
  await using world = await start();
  const [ann, bob] = [await world.clientOf({ sub: "ann" }), await world.clientOf({ sub: "bob" })];
  const meta = { [key("logLevel")]: "debug", progressToken: 1 };
  const [hers, his] = await Promise.all([
    ann.call("progress", { steps: 3 }, { meta }),
    bob.call("progress", { steps: 5 }, { meta }),
  ]);
  expect([hers.before.length, his.before.length]).toEqual([3, 5]);
});

test("a subscription lasts as long as its token, and no longer than the rules that let it in", async () => {
  await using world = await start();
  const notifications = { toolsListChanged: true };
  // Tokens are good for another minute of leeway.
  const brief = await world.clientOf({ sub: "ann", exp: epoch() - 57 });
  const long = await world.clientOf({ sub: "bob" });
  const listen = (client: typeof brief) =>
    readStream((signal) => client.open("subscriptions/listen", { notifications }, { signal }));
  using short = await listen(brief);
  using lasting = await listen(long);
  await short.closed;
  expect(short.messages.items().map(({ method }) => method)).toEqual([
    "notifications/subscriptions/acknowledged",
    undefined,
  ]);
  const { data } = await managementOf(world.gateway.url).sessions.get();
  expect(data?.sessions).toMatchObject([{ user: "bob", protocol_version: "2026-07-28" }]);
  const local = { type: "local", token: "another-t0ken-for-all" };
  world.gateway.edit({ version: "1", backends: {}, incoming_auth: local });
  await lasting.closed;
});
