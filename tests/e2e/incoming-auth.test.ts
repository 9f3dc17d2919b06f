// Clients that must show who they are: by each kind of rule, on every road in, across reloads, and only as long as their tokens last.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { auditOf } from "../fixtures/audit-lines.ts";
import { chaos, tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { message, open, send, startIssuer, trusting } from "../fixtures/oauth/guarded.ts";
import { claimsOf, epoch, signWith } from "../fixtures/oauth/signer.ts";
import { startWorld, toldBy } from "../fixtures/oauth/start.ts";
import { events } from "../fixtures/raw-client.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(40_000);

const backends = { one: tiny("open"), two: tiny("closed") };
const readers = {
  authorization: { enabled: true, policies: [{ effect: "allow", roles: ["reader"], resources: ["tool:open"] }] },
};
const transports = ["streamable-http", "sse"] as const;

const status = async (gateway: Gateway, token?: string) => {
  const response = await send(gateway, { body: message("ping"), ...(token !== undefined && { token }) });
  return response.status;
};

async function usersOf(gateway: Gateway): Promise<(string | null)[]> {
  const { data } = await managementOf(gateway.url).sessions.get();
  return data?.sessions.map(({ user }) => user) ?? [];
}

describe.each(transports)("over %s", (transport) => {
  test("local: whoever has the token", async () => {
    const local = { type: "local", token: "a-shared-s3cret" };
    await using gateway = await startGateway({ version: "1", backends, incoming_auth: local });
    for (const token of [undefined, () => "another"]) {
      await expect(connect(gateway.url, { transport, ...(token && { token }) })).rejects.toThrow();
    }
    await using client = await connect(gateway.url, { transport, token: () => "a-shared-s3cret" });
    expect(await client.toolNames()).toEqual(["open", "closed"]);
    expect(await usersOf(gateway)).toEqual(["local"]);
    expect(await toldBy(gateway)).not.toContain("s3cret");
  });

  test("jwt: tokens signed with a secret, with the roles of any claim", async () => {
    const secret = "a secret that is long enough for HS512: it has 64 bytes and more";
    const jwt = {
      type: "jwt",
      secret,
      algorithms: ["HS512"],
      issuer: "me",
      audience: "argus",
      roles_claim: "my.groups",
    };
    await using gateway = await startGateway({ version: "1", backends, incoming_auth: jwt, ...readers });
    const sign = (claims: object, alg = "HS512") => signWith(secret, claimsOf("me", { ...claims }), { alg });
    const [good, bad, weak] = [
      await sign({ my: { groups: ["reader"] } }),
      await sign({ aud: "other" }),
      await sign({}, "HS256"),
    ];
    for (const token of [bad, weak])
      await expect(connect(gateway.url, { transport, token: () => token })).rejects.toThrow();
    await using client = await connect(gateway.url, { transport, token: () => good });
    expect(await client.toolNames()).toEqual(["open"]);
    expect(await usersOf(gateway)).toEqual(["ann"]);
  });

  test("jwt: tokens signed with a key that is at an address", async () => {
    await using issuer = await startIssuer();
    const jwt = { type: "jwt", jwks_uri: `${issuer.url}/jwks` };
    await using gateway = await startGateway({ version: "1", backends, incoming_auth: jwt });
    const token = await issuer.token({ aud: "anybody" });
    await using client = await connect(gateway.url, { transport, token: () => token });
    expect(await client.text("open")).toMatch(/^\d+$/);
    expect(gateway.log()).toContain("issued for any other server");
  });

  test("oidc: tokens of an issuer that describes itself; none of them goes to a backend, or is told", async () => {
    await using issuer = await startIssuer();
    await using world = await startWorld("streamable-http");
    world.server.audience = false;
    const lasting = { expiresAt: Number.POSITIVE_INFINITY, scopes: [], resource: undefined };
    world.issuer.tokens.set("the-own-token", lasting);
    const outgoing = world.config({ type: "static", headers: { authorization: "Bearer the-own-token" } });
    await using gateway = await startGateway({ ...outgoing, ...trusting(issuer) }, { args: ["--log-level", "debug"] });
    const token = await issuer.token();
    await using client = await connect(gateway.url, { transport, token: () => token });
    expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
    expect(new Set(world.server.arrivals.map((arrival) => arrival.token))).toEqual(new Set(["the-own-token"]));
    const line = await until("the call is noted", () => auditOf(gateway.directory).find(({ target }) => target.method));
    expect(line.source.user_id).toBe("ann");
    const [, claims = "", signature = ""] = token.split(".");
    const told = `${await toldBy(gateway)}${JSON.stringify(auditOf(gateway.directory))}`;
    for (const part of [claims, signature]) expect(told).not.toContain(part);
  });
});

test("all roads in are closed to who shows nothing, and say so before anything else", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const roads = ["/mcp", "/mcp/default", "/mcp/nothing", "/sse", "/sse/default", "/messages?sessionId=x"];
  for (const path of roads) {
    for (const method of ["GET", "POST", "DELETE", "PUT"])
      expect([method, path, (await send(gateway, { path, method })).status]).toEqual([method, path, 401]);
  }
  const token = await issuer.token();
  for (const query of [`access_token=${token}`, `token=${token}`])
    expect((await send(gateway, { path: `/mcp?${query}`, body: message("ping") })).status).toBe(401);
  expect((await fetch(`${gateway.url}/`)).status).toBe(200);
  expect((await gateway.manage("/status")).status).toBe(200);
});

