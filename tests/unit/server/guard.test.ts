// Which Host and Origin may speak to the gateway.
import { describe, expect, test } from "bun:test";
import { type GuardRules, guardOf } from "../../../src/server/guard.ts";

/** Why such a request is refused, if it is. */
function refusal(headers: Record<string, string>, rules: Partial<GuardRules> = {}): string | undefined {
  const guard = guardOf({ host: "127.0.0.1", allowedHosts: [], allowedOrigins: [], ...rules });
  return guard(new Request("http://any/", { headers }));
}

describe("Host", () => {
  const fromHost = (host: string, rules?: Partial<GuardRules>) => refusal({ host }, rules);

  test.each([
    "localhost",
    "localhost:9000",
    "LOCALHOST",
    "127.0.0.1:9000",
    "[::1]:9000",
    "192.168.1.5:80",
    "[fe80::1]",
  ])("%s is fine", (host) => {
    expect(fromHost(host)).toBeUndefined();
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:9000",
    "xlocalhost",
    "localhost:x",
    "1.2.3",
    "",
  ])("%j is refused, and the message says what to set", (host) => {
    expect(fromHost(host)).toContain("server.allowed_hosts");
  });

  test("is fine where it is the address that the server is bound to, or allowed", () => {
    expect(fromHost("gateway.local:9000", { host: "gateway.local" })).toBeUndefined();
    expect(fromHost("Argus.Example:443", { allowedHosts: ["argus.example"] })).toBeUndefined();
    expect(fromHost("sub.argus.example", { allowedHosts: ["argus.example"] })).toBeDefined();
  });
});

describe("Origin", () => {
  const fromOrigin = (origin: string, allowedOrigins: string[] = []) =>
    refusal({ host: "localhost", origin }, { allowedOrigins });

  test("may be missing, as it is from most clients", () => {
    expect(refusal({ host: "localhost" })).toBeUndefined();
  });

  test.each(["http://localhost", "http://localhost:5173", "https://127.0.0.1:8443", "http://[::1]:3000"])(
    "%s is fine",
    (origin) => {
      expect(fromOrigin(origin)).toBeUndefined();
    },
  );

  test.each([
    ...[
      "https://evil.example",
      "http://localhost.evil.example",
      "http://evil.example/localhost",
      "null",
      "localhost",
      "",
    ],
    ...["http://192.168.1.5", "http://user@evil.example#localhost"],
  ])("%j is refused, and the message says what to set", (origin) => {
    expect(fromOrigin(origin)).toContain("server.allowed_origins");
  });

  test("is fine where it is allowed, with its scheme and port", () => {
    const allowed = ["https://App.example/", "http://dev.example:3000"];
    expect(fromOrigin("https://app.example", allowed)).toBeUndefined();
    expect(fromOrigin("http://dev.example:3000", allowed)).toBeUndefined();
    expect(fromOrigin("http://app.example", allowed)).toBeDefined();
    expect(fromOrigin("http://dev.example", allowed)).toBeDefined();
  });

  test('is fine whatever it is with "*", but the Host must still be right', () => {
    expect(fromOrigin("https://any.example", ["*"])).toBeUndefined();
    expect(fromOrigin("null", ["*"])).toBeUndefined();
    expect(refusal({ host: "evil.example", origin: "https://any.example" }, { allowedOrigins: ["*"] })).toBeDefined();
  });
});
