// The auth of a backend: what each type needs, and what means nothing with it.
import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";

const url = "https://mcp.example/mcp";
const client = { token_url: "https://login.example/token", client_id: "gateway", client_secret: "s" };
const code = { type: "oauth2", flow: "authorization_code" };

function parse(auth: unknown, more: object = {}) {
  const backends = { remote: { type: "streamable-http", url, auth, ...more } };
  return parseConfig(JSON.stringify({ version: "1", backends }), "config.yaml", {});
}

/** The problems of a configuration, without their places. */
function problems(auth: unknown, more: object = {}): string[] {
  try {
    parse(auth, more);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.lines.map((line) => line.replace(/^config.yaml:\d+:\d+: backends\.remote\.?/, ""));
  }
}

test.each<[string, unknown]>([
  ["none", undefined],
  ["null", null],
  ["static", { type: "static", headers: { "x-key": "k" } }],
  ["client credentials", { type: "oauth2", ...client }],
  ["the same with scopes, said outright", { type: "oauth2", flow: "client_credentials", scopes: ["a"], ...client }],
  ["authorization code", code],
  ["a port for it", { ...code, redirect_port: 8123 }],
  ["a public client", { ...code, client_id: "gateway" }],
  ["a client with a secret", { ...code, ...client }],
])("right: %s", (_, auth) => expect(problems(auth)).toEqual([]));

test("the flow is client credentials where none is named", () => {
  expect(parse({ type: "oauth2", ...client }).backends.remote).toMatchObject({
    auth: { flow: "client_credentials", scopes: [], ...client },
  });
});

describe("wrong", () => {
  test.each<[string, unknown, string]>([
    ["an unknown type", { type: "basic" }, '"basic" is not one of static, oauth2'],
    ["no type", {}, "type is missing"],
    ["a misspelt key", { type: "oauth2", ...client, scope: [] }, 'did you mean "scopes"?'],
    ["static without headers", { type: "static" }, "static needs headers"],
    ["static with a client", { type: "static", headers: {}, client_id: "c" }, "client_id means nothing with static"],
    ["a client without a secret", { type: "oauth2", ...client, client_secret: "" }, "needs client_secret"],
    ["no token_url", { type: "oauth2", ...client, token_url: null }, "client_credentials needs token_url"],
    ["a token_url that is none", { type: "oauth2", ...client, token_url: "https://[" }, "is not a URL"],
    ["a port without a browser", { type: "oauth2", ...client, redirect_port: 1 }, "redirect_port means nothing"],
    ["a secret for any server", { ...code, client_id: "c", client_secret: "s" }, "it is sent nowhere else"],
    ["a secret for any client", { ...code, ...client, client_id: null }, "client_secret needs client_id"],
  ])("%s", (_, auth, message) => expect(problems(auth).join("\n")).toContain(message));

  test("a header that is set twice", () => {
    const twice = "headers.Authorization: auth sets Authorization already";
    const headers = { Authorization: "Bearer b" };
    expect(problems({ type: "oauth2", ...client }, { headers })).toEqual([twice]);
    expect(problems({ type: "static", headers: { authorization: "Bearer a" } }, { headers })).toEqual([twice]);
    expect(problems({ type: "static", headers: { "x-key": "k" } }, { headers })).toEqual([]);
  });
});
