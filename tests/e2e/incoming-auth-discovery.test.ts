// A standard client that knows nothing but the address finds the issuer from the first refusal on, gets a token there, and is let in.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
  SSEClientTransport as SseV2,
} from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as SseV1 } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { tiny } from "../fixtures/backends.ts";
import type { Sdk } from "../fixtures/clients.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { send, startIssuer, trusting } from "../fixtures/oauth/guarded.ts";

setDefaultTimeout(30_000);

const backends = { one: { ...tiny("open"), group: "first" } };
const info = { name: "discovering", version: "1.0.0" };

/** What a client keeps of its authorization; the user agrees at once, in the browser that this also is. */
class Browser {
  readonly redirectUrl = "http://127.0.0.1:1/callback";
  /** The parameters that the issuer sent the browser back with. */
  callback = new URLSearchParams();
  #client: unknown;
  #tokens: unknown;
  #discovery: unknown;
  #verifier = "";

  readonly clientMetadata = {
    client_name: "discovering",
    redirect_uris: [this.redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };

  // The two SDKs have types of their own for the same.
  clientInformation() {
    return this.#client as { client_id: string; issuer: string } | undefined;
  }
  saveClientInformation(client: unknown) {
    this.#client = client;
  }
  tokens() {
    return this.#tokens as { access_token: string; token_type: string; issuer: string } | undefined;
  }
  saveTokens(tokens: unknown) {
    this.#tokens = tokens;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
  discoveryState() {
    return this.#discovery as { authorizationServerUrl: string } | undefined;
  }
  saveDiscoveryState(state: unknown) {
    this.#discovery = state;
  }
  async redirectToAuthorization(url: URL) {
    const { headers } = await fetch(url, { redirect: "manual" });
    this.callback = new URL(headers.get("location") ?? "").searchParams;
  }
}

/** Connects anew with the token that the first, refused attempt has led to, and lists the tools. */
async function discover(sdk: Sdk, url: URL): Promise<{ tools: string[]; token: string }> {
  const authProvider = new Browser();
  const sse = url.pathname.startsWith("/sse");
  const names = ({ tools }: { tools: { name: string }[] }) => tools.map(({ name }) => name);
  if (sdk === "v1") {
    const transport = () => new (sse ? SseV1 : HttpV1)(url, { authProvider });
    const first = transport();
    await expect(new ClientV1(info).connect(first)).rejects.toThrow("Unauthorized");
    await first.finishAuth(authProvider.callback.get("code") ?? "");
    const client = new ClientV1(info);
    await client.connect(transport());
    const tools = names(await client.listTools());
    await client.close();
    return { tools, token: authProvider.tokens()?.access_token ?? "" };
  }
  const transport = () => new (sse ? SseV2 : HttpV2)(url, { authProvider });
  const create = () => new ClientV2(info, { versionNegotiation: { mode: "legacy" } });
  const first = transport();
  await expect(create().connect(first)).rejects.toThrow("Unauthorized");
  await first.finishAuth(authProvider.callback);
  const client = create();
  await client.connect(transport());
  const tools = names(await client.listTools());
  await client.close();
  return { tools, token: authProvider.tokens()?.access_token ?? "" };
}

const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe.each(["v1", "v2"] as const)("SDK %s", (sdk) => {
  test.each(["/mcp", "/sse", "/mcp/first", "/sse/first"])("at %s", async (path) => {
    await using issuer = await startIssuer();
    await using gateway = await startGateway({ version: "1", backends });
    const url = new URL(path, gateway.url);
    gateway.edit({ version: "1", backends, ...trusting(issuer, { audience: url.href }) });
    await gateway.manage("/reload", { method: "POST" });
    const { tools, token } = await discover(sdk, url);
    expect(tools).toEqual(["open"]);
    expect(claimsIn(token)).toMatchObject({ aud: url.href, iss: issuer.url });
    expect(issuer.asked).toEqual(["authorization_code"]);
  });
});

test("the descriptions are public, and not there where there is nobody to log in to", async () => {
  await using issuer = await startIssuer();
  await using gateway = await startGateway({ version: "1", backends, ...trusting(issuer) });
  const described = async (path: string) => {
    const response = await send(gateway, { method: "GET", path: `/.well-known/oauth-protected-resource${path}` });
    return response.ok ? ((await response.json()) as { resource: string }).resource : response.status;
  };
  for (const path of ["", "/mcp", "/mcp/first", "/sse"]) expect(await described(path)).toBe(`${gateway.url}${path}`);
  expect(await described("/manage/v1")).toBe(404);
  gateway.edit({ version: "1", backends, incoming_auth: { type: "local", token: "t" } });
  await gateway.manage("/reload", { method: "POST" });
  expect(await described("/mcp")).toBe(404);
});
