// One configuration of what was found in several places.
import { describe, expect, test } from "bun:test";
import { configText } from "../../../src/setup/config-text.ts";
import { type Found, foundIn } from "../../../src/setup/found.ts";
import { planOf } from "../../../src/setup/plan.ts";
import { SecretTaker } from "../../../src/setup/secrets.ts";

const gateway = new URL("http://127.0.0.1:9000/mcp");
const found = (name: string, entry: object, source = "a file"): Found =>
  foundIn(name, source, entry as Record<string, unknown>, { expands: true });
const plan = (...all: Found[]) =>
  planOf(all, { environment: {}, gateway, taker: new SecretTaker("environment", new Map()) });

describe("an entry", () => {
  test.each<[object, string | undefined]>([
    [{ command: "npx" }, "stdio"],
    [{ command: "npx", url: "http://a.example" }, "stdio"],
    [{ url: "http://a.example/mcp" }, "streamable-http"],
    [{ url: "http://a.example/sse" }, "sse"],
    [{ serverUrl: "http://a.example/sse/?x" }, "sse"],
    [{ type: "http", url: "http://a.example/sse" }, "streamable-http"],
    [{ type: "streamableHttp", url: "http://a.example" }, "streamable-http"],
    [{ type: "STREAMABLE_HTTP", url: "http://a.example" }, "streamable-http"],
    [{ transport: "sse", url: "http://a.example" }, "sse"],
    [{ type: "ws", url: "ws://a.example" }, undefined],
    [{ type: "stdio" }, undefined],
    [{}, undefined],
  ])("%j is of type %p", (entry, type) => {
    expect(found("a", entry).definition?.type as string | undefined).toBe(type);
  });

  test("keeps what there is a key for", () => {
    const entry = {
      command: "npx",
      args: ["-y", 5],
      env: { PORT: 80, NONE: null },
      cwd: "/project",
      disabled: true,
      disabledTools: ["a", "b[*]"],
      autoApprove: ["c"],
    };
    expect(found("a", entry).definition).toEqual({
      ...{ type: "stdio", command: "npx", args: ["-y", "5"], env: { PORT: "80" }, cwd: "/project", enabled: false },
      filters: { tools: { deny: ["a", "b[[][*]]"] } },
    });
  });
});

describe("names", () => {
  test("of equal servers in two places are one, of different ones two", () => {
    const { backends } = plan(
      found("files", { command: "a" }, "one"),
      found("files", { command: "a" }, "two"),
      found("Files", { command: "b" }, "three"),
    );
    expect(backends.map(({ name, sources }) => [name, sources])).toEqual([
      ["files", ["one", "two"]],
      ["Files-2", ["three"]],
    ]);
  });

  test("are made valid, and the old one is noted", () => {
    const { backends } = plan(...["My Server!", "42", "日本", "_x"].map((name) => found(name, { command: name })));
    expect(backends.map(({ name }) => name)).toEqual(["My-Server", "server-42", "server", "x"]);
    expect(backends[0]?.notes).toEqual(["called My Server! there"]);
  });
});

describe("what is left out", () => {
  test("is Argus itself, whatever it is called, and what is not valid here", () => {
    const { backends, leftOut } = plan(
      found("gate", { url: "http://localhost:9000/mcp" }),
      found("argus", { command: "argus-mcp", args: ["server"] }),
      found("bridge", { command: "npx", args: ["mcp-remote", "http://127.0.0.1:9000/mcp"] }),
      found("odd", { type: "http", url: "ftp://a.example" }),
      found("socket", { type: "ws", url: "ws://a.example" }),
      found("old", { transportType: "ws", url: "ws://a.example" }),
      found("nothing", { command: "" }),
      found("program", { type: "stdio", url: "http://a.example" }),
      found("remote", { type: "sse", command: "npx" }),
      found("good", { command: "npx" }),
    );
    expect(backends.map(({ name }) => name)).toEqual(["good"]);
    expect(leftOut.map(({ name, why }) => `${name}: ${why.replace(/:.*/, "")}`)).toEqual([
      "gate: it is Argus itself",
      "argus: it is Argus itself",
      "bridge: it is Argus itself",
      'socket: its type "ws" is unknown here',
      'old: its type "ws" is unknown here',
      "nothing: it has neither a command nor a URL",
      "program: it has no command",
      "remote: it has no URL",
      "odd: url",
    ]);
  });

  test("needs no secrets", () => {
    expect(plan(found("odd", { url: "ftp://a.example", headers: { Authorization: "Bearer t-1" } })).secrets).toEqual(
      [],
    );
  });
});

test("comments are comments whatever they say, and values are values", () => {
  const odd = plan(found("a", { command: "npx", args: ["yes", "1", "# no", "a: b", "\n"] }, "x\nversion: 2"));
  const text = configText(odd, { host: "127.0.0.1", port: 1 });
  expect(text).toContain("# from x version: 2\n");
  expect(Bun.YAML.parse(text)).toEqual({
    version: "1",
    server: { host: "127.0.0.1", port: 1 },
    backends: { a: { type: "stdio", command: "npx", args: ["yes", "1", "# no", "a: b", "\n"] } },
    conflict_resolution: { strategy: "first-wins" },
  });
});
