// The URL that clients are given: the server's own, or the one by which it is known to be reached.
import { expect, test } from "bun:test";
import { endpointOf } from "../../../src/tui/endpoint.ts";

const transport = (url: string) => ({ streamable_http_url: url, sse_url: "", host: "", port: 0 });

test.each([
  // The same machine.
  ["http://127.0.0.1:9000", "http://127.0.0.1:9000/mcp", "http://127.0.0.1:9000/mcp"],
  // It listens everywhere on another machine.
  ["http://box.example:9000", "http://127.0.0.1:9000/mcp", "http://box.example:9000/mcp"],
  // Behind a proxy, below a path.
  ["https://example.com/argus", "http://localhost:9000/mcp", "https://example.com/argus/mcp"],
  // Through a tunnel to another port.
  ["http://localhost:9001", "http://[::1]:9000/mcp", "http://localhost:9001/mcp"],
  // It says where it is.
  ["http://localhost:9001", "https://box.example:9000/mcp", "https://box.example:9000/mcp"],
])("reached by %s, and %s of itself: %s", (server, own, expected) => {
  expect(endpointOf(server, transport(own), null)).toBe(expected);
});

test("a group is a path below it", () => {
  const own = transport("http://127.0.0.1:9000/mcp");
  expect(endpointOf("http://127.0.0.1:9000", own, "à la carte")).toBe("http://127.0.0.1:9000/mcp/%C3%A0%20la%20carte");
});
