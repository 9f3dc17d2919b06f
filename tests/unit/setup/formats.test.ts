// Files of other gateways: what of them has a counterpart, beyond what docs/migration.md shows.
import { describe, expect, test } from "bun:test";
import { fromMcpProxy, isMcpProxy } from "../../../src/setup/mcp-proxy.ts";
import { fromMcphub, isMcphub } from "../../../src/setup/mcphub.ts";
import { fromMetamcp, isMetamcp } from "../../../src/setup/metamcp.ts";

describe("each gateway is told from the others, and from clients", () => {
  const documents = {
    mcphub: { mcpServers: { a: { command: "x" } }, systemConfig: {} },
    metamcp: { mcpServers: { a: { type: "STDIO", command: "x" } } },
    proxy: { mcpProxy: { addr: ":1" }, mcpServers: { a: { command: "x" } } },
    "first proxy": { server: { addr: ":1" }, clients: { a: { type: "stdio", config: { command: "x" } } } },
    client: { mcpServers: { a: { type: "stdio", command: "x" } } },
    empty: { mcpServers: {} },
  };

  test.each(Object.entries(documents))("%s", (name, document) => {
    expect([isMcphub(document), isMetamcp(document), isMcpProxy(document)]).toEqual([
      name === "mcphub",
      name === "metamcp",
      name.endsWith("proxy"),
    ]);
  });
});

describe("mcphub", () => {
  const server = (entry: object, more: object = {}) =>
    fromMcphub({ mcpServers: { a: entry }, ...more }, "file").found[0];

  test("in several groups is in the first, and it is noted", () => {
    const groups = ["x", "y"].map((name) => ({ name, servers: ["a"] }));
    const found = server({ command: "c" }, { groups });
    expect([found?.definition?.group, found?.notes]).toEqual(["x", ["it was in the groups x, y: a backend is in one"]]);
  });

  test("has variables in both ways of writing", () => {
    expect(server({ command: "c", args: ["$A", `\${B}`, "$5"] })?.definition?.args).toEqual([`\${A}`, `\${B}`, "$5"]);
  });

  test("knows tools with and without the server's name, by its own separator", () => {
    const tools = { "a::one": { enabled: false }, "two*": { enabled: false } };
    const found = server({ command: "c", tools }, { systemConfig: { nameSeparator: "::" } });
    expect(found?.definition?.filters).toEqual({ tools: { deny: ["one", "two[*]"] } });
  });

  test("with OAuth asks somebody again, unless a header authorizes", () => {
    const oauth = { clientId: "id", clientSecret: "s", accessToken: "t", scopes: ["read"] };
    const url = "https://a.example/mcp";
    expect(server({ url, oauth })?.definition?.auth).toEqual({
      ...{ type: "oauth2", flow: "authorization_code", client_id: "id", scopes: ["read"] },
    });
    expect(
      server({ url, oauth: { ...oauth, tokenEndpoint: "https://a.example/token" } })?.definition?.auth,
    ).toMatchObject({
      ...{ client_secret: "s", token_url: "https://a.example/token" },
    });
    expect(server({ url, oauth, headers: { authorization: "Bearer x" } })?.definition?.auth).toBeUndefined();
  });
});

test("a description of metamcp becomes a comment", () => {
  const { found } = fromMetamcp(
    { mcpServers: { a: { type: "STDIO", command: "c", description: "What it is" } } },
    "file",
  );
  expect(found[0]?.notes).toEqual(["What it is"]);
});

describe("mcp-proxy", () => {
  test("of the first version has the same servers", () => {
    const { found, address, notes } = fromMcpProxy(
      {
        server: { addr: "0.0.0.0:9090", globalAuthTokens: ["t"] },
        clients: {
          local: { type: "stdio", config: { command: "npx", args: ["-y", "x"], env: { A: "1" } } },
          events: { type: "sse", config: { url: "https://a.example/x" } },
          http: { type: "streamable-http", config: { url: "https://a.example/sse", timeout: 5e9 } },
        },
      },
      "file",
    );
    expect(found.map(({ definition }) => definition)).toEqual([
      { type: "stdio", command: "npx", args: ["-y", "x"], env: { A: "1" } },
      { type: "sse", url: "https://a.example/x" },
      { type: "streamable-http", url: "https://a.example/sse", timeouts: { call: 5 } },
    ]);
    expect(address).toEqual({ host: "0.0.0.0", port: 9090 });
    expect(notes.join()).toContain("authTokens");
  });
});
