// The keys of an issuer: rotated without a pause, kept when they cannot be had, and never fetched as often as somebody likes.
import { beforeAll, describe, expect, test } from "bun:test";
import { createGuardedFetch } from "../../../src/backend/guarded-fetch.ts";
import { claimsOf, Signer } from "../../fixtures/oauth/signer.ts";
import { until } from "../../fixtures/until.ts";
import { authenticating, refusalOf } from "./authenticating.ts";

const ISSUER = "https://login.example/realms/one";
const oidc = { type: "oidc", issuer: ISSUER, audience: "argus" };
const jwt = { type: "jwt", jwks_uri: "https://login.example/keys", audience: "argus" };

const signers: Signer[] = [];
beforeAll(async () => {
  signers.push(...(await Promise.all(["one", "two"].map((kid) => Signer.create("ES256", kid)))));
});

const keysOf = (...which: number[]) => ({ keys: which.map((index) => signers[index]?.jwk) });

/** A network with one document, which counts who asks, and can be made to wait. */
function network(document: () => unknown) {
  const world = {
    asked: 0,
    waiting: undefined as Promise<void> | undefined,
    fetch: async (_: string): Promise<Response> => {
      world.asked++;
      await world.waiting;
      const found = document();
      return found instanceof Response ? new Response(await found.clone().text(), found) : Response.json(found);
    },
  };
  return world;
}

const bearer = async (signer: number, claims = {}, header = {}) =>
  `Bearer ${await signers[signer]?.sign(claimsOf(ISSUER, claims), header)}`;

const UNKNOWN: [number, string] = [401, expect.stringContaining("unknown key")];
const NOT_NOW: [number, string] = [503, expect.stringContaining("try again")];

describe("rotation", () => {
  test("a key that is new is found, and the one that is gone is no longer taken, whoever was let in with it", async () => {
    let keys = keysOf(0);
    const net = network(() => keys);
    const { ask, pass } = authenticating(jwt, net.fetch);
    const [old, fresh] = [await bearer(0), await bearer(1)];
    expect(await refusalOf(ask(old))).toBeUndefined();
    keys = keysOf(1);
    pass(30_000);
    expect(await refusalOf(ask(fresh))).toBeUndefined();
    expect(await refusalOf(ask(old))).toEqual(UNKNOWN);
    expect(net.asked).toBe(2);
  });

  test("without an unknown key the keys are looked at all the same, in time", async () => {
    let keys = keysOf(0, 1);
    const net = network(() => keys);
    const { ask, pass } = authenticating(jwt, net.fetch);
    const old = await bearer(0);
    expect(await refusalOf(ask(old))).toBeUndefined();
    keys = keysOf(1);
    pass(11 * 60_000);
    expect(await refusalOf(ask(old))).toBeUndefined();
    expect(await until("the key is gone", () => refusalOf(ask(old)))).toEqual(UNKNOWN);
  });
});

describe("unknown keys", () => {
  test("cause one fetch in half a minute, however many there are", async () => {
    const net = network(() => keysOf(0));
    const { ask, pass } = authenticating(jwt, net.fetch);
    await ask(await bearer(0));
    const strangers = await Promise.all([1, 2, 3].map((n) => bearer(0, {}, { kid: `stranger-${n}` })));
    for (const stranger of strangers) expect(await refusalOf(ask(stranger))).toEqual(UNKNOWN);
    expect(net.asked).toBe(1);
    pass(30_000);
    const answers = await Promise.all(strangers.map((stranger) => refusalOf(ask(stranger))));
    expect(answers).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
    expect(net.asked).toBe(2);
  });

  test("stop nobody whose key is known", async () => {
    const net = network(() => keysOf(0));
    const { ask, pass } = authenticating(jwt, net.fetch);
    await ask(await bearer(0));
    pass(30_000);
    const { promise, resolve } = Promise.withResolvers<void>();
    net.waiting = promise;
    const order: string[] = [];
    const stranger = ask(await bearer(1)).then(() => order.push("unknown"));
    await ask(await bearer(0, { sub: "bob" })).then(() => order.push("known"));
    resolve();
    await stranger;
    expect(order).toEqual(["known", "unknown"]);
  });
});

