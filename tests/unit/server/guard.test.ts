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
    ...["localhost.", "localhost.:9000", "0.0.0.0:9000", "[::ffff:127.0.0.1]:9000", "[::]"],
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
    ...["localhost, evil.example", "evil.example, localhost", "localhost@evil.example", "evil@localhost"],
    ...["localhost/evil", "localhost?evil", "localhost#evil", "localhost\\evil", "localhost:9000:9000", "localhost:-1"],
    ...[
      "localhost..",
      ".",
      ":9000",
      "[::1",
      "::1",
      "[::1]x",
      "[localhost]",
      "[fe80::1%25eth0]",
      "127.0.0.1x",
      "2130706433",
    ],
    ...["0x7f.1", "127\u30020.0.1", "l\u043ecalhost"].map(encodeURIComponent),
  ])("%j is refused, and the message says what to set", (host) => {
    expect(fromHost(host)).toContain("server.allowed_hosts");
  });

  test("is fine where it is the address that the server is bound to, or allowed", () => {
    expect(fromHost("gateway.local:9000", { host: "gateway.local" })).toBeUndefined();
    expect(fromHost("Argus.Example:443", { allowedHosts: ["argus.example"] })).toBeUndefined();
    expect(fromHost("argus.example.", { allowedHosts: ["argus.example"] })).toBeUndefined();
    expect(fromHost("argus.example", { allowedHosts: ["ARGUS.example.:9000"] })).toBeUndefined();
    expect(fromHost("sub.argus.example", { allowedHosts: ["argus.example"] })).toBeDefined();
    expect(fromHost("[fd00::7]:9000", { host: "fd00::7" })).toBeUndefined();
  });

  test("is not what a proxy or a page says it is", () => {
    const forwarded = { "x-forwarded-host": "localhost", forwarded: "host=localhost" };
    expect(refusal({ host: "evil.example", ...forwarded })).toBeDefined();
    expect(refusal({ host: "localhost", "x-forwarded-host": "evil.example" })).toBeUndefined();
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
    ...["http://localhost, https://evil.example", "http://user@localhost", "http://localhost/x", "http://localhost?x"],
    ...[
      "http://localhost#x",
      "http://localhost.",
      "http://0.0.0.0",
      "http://[::ffff:127.0.0.1]",
      "file://",
      "file://localhost",
    ],
    ...[
      "ftp://localhost",
      "ws://localhost",
      "data:localhost",
      "chrome-extension://localhost",
      "http:localhost.evil.example",
    ],
  ])("%j is refused, and the message says what to set", (origin) => {
    expect(fromOrigin(origin)).toContain("server.allowed_origins");
  });

  test("is fine where it is allowed, with its scheme and port", () => {
    const allowed = ["https://App.example/", "http://dev.example:3000"];
    expect(fromOrigin("https://app.example", allowed)).toBeUndefined();
    expect(fromOrigin("http://dev.example:3000", allowed)).toBeUndefined();
    expect(fromOrigin("HTTPS://APP.example", allowed)).toBeUndefined();
    expect(fromOrigin("https://app.example", ["https://app.example:443"])).toBeUndefined();
    expect(fromOrigin("vscode-webview://1a2b", ["vscode-webview://1a2b"])).toBeUndefined();
    expect(fromOrigin("http://app.example", allowed)).toBeDefined();
    expect(fromOrigin("http://dev.example", allowed)).toBeDefined();
  });

  test('is fine whatever it is with "*", but the Host must still be right', () => {
    expect(fromOrigin("https://any.example", ["*"])).toBeUndefined();
    expect(fromOrigin("null", ["*"])).toBeUndefined();
    expect(refusal({ host: "evil.example", origin: "https://any.example" }, { allowedOrigins: ["*"] })).toBeDefined();
  });

  test("is fine where it is the server's own, under the name that the request goes to", () => {
    const own = (origin: string, host: string) => refusal({ host, origin }, { allowedHosts: ["argus.example"] });
    expect(own("http://argus.example:9000", "argus.example:9000")).toBeUndefined();
    expect(own("https://argus.example", "Argus.example")).toBeUndefined();
    expect(own("http://192.168.1.5:9000", "192.168.1.5:9000")).toBeUndefined();
    expect(own("http://192.168.1.5:3000", "192.168.1.5:9000")).toBeDefined();
    expect(own("http://evil.example", "evil.example")).toContain("allowed_hosts");
  });
});

describe("A page of another site that sends no Origin", () => {
  const blind = (site: string, mode: string, dest: string, allowedOrigins: string[] = []) =>
    refusal(
      { host: "localhost", "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest },
      { allowedOrigins },
    );

  test.each([
    ["cross-site", "no-cors", "image"],
    ["cross-site", "no-cors", "empty"],
    ["cross-site", "navigate", "iframe"],
    ["same-site", "no-cors", "script"],
  ])("%s, %s, %s is refused", (site, mode, dest) => {
    expect(blind(site, mode, dest)).toContain("server.allowed_origins");
    expect(blind(site, mode, dest, ["https://app.example"])).toBeDefined();
  });

  test.each([
    ["same-origin", "cors", "empty"],
    ["same-origin", "no-cors", "script"],
    ["none", "navigate", "document"],
    ["cross-site", "navigate", "document"],
  ])("%s, %s, %s passes", (site, mode, dest) => {
    expect(blind(site, mode, dest)).toBeUndefined();
  });

  test('passes with "*"', () => {
    expect(blind("cross-site", "no-cors", "image", ["*"])).toBeUndefined();
  });
});