test("headers that hold no token, or half of one, are refused and harm nothing", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const token = await issuer.token();
  const good = `Bearer ${token}`;
  const bad = [
    "",
    "Bearer",
    "Basic YTpi",
    `${good}, ${good}`,
    `${good}x`,
    `Bearer "${token}"`,
    `Bearer ${"a".repeat(9_000)}`,
  ];
  for (const authorization of bad) {
    const { status } = await send(gateway, { headers: { authorization }, body: message("ping") });
    expect([authorization.slice(0, 20), status]).toEqual([authorization.slice(0, 20), 401]);
  }
  // What is longer than all headers may be does not even get that far.
  const huge = { authorization: `Bearer ${"a".repeat(100_000)}` };
  expect((await send(gateway, { headers: huge, body: message("ping") })).status).toBe(431);
  expect(await status(gateway, token)).toBe(400);
});

test("an issuer that cannot be reached makes tokens wait, and nothing else", async () => {
  await using issuer = await startIssuer();
  const token = await issuer.token();
  await issuer.stop();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const response = await send(gateway, { token, body: message("ping") });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await response.text()).toContain("the issuer's keys cannot be had; try again");
  expect(await status(gateway)).toBe(401);
  await gateway.logged(/cannot fetch the keys that tokens are checked with: .*until then all clients get 503/);
  issuer.restart();
  await until("the keys are found", async () => (await status(gateway, token)) === 400);
});

test.each<[string, () => Response, RegExp]>([
  ["somewhere else", () => Response.redirect("http://127.0.0.1:1/keys", 302), /redirects to/],
  ["without end", () => Response.json({ keys: "x".repeat(2 ** 21) }), /over 1048576 bytes/],
  ["of garbage", () => new Response("\0\x01<html>"), /holds no JSON object/],
])("keys that are %s are none", async (_, keys, problem) => {
  await using issuer = await startIssuer();
  issuer.keys = keys;
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  expect(await status(gateway, await issuer.token())).toBe(503);
  await gateway.logged(problem);
});

test("an issuer that does not answer keeps nobody waiting who shows no token", async () => {
  await using issuer = await startIssuer();
  const { promise, resolve } = Promise.withResolvers<void>();
  issuer.keys = async () => {
    await promise;
    return Response.json({ keys: issuer.signers.map(({ jwk }) => jwk) });
  };
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const order: string[] = [];
  const waiting = issuer
    .token()
    .then((token) => status(gateway, token))
    .then((code) => order.push(`with: ${code}`));
  await until("the keys are asked for", () => issuer.keysAsked > 0);
  await status(gateway).then((code) => order.push(`without: ${code}`));
  await gateway.manage("/status").then(({ status: code }) => order.push(`management: ${code}`));
  resolve();
  await waiting;
  expect(order).toEqual(["without: 401", "management: 200", "with: 400"]);
});

