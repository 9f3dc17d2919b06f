// Which JSON Web Tokens are taken: those that the issuer signed for this server and that are good now, and no others.
import { beforeAll, describe, expect, test } from "bun:test";
import { type Claims, claimsOf, epoch, Signer, signWith, unsigned } from "../../fixtures/oauth/signer.ts";
import { authenticating, refusalOf } from "./authenticating.ts";

const ISSUER = "https://login.example";
const SECRET = "a secret that is long enough to be one";
const keysAt = { type: "jwt", jwks_uri: `${ISSUER}/keys`, issuer: ISSUER, audience: "argus" };

const signers = {} as { rsa: Signer; ec: Signer; stranger: Signer };
beforeAll(async () => {
  const [rsa, ec, stranger] = await Promise.all([
    Signer.create("RS256", "rsa"),
    Signer.create("ES256", "ec"),
    Signer.create("ES256", "ec"),
  ]);
  Object.assign(signers, { rsa, ec, stranger });
});

const keys = () => ({ keys: [signers.rsa.jwk, signers.ec.jwk] });

/** What becomes of a token. */
async function check(token: string, settings: object = keysAt) {
  const { ask } = authenticating(settings, async () => Response.json(keys()));
  const answer = await ask(`Bearer ${token}`);
  return answer instanceof Response ? await refusalOf(Promise.resolve(answer)) : answer;
}

const sign = (claims: Claims = {}, header?: object) => signers.ec.sign(claimsOf(ISSUER, claims), header);

describe("is taken", () => {
  test.each(["rsa", "ec"] as const)("signed with a key (%s)", async (name) => {
    const token = await signers[name].sign(claimsOf(ISSUER, { roles: ["reader"] }));
    expect(await check(token)).toMatchObject({ subject: "ann", issuer: ISSUER, roles: ["reader"] });
  });

  test("signed with a secret", async () => {
    const settings = { type: "jwt", secret: SECRET, issuer: ISSUER, audience: "argus" };
    expect(await check(await signWith(SECRET, claimsOf(ISSUER)), settings)).toMatchObject({ subject: "ann" });
  });

  test("for several audiences, one of which is meant", async () => {
    expect(await check(await sign({ aud: ["other", "argus"] }))).toMatchObject({ subject: "ann" });
    const settings = { ...keysAt, audience: ["one", "argus"] };
    expect(await check(await sign(), settings)).toMatchObject({ subject: "ann" });
  });

  test("within a minute of what clocks may differ by, and says until when", async () => {
    const now = epoch();
    const claims = { exp: now - 50, nbf: now + 50, iat: now + 50 };
    expect(await check(await sign(claims))).toMatchObject({ expires: (now + 10) * 1_000 });
  });

  test("for anybody where that is what was configured", async () => {
    const settings = { ...keysAt, audience: null };
    expect(await check(await sign({ aud: undefined }), settings)).toMatchObject({ subject: "ann" });
  });

  test("with roles from the claim that was configured", async () => {
    const settings = { ...keysAt, roles_claim: "groups" };
    expect(await check(await sign({ groups: ["a"], roles: ["b"] }), settings)).toMatchObject({ roles: ["a"] });
  });
});

