// Who asks: what must be shown, what is answered to those who do not, and that showing it again costs next to nothing.
import { beforeAll, describe, expect, test } from "bun:test";
import { ANONYMOUS } from "../../../src/server/auth.ts";
import { claimsOf, Signer } from "../../fixtures/oauth/signer.ts";
import { authenticating, config } from "./authenticating.ts";

const ISSUER = "https://login.example";
const jwt = { type: "jwt", jwks_uri: `${ISSUER}/keys`, issuer: ISSUER };
const local = { type: "local", token: "s3cret" };

let signer: Signer;
beforeAll(async () => {
  signer = await Signer.create("ES256", "one");
});

const keys = async () => Response.json({ keys: [signer.jwk] });
const nobody = () => Promise.reject(new Error("there is no network"));
const request = (authorization?: string) =>
  new Request("http://gate.example/mcp", { headers: authorization === undefined ? {} : { authorization } });
const from = () => null;

test("where nothing must be shown everybody is the same, at once, whatever they show", () => {
  const { auth } = authenticating({}, nobody);
  expect(auth.identify(request(), from)).toBe(ANONYMOUS);
  expect(auth.identify(request("Bearer x"), from)).toBe(ANONYMOUS);
});

test("a token that was verified is known again, at once, until it expires", async () => {
  const { auth, pass } = authenticating(jwt, keys);
  const token = `Bearer ${await signer.sign(claimsOf(ISSUER, { exp: Math.floor(Date.now() / 1_000) + 60 }))}`;
  const first = await auth.identify(request(token), from);
  expect(auth.identify(request(token), from)).toBe(first);
  pass(121_000);
  expect(await auth.identify(request(token), from)).toHaveProperty("status", 401);
});

test("one that was refused is not known the next time either", async () => {
  const { auth } = authenticating(jwt, keys);
  const wrong = await signer.sign(claimsOf("https://other.example"));
  for (const _ of [1, 2]) expect(await auth.identify(request(`Bearer ${wrong}`), from)).toHaveProperty("status", 401);
});

describe("who shows nothing, or something wrong", () => {
  const challenge = async (settings: object, authorization?: string, path?: string) => {
    const world = authenticating(settings, keys);
    const response = (await world.ask(authorization, path)) as Response;
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32600 } });
    return { header: response.headers.get("www-authenticate"), refused: world.refused };
  };

  test("is told where to log in", async () => {
    const place = "http://gate.example:9000/.well-known/oauth-protected-resource";
    for (const [path, described] of [
      ["/mcp", "/mcp"],
      ["/mcp/one", "/mcp/one"],
      ["/sse", "/sse"],
      ["/messages?sessionId=x", "/sse"],
    ] as const)
      expect((await challenge(jwt, undefined, path)).header).toBe(`Bearer resource_metadata="${place}${described}"`);
    const { header } = await challenge(jwt, "Bearer x");
    const error = 'error="invalid_token", error_description="the token is no signed JSON Web Token"';
    expect(header).toBe(`Bearer resource_metadata="${place}/mcp", ${error}`);
  });

  test("is told that a token is needed, where everybody has the same", async () => {
    expect((await challenge(local)).header).toBe("Bearer");
    expect((await challenge(local, "Bearer x")).header).toBe(
      'Bearer error="invalid_token", error_description="the token is wrong"',
    );
  });

  test("is noted, with the token or any part of it nowhere", async () => {
    expect((await challenge(local)).refused).toEqual([
      { address: "192.0.2.1", error: "a bearer token is required", expected: true },
    ]);
    const { refused, header } = await challenge(local, "Bearer tell-nobody");
    expect(refused).toEqual([{ address: "192.0.2.1", error: "the token is wrong", expected: false }]);
    expect(`${header}${JSON.stringify(refused)}`).not.toContain("tell-nobody");
  });

  test("does not become somebody by a token in the address", async () => {
    await challenge(local, undefined, "/mcp?access_token=s3cret&token=s3cret");
  });
});

describe("the description of the server", () => {
  const describeAt = async (settings: object, path: string, headers: Record<string, string> = {}) => {
    const { auth } = authenticating(settings, keys);
    const url = `http://gate.example:9000/.well-known/oauth-protected-resource${path}`;
    const response = auth.describe(new Request(url, { headers }));
    return response.ok ? await response.json() : response.status;
  };

  test.each(["", "/mcp", "/sse", "/mcp/one", "/sse/one"])("is there for %j", async (path) => {
    expect(await describeAt(jwt, path)).toEqual({
      resource: `http://gate.example:9000${path}`,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ["header"],
      resource_name: "Argus MCP",
    });
  });

  test.each(["/", "/other", "/mcp/", "/mcp/a/b", "/messages"])("is not there for %j", async (path) => {
    expect(await describeAt(jwt, path)).toBe(404);
  });

  test("is not there where there is nobody to log in to", async () => {
    for (const settings of [{}, local]) expect(await describeAt(settings, "/mcp")).toBe(404);
  });

  test("says https where what is in front of the server does", async () => {
    for (const [proto, expected] of [
      ["https", "https://gate.example:9000/mcp"],
      ["https, http", "https://gate.example:9000/mcp"],
      ["javascript", "http://gate.example:9000/mcp"],
      ["httpsx", "http://gate.example:9000/mcp"],
    ] as const)
      expect(await describeAt(jwt, "/mcp", { "x-forwarded-proto": proto })).toHaveProperty("resource", expected);
  });
});

test("other rules count from the next request on, and everybody must show themselves anew", async () => {
  const world = authenticating(local, keys);
  expect(await world.ask("Bearer s3cret")).toHaveProperty("subject", "local");
  world.reload({ ...local });
  expect(world.changes).toBe(0);
  world.reload({ type: "local", token: "another" });
  expect(await world.ask("Bearer s3cret")).toHaveProperty("status", 401);
  world.reload(jwt);
  expect(await world.ask(`Bearer ${await signer.sign(claimsOf(ISSUER))}`)).toHaveProperty("subject", "ann");
  world.reload({});
  expect(await world.ask()).toBe(ANONYMOUS);
  expect(world.changes).toBe(3);
});

test("who is looked at while the rules change is looked at anew", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const world = authenticating(jwt, () => promise);
  const answer = world.ask(`Bearer ${await signer.sign(claimsOf(ISSUER))}`);
  world.reload(local);
  resolve(await keys());
  expect(await answer).toHaveProperty("status", 401);
});

test.each<[string, object, object, string | undefined]>([
  ["nobody but this machine", {}, {}, undefined],
  ["this machine by another address", {}, { host: "127.1.2.3" }, undefined],
  ["everybody", {}, { host: "0.0.0.0" }, "whoever reaches 0.0.0.0:9000 can use this gateway"],
  ["everybody with a token", { ...local, token: "0123456789abcdef" }, { host: "0.0.0.0" }, undefined],
  ["everybody who guesses well", { ...local, token: "0123456789abcde" }, { host: "0.0.0.0" }, "can be guessed"],
  ["nobody but this machine, whoever guesses", local, {}, undefined],
  ["tokens for anybody", { type: "oidc", issuer: ISSUER, audience: null }, {}, "issued for any other server"],
  ["tokens for anybody, by their keys", jwt, {}, "issued for any other server"],
  ["tokens for this server", { ...jwt, audience: "argus" }, {}, undefined],
])("a warning where it opens more than is safe: %s", (_, settings, server, warning) => {
  const { auth, told } = authenticating(settings, keys);
  auth.warn(config(settings, server));
  if (warning === undefined) expect(told).toEqual([]);
  else expect(told).toEqual([expect.stringContaining(warning)]);
});