test("the roles are those of the newest token, on a session that is open", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer), ...readers });
  const [before, after] = [
    await issuer.token({ roles: ["guest"] }),
    await issuer.token({ scope: "x", roles: ["reader"] }),
  ];
  let token = before;
  await using client = await connect(gateway.url, { token: () => token });
  expect(await client.toolNames()).toEqual([]);
  token = after;
  expect(await client.toolNames()).toEqual(["open"]);
  token = before;
  await expect(client.text("open")).rejects.toMatchObject({ code: -32602 });
});

describe("a reload", () => {
  test("shuts out who was let in by nothing, and closes what is listened on", async () => {
    await using issuer = await startIssuer();
    await using gateway = await startGateway({ version: "1", backends });
    const session = await open(gateway);
    const streams = [
      await send(gateway, { method: "GET", headers: session }),
      await send(gateway, { method: "GET", path: "/sse" }),
    ];
    gateway.edit({ version: "1", backends, ...trusting(issuer) });
    await gateway.manage("/reload", { method: "POST" });
    for (const stream of streams) for await (const _ of events(stream));
    expect((await send(gateway, { headers: session, body: message("ping") })).status).toBe(401);
    const token = await issuer.token();
    expect((await send(gateway, { token, headers: session, body: message("ping") })).status).toBe(404);
    await using client = await connect(gateway.url, { token: () => token });
    expect(await client.toolNames()).toEqual(["open", "closed"]);
  });

  test("of anything else lets them listen on", async () => {
    await using issuer = await startIssuer();
    await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
    const token = await issuer.token();
    await using client = await connect(gateway.url, { transport: "sse", token: () => token });
    gateway.edit({ version: "1", backends: { one: backends.one }, ...trusting(issuer) });
    await until("the tool is gone", async () => (await client.toolNames()).length === 1);
    expect(await usersOf(gateway)).toEqual(["ann"]);
  });
});

describe("a stream", () => {
  /** A token that is taken for one to two seconds still, by what clocks may differ. */
  const shortLived = () => ({ exp: epoch() - 58 });

  test("ends with its token", async () => {
    await using issuer = await startIssuer();
    await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
    const token = await issuer.token(shortLived());
    const headers = await open(gateway, token);
    const [http, sse] = await Promise.all([
      send(gateway, { method: "GET", token, headers }),
      send(gateway, { method: "GET", token, path: "/sse" }),
    ]);
    expect([http.status, sse.status]).toEqual([200, 200]);
    for (const stream of [http, sse]) for await (const _ of events(stream));
    expect(await status(gateway, token)).toBe(401);
    // The session is there for who comes back with another token; on the older transport it was its stream.
    expect(await usersOf(gateway)).toEqual(["ann"]);
    const next = await issuer.token();
    expect((await send(gateway, { token: next, headers, body: message("ping") })).status).toBe(200);
  });

  test.each(transports)("of %s goes on when its client has shown a newer one", async (transport) => {
    await using issuer = await startIssuer();
    await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() }, ...trusting(issuer) });
    const [first, second] = [await issuer.token(shortLived()), await issuer.token()];
    let token = first;
    await using client = await connect(gateway.url, { transport, token: () => token });
    const changed = Promise.withResolvers<void>();
    client.fallbackNotificationHandler = async () => changed.resolve();
    token = second;
    await client.ping();
    await until("the first token has expired", async () => (await status(gateway, first)) === 401);
    await client.text("grow");
    await changed.promise;
  });
});

test("refusals are noted, and a flood of them is counted", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const flood = 40;
  for (let time = 0; time < flood; time++) expect(await status(gateway, "wrong")).toBe(401);
  const { data } = await managementOf(gateway.url).events.get({ query: { limit: 1_000 } });
  const told = data?.events.filter(({ stage }) => stage === "auth_failed") ?? [];
  expect(told).toHaveLength(10);
  expect(told[0]).toMatchObject({ severity: "warning", message: expect.stringContaining("no signed JSON Web Token") });
  gateway.kill("SIGTERM");
  await gateway.exited;
  const lines = auditOf(gateway.directory);
  expect(lines.map(({ event_type }) => event_type)).toEqual(Array(11).fill("auth_failed"));
  expect(lines[0]).toMatchObject({ source: { client_ip: "127.0.0.1", user_id: null }, outcome: { status: "failure" } });
  expect(lines[10]?.outcome.error).toContain(`${flood - 10} more requests were refused`);
});