describe("is refused", () => {
  test.each<[string, Claims, string]>([
    ["for another server", { aud: "other" }, "not meant for this server"],
    ["for nobody", { aud: undefined }, "not meant for this server"],
    ["from another issuer", { iss: `${ISSUER}/` }, "from another issuer"],
    ["from nobody", { iss: undefined }, "from another issuer"],
    ["when it has expired", { exp: epoch() - 61 }, "has expired"],
    ["when it never expires", { exp: undefined }, "does not say when it expires"],
    ["when its expiry is no number", { exp: "9999999999" }, "does not say when it expires"],
    ["before its time", { nbf: epoch() + 3_600 }, "not valid yet"],
    ["when it was issued in the future", { iat: epoch() + 3_600 }, "issued in the future"],
    ["when that is no number", { iat: "now" }, "cannot be verified"],
    ["when it stands for nobody", { sub: undefined }, "does not say whom it stands for"],
    ["when it stands for what is no name", { sub: 1 }, "does not say whom it stands for"],
  ])("%s", async (_, claims, why) => {
    expect(await check(await sign(claims))).toEqual([401, expect.stringContaining(why)]);
  });

  test("unsigned, whatever it says of its key", async () => {
    const claims = claimsOf(ISSUER);
    for (const header of [{}, { kid: "ec" }, { alg: "None" }, { alg: "NONE" }]) {
      expect(await check(unsigned(claims, header))).toEqual([401, expect.stringContaining("not allowed (alg)")]);
    }
  });

  test("signed by HMAC with the public key, in every form of it", async () => {
    const claims = claimsOf(ISSUER);
    for (const { pem, jwk } of [signers.rsa, signers.ec]) {
      const forms = [pem, pem.trim(), JSON.stringify(jwk), jwk.n ?? String(jwk.x)];
      for (const form of forms) {
        const token = await signWith(form, claims, { kid: jwk.kid });
        expect(await check(token)).toEqual([401, expect.stringContaining("not allowed (alg)")]);
      }
    }
  });

  test("signed with another secret, or with a key where a secret is configured", async () => {
    const settings = { type: "jwt", secret: SECRET };
    const wrong = await signWith(`${SECRET}!`, claimsOf(ISSUER));
    expect(await check(wrong, settings)).toEqual([401, expect.stringContaining("signature")]);
    expect(await check(await sign(), settings)).toEqual([401, expect.stringContaining("not allowed (alg)")]);
  });

  test("signed in a way that was not configured", async () => {
    const settings = { ...keysAt, algorithms: ["RS256"] };
    expect(await check(await sign(), settings)).toEqual([401, expect.stringContaining("not allowed (alg)")]);
  });

  test("signed with somebody's own key, under the name of the issuer's, or brought along", async () => {
    const token = await signers.stranger.sign(claimsOf(ISSUER), { jwk: signers.stranger.jwk });
    expect(await check(token)).toEqual([401, expect.stringContaining("signature")]);
  });

  test("signed with a key that nobody knows", async () => {
    expect(await check(await sign({}, { kid: "other" }))).toEqual([401, expect.stringContaining("unknown key")]);
  });

  test("changed after it was signed", async () => {
    const [head, , signature] = (await sign()).split(".");
    const claims = Buffer.from(JSON.stringify(claimsOf(ISSUER, { sub: "root" }))).toString("base64url");
    expect(await check(`${head}.${claims}.${signature}`)).toEqual([401, expect.stringContaining("signature")]);
  });

  test("with a header that must be understood, and is not", async () => {
    const [, claims, signature] = (await sign()).split(".");
    const head = Buffer.from(JSON.stringify({ alg: "ES256", kid: "ec", crit: ["x"], x: 1 })).toString("base64url");
    expect((await check(`${head}.${claims}.${signature}`)) as unknown[]).toContain(401);
  });

  test.each(["a", "a.b", "a.b.c", "a.b.c.d.e", "...", "e30.e30.e30", `${"a".repeat(5_000)}.b.c`])(
    "when it is none: %s",
    async (token) => expect((await check(token)) as unknown[]).toContain(401),
  );
});

test("what is wrong with a token can stand in a header", async () => {
  const world = authenticating(keysAt, async () => Response.json(keys()));
  for (const token of ["a", await sign({ exp: undefined }), await sign({}, { kid: "other" }), "..."]) {
    const response = (await world.ask(`Bearer ${token}`)) as Response;
    expect(response.headers.get("www-authenticate")).toMatch(
      / error="invalid_token", error_description="[ !#-[\]-~]+"$/,
    );
  }
});
