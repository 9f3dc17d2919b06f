// Headers that protect answers, and what no answer tells.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { initialize, post } from "./http-session.ts";

setDefaultTimeout(30_000);

let gateway: Gateway;
/** One that asks for tokens. */
let guarded: Gateway;
beforeAll(async () => {
  const incoming_auth = { type: "jwt", secret: "a secret that is long enough for HS256" };
  [gateway, guarded] = await Promise.all([
    startGateway({ version: "1" }),
    startGateway({ version: "1", incoming_auth }),
  ]);
});
afterAll(() => Promise.all([gateway.stop(), guarded.stop()]));

const answers: [string, () => Promise<Response>][] = [
  ["a result", () => post(`${gateway.url}/mcp`, initialize("2025-11-25"))],
  ["an error", () => fetch(`${gateway.url}/mcp`, { method: "PUT" })],
  ["a refusal", () => fetch(`${gateway.url}/mcp`, { headers: { host: "evil.example" } })],
  ["an unknown path", () => fetch(`${gateway.url}/nowhere`)],
  ["a stream", () => fetch(`${gateway.url}/sse`)],
  ["a challenge", () => fetch(`${guarded.url}/mcp`)],
  ["what a challenge leads to", () => fetch(`${guarded.url}/.well-known/oauth-protected-resource/mcp`)],
  ["the page", () => fetch(`${gateway.url}/`)],
  ["health", () => gateway.manage("/health")],
  ["the management API", () => gateway.manage("/status")],
  ["its errors", () => gateway.manage("/nowhere")],
  ["its events", () => gateway.manage("/events/stream")],
  ["metrics", () => gateway.manage("/metrics")],
];

test.each(answers)("%s is not stored, and is what its type says", async (_, ask) => {
  const response = await ask();
  expect(response.headers.get("cache-control")).toContain("no-store");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  await response.body?.cancel();
});

test.each(answers)("%s tells nothing of the server", async (_, ask) => {
  const response = await ask();
  for (const name of ["server", "x-powered-by", "via", "strict-transport-security"])
    expect([name, response.headers.get(name)]).toEqual([name, null]);
  await response.body?.cancel();
});

describe.each(["/", "/manage/v1/docs"])("the page %s", (path) => {
  const open = () => fetch(gateway.url + path);

  test("cannot be framed, and tells no other site where it was", async () => {
    const { headers } = await open();
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("works under its policy: what it has is all that this allows", async () => {
    const response = await open();
    const policy = response.headers.get("content-security-policy") ?? "";
    const text = await response.text();
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    const styles = [...text.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = ""]) => style);
    for (const style of styles) {
      const hash = new Bun.CryptoHasher("sha256").update(style).digest("base64");
      expect(policy).toContain(`style-src 'sha256-${hash}'`);
    }
    for (const [, file] of text.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)) {
      expect(policy).toMatch(/script-src 'self'; style-src 'self'/);
      expect((await fetch(new URL(file ?? "", response.url))).status).toBe(200);
    }
    expect(text).not.toMatch(/<script(?! src)|\son\w+=|\sstyle=|javascript:/);
  });
});
