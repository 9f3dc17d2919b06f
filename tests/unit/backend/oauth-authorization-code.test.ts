// The authorization code grant: from a server's refusal to a token that it takes, with everything on the way checked.
import { describe, expect, test } from "bun:test";
import { AuthorizationCode } from "../../../src/backend/authorization-code.ts";
import type { OutgoingAuth } from "../../../src/config/backend-schema.ts";
import { describe as messageOf } from "../../../src/errors.ts";
import { isGrant } from "../../../src/secrets/names.ts";
import { Issuer } from "../../fixtures/oauth/issuer.ts";
import { agree, Protected } from "../../fixtures/oauth/protected.ts";

const auth: OutgoingAuth = { type: "oauth2", flow: "authorization_code", scopes: [], redirect_port: 0 };

/** A source of tokens for a protected server, and what it asks for. */
function start(server: Protected, more: Partial<OutgoingAuth> = {}, store = new Map<string, string>()) {
  const asked: string[] = [];
  let answers = 0;
  const source = new AuthorizationCode({
    ...{ backend: "remote", store, auth: { ...auth, ...more }, url: new URL(server.url), method: "POST" },
    ask: (url) => asked.push(url),
    answered: () => answers++,
  });
  const fetch = (refused?: string, scopes: string[] = []) => source.fetch({ refused, scopes });
  return {
    ...{ source, asked, store, fetch },
    answers: () => answers,
    /** Asks for a token, agrees, and asks again. */
    grant: async (scopes: string[] = []) => {
      await fetch(undefined, scopes).catch(() => undefined);
      expect(await agree(asked.at(-1) ?? "")).toContain("may use remote now");
      return (await fetch(undefined, scopes)).value;
    },
    [Symbol.dispose]: () => source.stop(),
  };
}

/** What the failed attempt says. */
const failure = (attempt: Promise<unknown>) => attempt.then(() => "it did not fail", messageOf);

describe("somebody who agrees", () => {
  test("gives a token for this server and what it wants, by way of a client that registers itself", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    await expect(flow.fetch()).rejects.toThrow(/^needs authorization; open http:\/\/127.0.0.1:\d+\/authorize\?/);
    const token = await flow.grant();
    expect(issuer.scopesOf(token, server.url)).toEqual(["mcp"]);
    expect([issuer.registered.size, flow.asked.length, flow.answers()]).toEqual([1, 1, 1]);
    expect(server.bare).toEqual([]);
  });

  test("is asked once, however often a token is wanted", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const messages = [await failure(flow.fetch()), await failure(flow.fetch())];
    expect(messages[0]).toBe(messages[1] ?? "");
    expect(flow.asked).toHaveLength(1);
  });

  test("does so for a client that was registered beforehand, with its secret", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    const { clientId: client_id, clientSecret: client_secret, tokenUrl: token_url } = issuer;
    using flow = start(server, { client_id, client_secret, token_url, scopes: ["special"] });
    expect(issuer.scopesOf(await flow.grant(), server.url)).toEqual(["special"]);
    expect(issuer.registered.size).toBe(0);
    expect([...flow.store.values()].join()).not.toContain(client_secret);
  });

  test("is not asked again after a restart", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using before = start(server);
    const token = await before.grant();
    using after = start(server, {}, before.store);
    expect((await after.fetch()).value).toBe(token);
    const [name = ""] = before.store.keys();
    expect([before.store.size, name.startsWith("oauth.remote."), isGrant(name)]).toEqual([1, true, true]);
  });

  test("need not be told where the server's description is", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    server.helpful = false;
    using flow = start(server);
    expect(issuer.scopesOf(await flow.grant(), server.url)).toEqual(["mcp"]);
  });
});

describe("a grant", () => {
  test("is refreshed when its token was refused, and the refresh token rotates", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const first = await flow.grant();
    const second = (await flow.fetch(first)).value;
    const third = (await flow.fetch(second)).value;
    expect(new Set([first, second, third]).size).toBe(3);
    expect(issuer.scopesOf(third, server.url)).toEqual(["mcp"]);
    expect(issuer.count("refresh_token")).toBe(2);
  });

  test("that has come to its end is asked for anew", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const token = await flow.grant();
    issuer.revokeAll();
    await expect(flow.fetch(token)).rejects.toThrow("needs authorization");
    expect(flow.store.size).toBe(0);
    expect(await flow.grant()).not.toBe(token);
  });

  test("is kept while the server that issued it is away", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const token = await flow.grant();
    await issuer.stop();
    await expect(flow.fetch(token)).rejects.toMatchObject({ code: "unavailable" });
    issuer.restart();
    expect((await flow.fetch(token)).value).not.toBe(token);
    expect(flow.asked).toHaveLength(1);
  });

  test("for another server or client is not used", async () => {
    await using issuer = new Issuer();
    await using one = new Protected(issuer);
    await using other = new Protected(issuer);
    using flow = start(one);
    await flow.grant();
    using moved = start(other, {}, flow.store);
    await expect(moved.fetch()).rejects.toThrow("needs authorization");
    using renamed = start(one, { client_id: issuer.clientId }, flow.store);
    await expect(renamed.fetch()).rejects.toThrow("needs authorization");
  });

  test("of another issuer is not used, and comes to no harm", async () => {
    await using first = new Issuer();
    await using second = new Issuer();
    await using server = new Protected(first);
    using flow = start(server);
    const token = await flow.grant();
    server.description = { authorization_servers: [second.url] };
    using moved = start(server, {}, flow.store);
    await expect(moved.fetch()).rejects.toThrow(`needs authorization; open ${second.url}/authorize`);
    expect([second.requests, first.count("refresh_token"), second.registered.size]).toEqual([[], 0, 1]);
    // Neither is one that somebody puts under the other's name.
    const [[name = "", text = ""] = []] = flow.store;
    await moved.grant().catch(() => undefined);
    const stolen = [...flow.store.keys()].find((other) => other !== name) ?? "";
    flow.store.set(stolen, text);
    using confused = start(server, {}, flow.store);
    await expect(confused.fetch()).rejects.toThrow("needs authorization");
    server.description = {};
    using back = start(server, {}, flow.store);
    expect((await back.fetch()).value).toBe(token);
  });

  test("that another process has renewed is used as that has left it", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const token = await flow.grant();
    using other = start(server, {}, flow.store);
    const renewed = (await other.fetch(token)).value;
    expect((await flow.fetch(token)).value).toBe(renewed);
    expect((await flow.fetch(renewed)).value).not.toBe(renewed);
    expect([issuer.count("refresh_token"), flow.asked.length]).toEqual([2, 1]);
  });

  test("that covers too little is widened by asking, and used meanwhile", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    const token = await flow.grant();
    await expect(flow.fetch(undefined, ["admin"])).rejects.toThrow("needs authorization");
    expect((await flow.fetch()).value).toBe(token);
    expect(issuer.scopesOf(await flow.grant(["admin"]))).toEqual(["mcp", "admin"]);
    expect(flow.asked).toHaveLength(2);
  });
});

