// argus-mcp health: what it says of a server, and how it finds it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { version } from "../../package.json";
import { script, tiny } from "../fixtures/backends.ts";
import { certificate } from "../fixtures/certificate.ts";
import { type Finished, folder, type Launched, launch, type Place, run } from "../fixtures/command.ts";
import { freePort } from "../fixtures/free-port.ts";
import { startGateway } from "../fixtures/gateway.ts";

const broken = script("exit 1");

/** Runs it in an empty folder. */
async function ask(url: string, env: Record<string, string> = {}): Promise<Finished> {
  using place = folder();
  return await run(["health", "--url", url], { ...place, env });
}

/** What is said of a server that answers like this. */
async function saidOf(answer: (request: Request) => Response | Promise<Response>): Promise<Finished> {
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  return await ask(server.url.origin);
}

const wellOf = (status = "healthy", version = "1.2.3") =>
  Response.json({ status, version, backends: { total: 2, connected: 1, healthy: 1 } });

describe("of a gateway", () => {
  test.each([
    ["healthy", { a: tiny("one"), b: tiny("two") }, "healthy: 2 of 2 backends connected"],
    ["healthy without backends", {}, "healthy: 0 of 0 backends connected"],
    ["degraded", { a: tiny("one"), b: broken }, "degraded: 1 of 2 backends connected"],
  ])("%s is good news: one line, exit 0", async (_, backends, line) => {
    await using gateway = await startGateway({ version: "1", backends });
    const said = await ask(gateway.url);
    expect(said).toEqual({ code: 0, stdout: `${line} (argus-mcp ${version})\n`, stderr: "" });
  });

  test("unhealthy is bad news: one line, exit 1", async () => {
    await using gateway = await startGateway({ version: "1", backends: { a: broken } });
    const { code, stdout, stderr } = await ask(gateway.url);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`argus-mcp: unhealthy: 0 of 1 backends connected (argus-mcp ${version})\n`);
  });
});

describe("of what is no gateway, one line and exit 1", () => {
  const refused = async (said: Promise<Finished>, why: string | RegExp) => {
    const { code, stdout, stderr } = await said;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(why);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  };

  test("nothing listens", () =>
    refused(ask(`http://127.0.0.1:${freePort()}`), "start the server, or name its address"));

  test("no answer", () =>
    refused(
      saidOf(() => new Promise<Response>(() => undefined)),
      "no answer within 4 s",
    ));

  test.each([
    ["a page", () => new Response("<html>")],
    ["an error", () => Response.json({ status: "healthy", backends: {} }, { status: 503 })],
    ["other JSON", () => Response.json({ status: "UP" })],
    ["something to steer a terminal with", () => wellOf("healthy", "\u001b[2J")],
    ["a way elsewhere", () => Response.redirect("http://127.0.0.1:9/")],
  ])("%s", (_, answer) => refused(saidOf(answer), "but not as Argus MCP does"));

  test.each([["no-url"], ["ftp://127.0.0.1"], [""]])("%j is wrong usage", async (url) => {
    expect((await ask(url)).code).toBe(2);
  });
});

describe("the address", () => {
  test.each([[""], ["/"], ["/manage/v1/health"], ["/manage/v1/health/"]])("may end in %j", async (path) => {
    using server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      routes: { "/manage/v1/health": () => wellOf() },
      fetch: () => new Response(null, { status: 404 }),
    });
    expect((await ask(server.url.origin + path)).code).toBe(0);
  });

  test("may have the path of a proxy before it", async () => {
    const asked: string[] = [];
    using server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: ({ url }) => {
        asked.push(new URL(url).pathname);
        return wellOf();
      },
    });
    await ask(`${server.url.origin}/argus`);
    expect(asked).toEqual(["/argus/manage/v1/health"]);
  });

  test("is the configuration's, whatever else is wrong with that, and with the variables that count", async () => {
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => wellOf() });
    const { port = 0 } = server;
    const config = {
      version: "1",
      server: { host: "0.0.0.0", port: `\${PORT}` },
      backends: { a: { url: "secret:no" } },
    };
    using place = folder({ "config.yaml": config, "other.yaml": config });
    for (const env of [{}, { ARGUS_CONFIG: "other.yaml" }]) {
      expect((await run(["health"], { ...place, env: { ...env, PORT: String(port) } })).code).toBe(0);
    }
  });

  test("is not guessed where ARGUS_CONFIG names no file", async () => {
    using place = folder();
    const { code, stderr } = await run(["health"], { ...place, env: { ARGUS_CONFIG: "missing.yaml" } });
    expect(code).toBe(1);
    expect(stderr).toContain("missing.yaml: no such file");
  });

  test("is asked directly, not through a proxy, when it is on this machine", async () => {
    const proxy = { HTTP_PROXY: `http://127.0.0.1:${freePort()}`, http_proxy: `http://127.0.0.1:${freePort()}` };
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => wellOf() });
    expect((await ask(server.url.origin, proxy)).code).toBe(0);
  });
});

describe("with a certificate that nobody has signed", () => {
  let files: Place & Disposable;
  let gateway: Launched;

  beforeAll(async () => {
    const { cert, key } = await certificate("gateway.example");
    const port = freePort();
    const server = { port, host: "::", tls: { cert: "cert.pem", key: "key.pem" } };
    files = folder({ "cert.pem": cert, "key.pem": key, "config.yaml": { version: "1", server } });
    gateway = await launch(["server"], files);
  });

  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });

  test("a server of this machine is asked all the same, over HTTPS", async () => {
    expect(gateway.url).toStartWith("https://");
    expect((await run(["health"], files)).code).toBe(0);
    expect((await ask(gateway.url)).code).toBe(0);
  });

  test("another one is not trusted", async () => {
    // No loopback address to whoever only reads it.
    const { code, stderr } = await ask(gateway.url.replace(/\/\/.*:/, "//[::ffff:127.0.0.1]:"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/certificate|self.signed/i);
  });
});