describe("keys that cannot be had", () => {
  test("leave those of before in use, and are told once", async () => {
    let dead = false;
    const net = network(() => (dead ? new Response("", { status: 502 }) : keysOf(0)));
    const { ask, pass, told } = authenticating(jwt, net.fetch);
    await ask(await bearer(0));
    dead = true;
    for (const _ of [1, 2, 3]) {
      pass(11 * 60_000);
      expect(await refusalOf(ask(await bearer(0, { exp: Date.now() })))).toBeUndefined();
    }
    await until("the keys were asked for", () => net.asked === 4);
    await until("the problem is told", () => told.length > 0);
    expect(told).toEqual([expect.stringMatching(/answered HTTP 502; the keys of before go on being used/)]);
    dead = false;
    pass(30_000);
    await ask(await bearer(0, { sub: "bob" }));
    expect(await until("its end is told", () => told[1])).toContain("can be fetched again");
  });

  test("when there are none yet, refuse everybody for now, without asking each time", async () => {
    let dead = true;
    const net = network(() => (dead ? new Response("", { status: 502 }) : keysOf(0)));
    const { ask, pass, told, refused } = authenticating(jwt, net.fetch);
    const token = await bearer(0);
    expect(await refusalOf(ask(token))).toEqual(NOT_NOW);
    const response = (await ask(token)) as Response;
    expect(response.headers.get("retry-after")).toBe("5");
    expect(net.asked).toBe(1);
    expect(refused).toEqual([]);
    expect(told).toEqual([expect.stringContaining("until then all clients get 503")]);
    dead = false;
    pass(5_000);
    expect(await refusalOf(ask(token))).toBeUndefined();
  });

  test("do not keep those waiting who show no token", async () => {
    const net = network(() => keysOf(0));
    const { promise, resolve } = Promise.withResolvers<void>();
    net.waiting = promise;
    const { ask } = authenticating(jwt, net.fetch);
    const order: string[] = [];
    const waiting = ask(await bearer(0)).then(() => order.push("with a token"));
    await ask().then(() => order.push("without"));
    resolve();
    await waiting;
    expect(order).toEqual(["without", "with a token"]);
  });

  test.each<[string, unknown]>([
    ["no JSON", new Response("<html>")],
    ["no object", []],
    ["nothing", {}],
    ["no list", { keys: {} }],
    ["an empty list", keysOf()],
    ["no keys", { keys: [null, 1, "key", [], { kty: "oct", k: "c2VjcmV0" }] }],
    ["nothing there", new Response("", { status: 404 })],
  ])("since the document holds %s", async (_, document) => {
    const { ask } = authenticating(jwt, network(() => document).fetch);
    expect(await refusalOf(ask(await bearer(0)))).toEqual(NOT_NOW);
  });
});

test("garbage beside a good key does no harm, and is no key", async () => {
  const half = { ...signers[1]?.jwk, x: "!" };
  const keys = [null, { kty: "EC" }, half, { ...signers[0]?.jwk, kid: 7 }, signers[0]?.jwk];
  const { ask } = authenticating(jwt, network(() => ({ keys })).fetch);
  expect(await refusalOf(ask(await bearer(0)))).toBeUndefined();
  expect(await refusalOf(ask(await bearer(1)))).toEqual([401, "the token cannot be verified"]);
});

describe("an issuer describes itself", () => {
  const described = { issuer: ISSUER, jwks_uri: "https://login.example/keys" };
  const place = "https://login.example";

  /** Asks with a token of the issuer, where these documents are. */
  async function discover(documents: Record<string, unknown>) {
    const asked: string[] = [];
    const world = authenticating(oidc, async (url) => {
      asked.push(url);
      const found = { [described.jwks_uri]: keysOf(0), ...documents }[url];
      return found === undefined ? new Response("", { status: 404 }) : Response.json(found);
    });
    return { answer: await refusalOf(world.ask(await bearer(0))), asked, told: world.told };
  }

  test.each([
    `${ISSUER}/.well-known/openid-configuration`,
    `${place}/.well-known/oauth-authorization-server/realms/one`,
    `${place}/.well-known/openid-configuration/realms/one`,
  ])("at %s", async (address) => {
    const { answer, asked } = await discover({ [address]: described });
    expect(answer).toBeUndefined();
    expect(asked.slice(-2)).toEqual([address, described.jwks_uri]);
  });

  test.each<[string, unknown, string]>([
    ["as another", { ...described, issuer: place }, 'is of the issuer "https://login.example"'],
    ["with a slash more", { ...described, issuer: `${ISSUER}/` }, "incoming_auth.issuer must be just that"],
    ["as nobody", { jwks_uri: described.jwks_uri }, "is of the issuer undefined"],
    ["without keys", { issuer: ISSUER }, "does not say where the keys are"],
    ["with keys nowhere", { ...described, jwks_uri: "keys" }, "does not say where the keys are"],
  ])("%s, and is not believed", async (_, document, why) => {
    const { answer, told } = await discover({ [`${ISSUER}/.well-known/openid-configuration`]: document });
    expect(answer).toEqual(NOT_NOW);
    expect(told.join()).toContain(why);
  });

  test.each([
    ...[
      "http://169.254.169.254/latest",
      "https://127.0.0.1/",
      "https://localhost/",
      "https://10.0.0.1/",
      "https://[::1]/",
    ],
    ...["http://login.example/keys", "file:///etc/passwd"],
  ])("with keys at %s, where it may not send anybody", async (jwks_uri) => {
    const document = { issuer: ISSUER, jwks_uri };
    const { ask, told } = authenticating(oidc, async (url, named) =>
      url.startsWith(ISSUER) ? Response.json(document) : await createGuardedFetch(named)(url),
    );
    expect(await refusalOf(ask(await bearer(0)))).toEqual(NOT_NOW);
    expect(told.join()).toContain("may not ask");
  });

  const huge = "x".repeat(900_000);
  test.each([
    ["as somebody", { ...described, issuer: huge }],
    ["with keys somewhere", { ...described, jwks_uri: `https://login.example/${huge}` }],
  ])("%s at a length that fills no log", async (_, document) => {
    const { told } = await discover({ [`${ISSUER}/.well-known/openid-configuration`]: document });
    expect(told).toEqual([expect.stringContaining("cannot fetch the keys")]);
    expect(told.join().length).toBeLessThan(1_000);
  });

  test("or does not", async () => {
    const { answer, told } = await discover({});
    expect(answer).toEqual(NOT_NOW);
    expect(told.join()).toContain("does not describe itself");
  });
});