describe("a browser that comes back", () => {
  const back = (address = "") => new URL(new URL(address).searchParams.get("redirect_uri") ?? "");

  test("without the state changes nothing", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    await failure(flow.fetch());
    const url = back(flow.asked[0]);
    for (const query of ["", "?error=access_denied", "?state=guessed&code=stolen"]) {
      expect((await fetch(`${url.href}${query}`)).status).toBe(400);
    }
    expect((await fetch(new URL("/", url))).status).toBe(404);
    expect(flow.answers()).toBe(0);
    await flow.grant();
  });

  test.each([
    ["from another issuer", "https://evil.example"],
    ["without the issuer that was promised", undefined],
  ])("%s is refused, and its code is not redeemed", async (_, iss) => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    issuer.iss = iss;
    using flow = start(server);
    await failure(flow.fetch());
    expect(await agree(flow.asked[0] ?? "")).toContain("was not authorized");
    expect(issuer.asked).toEqual([]);
    expect(flow.answers()).toBe(1);
  });

  test("with a refusal leads to another request", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    await failure(flow.fetch());
    const url = back(flow.asked[0]);
    url.searchParams.set("error", "access_denied");
    url.searchParams.set("state", new URL(flow.asked[0] ?? "").searchParams.get("state") ?? "");
    url.searchParams.set("iss", issuer.url);
    expect(await agree(url.href)).toContain("access_denied");
    await flow.grant();
    expect(flow.asked).toHaveLength(2);
  });

  test("finds nobody any more after the end", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    using flow = start(server);
    await failure(flow.fetch());
    flow.source.stop();
    await expect(fetch(back(flow.asked[0]))).rejects.toThrow();
  });
});

describe("a server that cannot be trusted", () => {
  test.each([
    ["names itself otherwise", { issuer: "https://evil.example" }, "issuer"],
    ["has no PKCE", { code_challenge_methods_supported: ["plain"] }, "PKCE"],
    ["says nothing of PKCE", { code_challenge_methods_supported: undefined }, "PKCE"],
    ["registers nobody", { registration_endpoint: undefined }, "set auth.client_id"],
    ["registers in the clear", { registration_endpoint: "http://login.example/register" }, "not https"],
    ["asks in the clear", { authorization_endpoint: "http://login.example/authorize" }, "not https"],
    ["asks by a script", { authorization_endpoint: "javascript:alert(1)" }, "not https"],
  ])("for it %s gets nobody asked", async (_, metadata, message) => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    issuer.metadata = metadata;
    using flow = start(server);
    expect(await failure(flow.fetch())).toContain(message);
    expect(flow.asked).toEqual([]);
  });

  test.each([
    ["another server", { resource: "https://mail.example/mcp" }],
    ["another part of its site", { resource: "/other" }],
    ["no authorization server", { authorization_servers: ["nowhere"] }],
    ["one that is nobody's business", { authorization_servers: ["http://login.example"] }],
    ["nonsense", { resource: 1, authorization_servers: "x" }],
  ])("for it describes %s gets nobody asked", async (_, description) => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    const { resource } = description as { resource?: unknown };
    const absolute = typeof resource === "string" && { resource: new URL(resource, server.url).href };
    server.description = { ...description, ...absolute };
    using flow = start(server);
    await expect(flow.fetch()).rejects.toMatchObject({ code: "unauthorized" });
    expect(flow.asked).toEqual([]);
  });

  test("may describe its whole site", async () => {
    await using issuer = new Issuer();
    await using server = new Protected(issuer);
    server.description = { resource: new URL(server.url).origin };
    server.audience = false;
    using flow = start(server);
    expect(issuer.tokens.get(await flow.grant())?.resource).toBe(new URL(server.url).origin);
  });

  test("for it takes tokens elsewhere than configured never sees the secret", async () => {
    await using issuer = new Issuer();
    await using evil = new Issuer();
    await using server = new Protected(evil);
    const { clientId: client_id, clientSecret: client_secret, tokenUrl: token_url } = issuer;
    using flow = start(server, { client_id, client_secret, token_url });
    expect(await failure(flow.fetch())).toContain("auth.token_url");
    expect(evil.asked).toEqual([]);
  });
});
