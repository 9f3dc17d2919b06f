// argus-mcp call and list, against a gateway that runs.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { reference, tiny } from "../fixtures/backends.ts";
import { certificate } from "../fixtures/certificate.ts";
import { type Finished, folder, type Place, run } from "../fixtures/command.ts";
import { freePort } from "../fixtures/free-port.ts";
import { startFull } from "../fixtures/full/start.ts";
import { binary, type Gateway, startGateway, trusting } from "../fixtures/gateway.ts";
import { onTerminal } from "../fixtures/pty.ts";
import { rawBackend } from "../fixtures/raw-backend.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(60_000);

const typed = {
  name: "typed",
  inputSchema: {
    type: "object",
    properties: { count: { type: "integer" }, tags: { type: "array", items: { type: "string" } } },
    required: ["count"],
    additionalProperties: false,
  },
};

/** Clears the screen and sets the title of the window. */
const COMMAND = "\u001b[2J\u001b]0;title\u0007";

/** A tool that would command the terminal. */
const rude = { name: "rude", description: `${COMMAND}a\tb\rc\r\nmore`, inputSchema: { type: "object" } };

let gateway: Gateway;
let place: Place & Disposable;

beforeAll(async () => {
  const full = await startFull("stdio");
  gateway = await startGateway({
    version: "1",
    backends: { full: full.backend, raw: rawBackend({ tools: [typed, rude] }) },
  });
  place = folder();
});

afterAll(async () => {
  await gateway.stop();
  place[Symbol.dispose]();
});

/** Runs a command that is a client of the gateway. */
const ask = (...args: string[]): Promise<Finished> => run([...args, "--url", gateway.url], place);

