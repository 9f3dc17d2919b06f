// Addresses that others told us lead nowhere but to public places, over https, unless the configuration named them.
import { describe, expect, test } from "bun:test";
import type { LookupFunction } from "node:net";
import { isLoopback, isPrivate, namesPrivate } from "../../../src/backend/address.ts";
import { createGuardedFetch } from "../../../src/backend/guarded-fetch.ts";

const guard = (...named: string[]) => createGuardedFetch(named.map((url) => new URL(url)));

test.each([
  ...["10.1.2.3", "172.31.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"],
  ...[
    "255.255.255.255",
    "::",
    "::1",
    "fd00::1",
    "fe80::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
  ],
])("%s is private", (address) => expect(isPrivate(address)).toBe(true));

test.each(["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])("%s is public", (address) =>
  expect(isPrivate(address)).toBe(false),
);

test.each([
  ["http://localhost:1/", true],
  ["http://a.localhost/", true],
  ["http://0x7f.1/", true],
  ["http://[::1]/", true],
  ["http://localhost.example/", false],
  ["http://10.0.0.1/", false],
])("%s is loopback: %p", (url, expected) => expect(isLoopback(new URL(url))).toBe(expected));

test("a URL names a private place by its address only", () => {
  expect(namesPrivate(new URL("https://192.168.0.1/"))).toBe(true);
  expect(namesPrivate(new URL("https://router.example/"))).toBe(false);
});

describe("with a public server in the configuration", () => {
  const { check } = guard("https://mcp.example/mcp");

  test.each(["https://login.example/", "https://1.1.1.1/", "https://mcp.example/x"])("%s may be asked", (url) =>
    check(new URL(url)),
  );

  test.each([
    ...["http://login.example/", "http://mcp.example/", "https://10.0.0.1/", "https://169.254.169.254/latest"],
    ...[
      "http://127.0.0.1:80/",
      "https://localhost/",
      "https://[::1]/",
      "https://[::ffff:10.0.0.1]/",
      "ftp://a.example/",
    ],
  ])("%s may not", (url) => expect(() => check(new URL(url))).toThrow("may not ask"));
});

describe("with a private server in the configuration", () => {
  const { check } = guard("http://10.0.0.5:8080/mcp");

  test.each(["http://10.0.0.5:8080/x", "https://10.0.0.6/", "http://127.0.0.1:1/"])("%s may be asked", (url) =>
    check(new URL(url)),
  );

  test.each(["http://10.0.0.6/", "http://10.0.0.5/"])("%s may not, for it is not https", (url) =>
    expect(() => check(new URL(url))).toThrow("not https"),
  );
});

test("a name that leads to a private address is not followed, and where the configuration names it, it is", async () => {
  await using server = serve(() => new Response("inside"));
  const url = `http://inside.example:${server.port}/`;
  const resolve: LookupFunction = (_, __, done) => done(null, [{ address: "127.0.0.1", family: 4 }]);
  const stranger = createGuardedFetch([new URL("https://mcp.example/")], { resolve });
  await expect(stranger(url.replace("http:", "https:"))).rejects.toThrow("inside.example is at the private address");
  expect(await (await createGuardedFetch([new URL(url)], { resolve })(url)).text()).toBe("inside");
});

test("redirects are not followed", async () => {
  await using server = serve(({ url }) =>
    url.endsWith("/start") ? new Response(null, { status: 302, headers: { location: "/end" } }) : new Response("end"),
  );
  const url = `http://127.0.0.1:${server.port}/start`;
  await expect(guard(url)(url)).rejects.toThrow("redirects to");
});

test("no more is read than a document may have", async () => {
  await using server = serve(() => new Response("x".repeat(1024 * 1024 + 1)));
  const url = `http://127.0.0.1:${server.port}/`;
  await expect(guard(url)(url)).rejects.toThrow("over 1048576 bytes");
});

test.each<[string, () => Promise<Response>]>([
  ["nothing", () => new Promise(() => undefined)],
  ["half an answer", async () => new Response(new ReadableStream({ start: (half) => half.enqueue("{") }))],
])("who says %s is not waited for", async (_, answer) => {
  await using server = serve(answer);
  const url = `http://127.0.0.1:${server.port}/`;
  const fetch = createGuardedFetch([new URL(url)], { patience: 50 });
  await expect(fetch(url)).rejects.toMatchObject({ code: "unavailable" });
});

function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  return { port: server.port, [Symbol.asyncDispose]: () => server.stop(true) };
}
