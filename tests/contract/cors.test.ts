// Web pages as clients: what preflights permit, what pages may read, and that nothing of it is for other origins.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { offering } from "../fixtures/raw-backend.ts";
import { initialize, post } from "./http-session.ts";

setDefaultTimeout(30_000);

const origin = "https://app.example";
const config = (server: object) => ({
  version: "1",
  server: { allowed_origins: [origin], ...server },
  backends: { alpha: offering("alpha", { tools: ["tool"] }) },
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(config({}));
});
afterAll(() => gateway.stop());

const preflight = (path: string, headers: Record<string, string> = {}, url = gateway.url) =>
  fetch(url + path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", ...headers } });

const paths = [
  ...["/mcp", "/mcp/default", "/sse", "/sse/default", "/messages"],
  ...["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"],
  ...["/manage/v1/status", "/manage/v1/reload", "/nowhere"],
];

describe("a preflight", () => {
  test.each(paths)("to %s permits what clients do", async (path) => {
    const response = await preflight(path);
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-max-age": "7200",
      vary: expect.stringContaining("Origin"),
    });
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
    expect(response.headers.has("access-control-allow-private-network")).toBe(false);
    expect(response.headers.has("access-control-allow-headers")).toBe(false);
  });

  test("permits the headers that clients send, and no others", async () => {
    const admitted = [
      ...["content-type", "accept", "authorization", "mcp-session-id", "mcp-protocol-version", "last-event-id"],
      ...["mcp-method", "mcp-name", "mcp-param-region", "mcp-param-a-b"],
    ];
    const asked = ["Content-Type", ...admitted.slice(1), "x-forwarded-prefix", "cookie", "mcp-param-", "mcp-param-a b"];
    const response = await preflight("/mcp", { "access-control-request-headers": asked.join(",") });
    expect(response.headers.get("access-control-allow-headers")).toBe(admitted.join(", "));
  });

  test("permits a public page to reach a private network, if it asks", async () => {
    const response = await preflight("/mcp", { "access-control-request-private-network": "true" });
    expect(response.headers.get("access-control-allow-private-network")).toBe("true");
  });

  test.each(["https://other.example", "null", "http://app.example"])("from %s permits nothing", async (other) => {
    for (const path of paths) {
      const headers = { origin: other, "access-control-request-private-network": "true" };
      const response = await preflight(path, headers);
      expect(response.ok).toBe(false);
      expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("is OPTIONS with the header that says so; without it the method is not supported", async () => {
    for (const path of ["/mcp", "/sse", "/messages", "/manage/v1/status"]) {
      const response = await fetch(gateway.url + path, { method: "OPTIONS", headers: { origin } });
      expect([path, response.status]).toEqual([path, 405]);
      expect(response.headers.get("allow")).toMatch(/GET|POST/);
    }
  });
});

describe("a page", () => {
  const readable = (response: Response) => {
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-expose-headers")).toMatch(
      /mcp-session-id.*www-authenticate.*retry-after/,
    );
    expect(response.headers.get("vary")).toBe("Origin");
    return response.status;
  };

  test("reads answers and its session's id", async () => {
    const response = await post(`${gateway.url}/mcp`, initialize("2025-11-25"), { headers: { origin } });
    expect(readable(response)).toBe(200);
    expect(response.headers.get("mcp-session-id")).toBeString();
  });

  test("reads streams", async () => {
    for (const path of ["/sse", "/manage/v1/events/stream"]) {
      const leave = new AbortController();
      expect(readable(await fetch(gateway.url + path, { headers: { origin }, signal: leave.signal }))).toBe(200);
      leave.abort();
    }
  });

  test("reads errors", async () => {
    const large = "x".repeat(5 * 1024 * 1024);
    const send = (path: string, init: RequestInit = {}) =>
      fetch(gateway.url + path, { ...init, headers: { origin, "content-type": "application/json" } });
    expect(readable(await send("/mcp/nobody", { method: "POST", body: "{}" }))).toBe(404);
    expect(readable(await send("/mcp", { method: "POST", body: "{" }))).toBe(400);
    expect(readable(await send("/mcp", { method: "POST", body: large }))).toBe(413);
    expect(readable(await send("/mcp", { method: "PUT" }))).toBe(405);
    expect(readable(await send("/nowhere"))).toBe(404);
    expect(readable(await send("/manage/v1/backends/nobody"))).toBe(404);
  });

  test("of another origin reads nothing, and neither does nobody in particular", async () => {
    for (const headers of [new Headers({ origin: "https://other.example" }), new Headers()]) {
      for (const path of ["/mcp", "/nowhere", "/manage/v1/status", "/manage/v1/health"]) {
        const response = await fetch(gateway.url + path, { headers });
        expect([path, response.headers.get("access-control-allow-origin")]).toEqual([path, null]);
      }
    }
  });
});

describe("the management API", () => {
  const status = (url: string, headers: Record<string, string>) => fetch(`${url}/manage/v1/status`, { headers });

  test("without a token is for pages of the origins that are named", async () => {
    expect((await status(gateway.url, { origin })).status).toBe(200);
    expect((await status(gateway.url, { origin: "http://localhost:5173" })).status).toBe(200);
    expect((await status(gateway.url, { origin: "https://other.example" })).status).toBe(403);
  });

  test('without a token is for no page that "*" lets in', async () => {
    await using open = await startGateway(config({ allowed_origins: ["*"] }));
    const stranger = { origin: "https://other.example" };
    expect((await post(`${open.url}/mcp`, initialize("2025-11-25"), { headers: stranger })).status).toBe(200);
    expect((await status(open.url, stranger)).status).toBe(403);
    const simple = { ...stranger, "content-type": "text/plain" };
    expect((await open.manage("/shutdown", { method: "POST", headers: simple })).status).toBe(403);
    expect((await open.manage("/status", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    const asked = await preflight("/manage/v1/reload", stranger, open.url);
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect((await status(open.url, {})).status).toBe(200);
  });

  test("with a token is for pages that show it, and others can read that they do not", async () => {
    await using open = await startGateway(config({ allowed_origins: ["*"], management: { token: "right" } }));
    const stranger = { origin: "https://other.example" };
    const asked = { ...stranger, "access-control-request-headers": "authorization" };
    const permission = await preflight("/manage/v1/status", asked, open.url);
    expect(permission.headers.get("access-control-allow-headers")).toBe("authorization");
    const refused = await status(open.url, stranger);
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, stranger.origin]);
    expect((await status(open.url, { ...stranger, authorization: "Bearer right" })).status).toBe(200);
  });
});
