// Where requests to a backend go, and the credentials with them: to the origin that was configured and no other.
import { expect, test } from "bun:test";
import { HttpClient } from "../../../src/backend/request.ts";

const NEVER = new AbortController().signal;

/** A server that answers paths with redirects, and notes who came with which credentials. */
function serve(redirects: Record<string, string> = {}) {
  const arrivals: [string, string | null][] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url, headers }) => {
      const { pathname } = new URL(url);
      arrivals.push([pathname, headers.get("x-api-key")]);
      const location = redirects[pathname];
      return location === undefined ? new Response("here") : new Response(null, { status: 307, headers: { location } });
    },
  });
  const url = (path: string) => new URL(path, server.url);
  return { arrivals, url, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function ask(url: URL): Promise<number | undefined> {
  const http = new HttpClient({ keepAlive: false });
  const response = await http.send(url, { method: "GET", headers: { "x-api-key": "k" }, signal: NEVER });
  response.resume();
  return response.statusCode;
}

test("a redirect to the same origin is followed, with the credentials", async () => {
  await using server = serve({ "/mcp": "/mcp/" });
  expect(await ask(server.url("/mcp"))).toBe(200);
  expect(server.arrivals).toEqual([
    ["/mcp", "k"],
    ["/mcp/", "k"],
  ]);
});

test("a redirect elsewhere is not followed, and what it says is to be configured names no query", async () => {
  await using other = serve();
  await using server = serve({ "/mcp": other.url("/mcp?token=t").href });
  await expect(ask(server.url("/mcp"))).rejects.toThrow(`redirects to ${other.url("/mcp").href}; set that as its url`);
  expect(other.arrivals).toEqual([]);
});

test("redirects that never end are not followed for ever", async () => {
  await using server = serve({ "/a": "/b", "/b": "/a" });
  await expect(ask(server.url("/a"))).rejects.toThrow("redirects to");
  expect(server.arrivals).toHaveLength(4);
});
