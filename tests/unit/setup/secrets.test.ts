// Secrets are taken out of definitions, wherever they are, and what is none stays.
import { describe, expect, test } from "bun:test";
import type { Definition } from "../../../src/setup/found.ts";
import { type Place, SecretTaker } from "../../../src/setup/secrets.ts";

const take = (definition: Omit<Definition, "type">, place: Place = "store", known: Record<string, string> = {}) => {
  const taker = new SecretTaker(place, new Map(Object.entries(known)));
  const { type, ...rest } = taker.without("web", { type: "stdio", ...definition });
  return [rest, Object.fromEntries(taker.taken.map(({ name, value }) => [name, value]))];
};

describe("a secret", () => {
  test.each<[Omit<Definition, "type">, Omit<Definition, "type">, Record<string, string>]>([
    [
      { env: { API_KEY: "k-1", MODE: "fast" } },
      { env: { API_KEY: "secret:web-api-key", MODE: "fast" } },
      { "web-api-key": "k-1" },
    ],
    [{ env: { WEB_TOKEN: "t" } }, { env: { WEB_TOKEN: "secret:web-token" } }, { "web-token": "t" }],
    [
      { headers: { Authorization: "Bearer t-1", Accept: "x" } },
      { headers: { Authorization: "Bearer secret:web-authorization", Accept: "x" } },
      { "web-authorization": "t-1" },
    ],
    [
      { args: ["--api-key", "k", "--mode", "x"] },
      { args: ["--api-key", "secret:web-api-key", "--mode", "x"] },
      { "web-api-key": "k" },
    ],
    [
      { env: { WEBHOOK_TOKEN: "h" } },
      { env: { WEBHOOK_TOKEN: "secret:web-webhook-token" } },
      { "web-webhook-token": "h" },
    ],
    [{ args: ["--token=abc"] }, { args: [`--token=\${secret:web-token}`] }, { "web-token": "abc" }],
    [
      { args: ["mcp-remote", "https://a.example", "--header", "Authorization:Bearer t-2"] },
      { args: ["mcp-remote", "https://a.example", "--header", "Authorization:Bearer secret:web-authorization"] },
      { "web-authorization": "t-2" },
    ],
    [
      { url: "https://a.example/mcp?api_key=k-2&v=1" },
      { url: `https://a.example/mcp?api_key=\${secret:web-url}&v=1` },
      { "web-url": "k-2" },
    ],
    [
      { url: "https://me:pass-1@a.example/" },
      { url: `https://me:\${secret:web-url}@a.example/` },
      { "web-url": "pass-1" },
    ],
    [
      { args: ["--key-of", "sk-0123456789abcdefghij"], env: { PAT: "ghp_0123456789abcdefghij" } },
      { args: ["--key-of", "secret:web-key-of"], env: { PAT: "secret:web-pat" } },
      { "web-key-of": "sk-0123456789abcdefghij", "web-pat": "ghp_0123456789abcdefghij" },
    ],
    [
      { args: ["xoxb-0123456789"], env: { DATABASE: "postgres://me:pass-2@db.example/x" } },
      { args: ["secret:web-secret"], env: { DATABASE: `postgres://me:\${secret:web-database}@db.example/x` } },
      { "web-secret": "xoxb-0123456789", "web-database": "pass-2" },
    ],
  ])("%j", (definition, expected, values) => {
    expect(take(definition)).toEqual([expected, values]);
  });

  test("that is a reference already, means nothing, or is none stays", () => {
    const definition = {
      env: { API_KEY: `\${API_KEY}`, TOKEN: "true", SECRET: "", KEYBOARD: "de" },
      args: ["--token-limit", "5"],
    };
    expect(take(definition)).toEqual([definition, {}]);
  });

  test("becomes a variable where there is no store", () => {
    const [definition, values] = take({ env: { API_KEY: "k" }, headers: { Authorization: "Bearer t" } }, "environment");
    expect(definition).toEqual({
      env: { API_KEY: `\${API_KEY:-}` },
      headers: { Authorization: `Bearer \${WEB_AUTHORIZATION:-}` },
    });
    expect(values).toEqual({ API_KEY: "k", WEB_AUTHORIZATION: "t" });
  });

  test("takes no name that another value has, and the same one for the same value", () => {
    expect(take({ env: { API_KEY: "new" } }, "store", { "web-api-key": "old" })).toEqual([
      { env: { API_KEY: "secret:web-api-key-2" } },
      { "web-api-key-2": "new" },
    ]);
    expect(take({ env: { API_KEY: "old" } }, "store", { "web-api-key": "old" })[0]).toEqual({
      env: { API_KEY: "secret:web-api-key" },
    });
  });
});