test("a proxy is not asked for what is on this machine", async () => {
  const through = { ...place, env: { HTTP_PROXY: `http://127.0.0.1:${freePort()}`, NO_PROXY: "example.com" } };
  const { code, stderr } = await run(["list", "tools", "--url", gateway.url], through);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe("call", () => {
  test("prints text as it is", async () => {
    const { code, stdout, stderr } = await ask("call", "echo", "a=1", "b:=[2]");
    expect({ code, answer: JSON.parse(stdout), stderr }).toEqual({ code: 0, answer: { a: "1", b: [2] }, stderr: "" });
  });

  test("takes flags before and after the arguments", async () => {
    const { stdout } = await run(["call", "--url", `${gateway.url}/mcp`, "echo", "a=x"], place);
    expect(JSON.parse(stdout)).toEqual({ a: "x" });
  });

  test("prints structure readably, and every other kind as a note", async () => {
    const { stdout } = await ask("call", "rich", "city=Graz");
    expect(stdout).toStartWith('{\n  "city": "Graz",\n  "degrees": 21.5,\n');
    expect((await ask("call", "content")).stdout).toMatch(/^text\n\[image image\/png, \d+ B\]\n\[audio audio\/wav, /);
  });

  test("gives the exact result as JSON, with keys that nobody knows", async () => {
    const { stdout } = await ask("call", "rich", "city=Graz", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      structuredContent: { "vendor/extra": [1, { two: null }] },
      _meta: { "vendor/trace": "abc" },
      "vendor/top": true,
    });
  });

  test("reads all arguments from standard input", async () => {
    const child = Bun.spawn([binary, "call", "echo", "-", "--url", gateway.url], {
      cwd: place.directory,
      stdin: new TextEncoder().encode('{"deep": {"er": [1, null]}}'),
      stdout: "pipe",
    });
    expect(JSON.parse(await new Response(child.stdout).text())).toEqual({ deep: { er: [1, null] } });
    expect(await child.exited).toBe(0);
  });

  test("fails when the tool does, and prints what it said", async () => {
    expect(await ask("call", "fail")).toEqual({
      code: 1,
      stdout: "The disk is full.\n",
      stderr: "argus-mcp: fail reported an error\n",
    });
    const json = await ask("call", "fail", "--json");
    expect([json.code, JSON.parse(json.stdout).isError]).toEqual([1, true]);
  });

  test("fails when the answer is an error", async () => {
    const { code, stdout, stderr } = await ask("call", "throw");
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: "argus-mcp: The backend refused.\n" });
  });

  test.each([
    ["no tool", [], "usage: argus-mcp call TOOL [key=value…]"],
    ["an unknown tool", ["ehco"], 'there is no tool "ehco" — did you mean "echo"?'],
    ["a word that is no argument", ["echo", "a"], '"a" is no argument'],
    ["a missing argument", ["typed"], "typed needs count (integer)"],
    ["a value of another type", ["typed", "count=many"], 'count is an integer, not "many"'],
    ["an unknown argument", ["typed", "cuont=1"], 'unknown argument "cuont" — did you mean "count"?'],
    ["an unknown flag", ["echo", "--jsno"], "unknown flag --jsno"],
  ])("%s is wrong usage", async (_, args, message) => {
    const { code, stdout, stderr } = await ask("call", ...args);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test("leaves no session behind", async () => {
    await ask("call", "echo");
    const { active_sessions } = (await (await gateway.manage("/sessions")).json()) as { active_sessions: number };
    expect(active_sessions).toBe(0);
  });
});

/** What a command writes on a terminal, up to a line with this, and ends well. */
async function written(last: string, url: string, ...args: string[]): Promise<string> {
  using terminal = onTerminal([binary, ...args, "--url", url], {}, { cwd: place.directory });
  await terminal.wrote(`${last}\r\n`);
  expect(await terminal.exited).toBe(0);
  return terminal.output();
}

describe("what commands a terminal", () => {
  test("comes through no list", async () => {
    expect((await ask("list", "tools")).stdout).toContain("rude\ta b�c\n");
    expect(await written("  a b�c", gateway.url, "list", "tools")).toMatch(/^rude +a b�c\r$/m);
  });

  test("is in a result only where no terminal is", async () => {
    await using echoing = await startGateway({ version: "1", backends: { one: reference("everything") } });
    const call = ["call", "echo", `message=${COMMAND}a\tb\r\n\u001b[31mred\u001b[39m\u0007`];
    const { stdout } = await run([...call, "--url", echoing.url], place);
    expect(stdout).toBe(`Echo: ${COMMAND}a\tb\r\n\u001b[31mred\u001b[39m\u0007\n`);
    expect(await written("red�", echoing.url, ...call)).toBe("Echo: a\tb\r\nred�\r\n");
  });
});

describe("list", () => {
  test("shows tools, resources with templates, and prompts, one a line", async () => {
    const [tools, resources, prompts] = await Promise.all(
      ["tools", "resources", "prompts"].map(async (what) => (await ask("list", what)).stdout.split("\n")),
    );
    expect(tools).toContain("rich\tTells the weather, with everything that a definition can carry.");
    expect(resources).toContainEqual(expect.stringMatching(/^full:\/\/static\/1\t/));
    expect(resources).toContainEqual(expect.stringMatching(/\{.+\}/));
    expect(prompts?.length).toBeGreaterThan(1);
  });

  test("says where to look when there is nothing", async () => {
    await using empty = await startGateway({ version: "1" });
    const { code, stdout, stderr } = await run(["list", "tools", "--url", empty.url], place);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe("the gateway offers no tools; argus-mcp health tells whether its backends are connected\n");
  });

  test("gives definitions as they came", async () => {
    const tools = JSON.parse((await ask("list", "tools", "--json")).stdout) as { name: string }[];
    expect(tools.find(({ name }) => name === "rich")).toMatchObject({ "vendor/unknown": { kept: true } });
  });

  test.each([
    [[], "list needs one of tools, resources, prompts"],
    [["toolz"], 'not toolz — did you mean "tools"?'],
    [["tools", "more"], 'unexpected argument "more"'],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await ask("list", ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("the gateway", () => {
  test("is found by the configuration, of which nothing else is needed", async () => {
    const { port } = new URL(gateway.url);
    const backends = { other: { type: "stdio", command: `\${NOT_SET}`, env: { KEY: "secret:missing" } } };
    using here = folder({ "config.yaml": { version: "1", server: { host: "0.0.0.0", port: `\${PORT}` }, backends } });
    expect((await run(["list", "tools"], { ...here, env: { PORT: port } })).code).toBe(0);
    const unset = await run(["list", "tools"], here);
    expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining("PORT is not set")]);
  });

  test.each([
    ["a port that is chosen at the start", { port: 0 }, "server.port is 0; give --url"],
    ["no number", { port: "high" }, 'server.port is "high"; give --url'],
  ])("cannot be found by %s", async (_, server, message) => {
    using here = folder({ "config.yaml": { version: "1", server } });
    const { code, stderr } = await run(["list", "tools"], here);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  test("that does not run is told, with what to do", async () => {
    const { code, stderr } = await run(["list", "tools", "--url", `http://127.0.0.1:${freePort()}`], place);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^argus-mcp: no gateway answers at http:.*start it with argus-mcp server, or give --url\n$/);
  });

  test.each(["localhost:9000", "ftp://a/", "nonsense"])("is no %s", async (url) => {
    const { code, stderr } = await run(["list", "tools", "--url", url], place);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`not ${url}`)]);
  });

  test("that refuses says why, in words", async () => {
    const url = `${gateway.url}/mcp/nobody`;
    const { code, stderr } = await run(["list", "tools", "--url", url], place);
    expect([code, stderr]).toEqual([1, `argus-mcp: ${url} refused: no group "nobody"\n`]);
  });

  test("that asks for a token gets the one that is given", async () => {
    const incoming_auth = { type: "local", token: "right-token" };
    await using closed = await startGateway({ version: "1", incoming_auth, backends: { tiny: tiny("inside") } });
    const list = (args: string[], ARGUS_TOKEN?: string) =>
      run(["list", "tools", "--url", closed.url, ...args], { ...place, env: { ARGUS_TOKEN } });
    for (const refused of [await list([]), await list(["--token", "wrong-token"])])
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("give --token or set ARGUS_TOKEN")]);
    for (const admitted of [await list(["--token", "right-token"]), await list([], "right-token")])
      expect([admitted.code, admitted.stdout]).toEqual([0, expect.stringMatching(/^inside\t/)]);
  });

  test("is found under https where the configuration says so, and its certificate must be trusted", async () => {
    const { cert, key } = await certificate("call");
    const files = { "cert.pem": cert, "key.pem": key };
    const port = freePort();
    const server = { port, tls: { cert: "cert.pem", key: "key.pem" } };
    using here = folder({ ...files, "config.yaml": { version: "1", server, backends: { tiny: tiny("hello") } } });
    const child = Bun.spawn([binary, "server"], { cwd: here.directory, stderr: "ignore", stdout: "ignore" });
    try {
      const probe = () => fetch(`https://127.0.0.1:${port}/manage/v1/ready`, trusting(cert));
      await until("the gateway is ready", () =>
        probe().then(
          ({ ok }) => ok,
          () => false,
        ),
      );
      const trusted = await run(["list", "tools"], { ...here, env: { NODE_EXTRA_CA_CERTS: "cert.pem" } });
      expect([trusted.code, trusted.stdout]).toEqual([0, expect.stringMatching(/^hello\t/)]);
      const without = await run(["list", "tools"], here);
      expect([without.code, without.stderr]).toEqual([1, expect.stringContaining("certificate")]);
    } finally {
      child.kill("SIGTERM");
      await child.exited;
    }
  });

  test("that sends clients elsewhere gets no further, and the token goes nowhere", async () => {
    let followed = false;
    using elsewhere = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: () => {
        followed = true;
        return new Response();
      },
    });
    using here = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: () => Response.redirect(elsewhere.url.href, 307),
    });
    const { code, stderr } = await run(["list", "tools", "--url", here.url.href, "--token", "t"], place);
    expect([code, stderr, followed]).toEqual([1, expect.stringContaining("refused: "), false]);
  });

  test("with the optimizer lists little, and all tools can be called", async () => {
    await using small = await startGateway({
      version: "1",
      optimizer: { enabled: true },
      backends: { tiny: tiny("hidden") },
    });
    const names = (await run(["list", "tools", "--url", small.url], place)).stdout;
    expect(names).not.toContain("hidden");
    expect((await run(["call", "hidden", "--url", small.url], place)).code).toBe(0);
    expect((await run(["call", "absent", "--url", small.url], place)).code).toBe(1);
  });
});
