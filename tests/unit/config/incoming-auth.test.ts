// What clients must show: what each type needs, and what means nothing with it.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";

const parse = (auth: unknown) =>
  parseConfig(JSON.stringify({ version: "1", incoming_auth: auth }), "config.yaml", {}).incoming_auth;

/** The problems of a section, without their places. */
function problems(auth: unknown): string[] {
  try {
    parse(auth);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.lines.map((line) => line.replace(/^config.yaml:\d+:\d+: incoming_auth\.?/, ""));
  }
}

const issuer = "https://login.example/realms/one";
const keys = { type: "jwt", jwks_uri: "https://login.example/keys" };
const secret = { type: "jwt", secret: "s".repeat(32) };
const oidc = { type: "oidc", issuer, audience: "argus" };

test.each<[string, unknown]>([
  ["none", undefined],
  ["null", null],
  ["anonymous", { type: "anonymous" }],
  ["a shared token", { type: "local", token: "t" }],
  ["one of all characters", { type: "local", token: "aZ0-._~+/==" }],
  ["keys", { ...keys, issuer, audience: "argus", algorithms: ["PS256", "EdDSA"], roles_claim: "groups" }],
  ["keys alone", keys],
  ["a secret", { ...secret, issuer: "me", audience: ["a", "b"] }],
  ["a secret long enough for more", { type: "jwt", secret: "s".repeat(64), algorithms: ["HS512"] }],
  ["an issuer that describes itself", oidc],
  ["one whose tokens are for anybody", { ...oidc, audience: null }],
])("right: %s", (_, auth) => expect(problems(auth)).toEqual([]));

test("nothing must be shown where nothing is said, and one audience may stand alone", () => {
  expect(parse(undefined)).toEqual({ type: "anonymous" });
  expect(parse(oidc)).toEqual({ ...oidc, type: "oidc", audience: ["argus"] });
});

describe("wrong", () => {
  test.each<[string, unknown, string]>([
    ["an unknown type", { type: "jtw" }, 'did you mean "jwt"?'],
    ["a misspelt key", { ...oidc, audiense: "argus" }, 'did you mean "audience"?'],
    ["a token without its type", { token: "t" }, "token means nothing with type anonymous; it goes with local"],
    ["an issuer without its type", { issuer }, "issuer means nothing with type anonymous; it goes with jwt or oidc"],
    ["local without a token", { type: "local" }, "token: local needs token"],
    ["local with an empty one", { type: "local", token: "" }, "token: local needs token"],
    ["local with one that no header can show", { type: "local", token: "pass:word" }, "token: has characters"],
    ["local with an issuer", { type: "local", token: "t", issuer }, "issuer means nothing with type local"],
    ["jwt with nothing to check by", { type: "jwt", issuer }, "jwt needs jwks_uri (public keys), or secret (HMAC)"],
    ["jwt with both", { ...keys, ...secret }, "not both"],
    ["keys at no URL", { type: "jwt", jwks_uri: "login.example" }, "jwks_uri: expected string to match"],
    ["keys at half a URL", { type: "jwt", jwks_uri: "https://[" }, '"https://[" is not a URL'],
    ["no signature", { ...keys, algorithms: ["none"] }, '"none" is not one of RS256'],
    ["no algorithm", { ...keys, algorithms: [] }, "algorithms: expected array length"],
    ["HMAC with a public key", { ...keys, algorithms: ["RS256", "HS256"] }, "HS256 needs a secret"],
    ["HMAC with an issuer's", { ...oidc, algorithms: ["HS256"] }, "HS256 needs a secret"],
    ["a key's algorithm with a secret", { ...secret, algorithms: ["RS256"] }, "RS256 needs public keys"],
    ["a secret that can be guessed", { type: "jwt", secret: "changeme" }, "must have at least 32 bytes"],
    ["one too short for its algorithm", { ...secret, algorithms: ["HS512"] }, "must have at least 64 bytes"],
    ["oidc without an issuer", { type: "oidc", audience: "argus" }, "oidc needs issuer"],
    ["oidc with a word", { ...oidc, issuer: "me" }, '"me" is not the URL of an issuer'],
    ["oidc with a query", { ...oidc, issuer: `${issuer}?a=b` }, "is not the URL of an issuer"],
    ["oidc for anybody, not said outright", { type: "oidc", issuer }, "null takes tokens for anybody"],
    ["an audience that is none", { ...oidc, audience: "" }, "audience.0: expected string length"],
    ["audiences that are none", { ...oidc, audience: [] }, "audience: expected array length"],
    ["oidc with its keys", { ...oidc, jwks_uri: keys.jwks_uri }, "jwks_uri means nothing with type oidc"],
  ])("%s", (_, auth, message) => expect(problems(auth).join("\n")).toContain(message));

  test("all at once, each at its place", () => {
    const text = 'version: "1"\nincoming_auth:\n  type: oidc\n  token: t\n  algorithms: [HS256]\n';
    expect(() => parseConfig(text, "c.yaml", {})).toThrow(
      /c\.yaml:2:1: incoming_auth\.issuer: .*\nc\.yaml:2:1: incoming_auth\.audience: .*\nc\.yaml:4:3: .*token .*\nc\.yaml:5:3: .*HS256/,
    );
  });

  test("what is secret is not repeated", () => {
    expect(problems({ type: "jwt", secret: "changeme" }).join()).not.toContain("changeme");
    expect(problems({ token: "changeme" }).join()).not.toContain("changeme");
    expect(problems({ type: "local", token: "changeme!" }).join()).not.toContain("changeme");
  });
});
