// argus-mcp init: from the files of clients to a configuration that works.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "../../src/secrets/key.ts";
import { CLIENT_FILES } from "../fixtures/client-files.ts";
import { connectClient } from "../fixtures/clients.ts";
import { launch, run } from "../fixtures/command.ts";
import { startFull } from "../fixtures/full/start.ts";
import { binary, ready } from "../fixtures/gateway.ts";
import { type Home, newHome } from "../fixtures/home.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(60_000);

const all = Object.fromEntries(Object.values(CLIENT_FILES).map(({ path, text }) => [path, text]));
const SECRETS = ["ghp_0123456789abcdefghij", "patAbCdEf0123456789", "sk-docs-0123456789"];

const names = async (home: Home) => {
  const { code, stdout, stderr } = await home.run("server", "--check");
  expect([code, stderr]).toEqual([0, stdout === "" ? "config.yaml is valid, and has no backends\n" : ""]);
  return stdout.split("\n").flatMap((line) => line.split("\t")[0] || []);
};

const EXPECTED = [
  ...["filesystem", "github", "sentry", "airtable", "filesystem-2", "legacy", "postgres", "linear"],
  ...["perplexity", "github-2", "folder", "weather", "docs", "old", "figma", "playwright"],
];

test("a preview says what would be written, and writes nothing", async () => {
  using home = newHome(all);
  const { code, stdout, stderr } = await home.run("init");
  expect(code).toBe(0);
  expect(stdout).toStartWith("# Argus MCP");
  expect(stdout).toContain("# from Claude Code (~/.claude.json, project /home/me/shop)\n");
  expect(stderr).toEndWith("this is what config.yaml would be; --yes writes it\nnothing was written\n");
  expect(existsSync(join(home.directory, "config.yaml"))).toBe(false);
});

test("what all clients have becomes a configuration that the server takes", async () => {
  using home = newHome(all);
  const { code, stdout, stderr } = await home.run("init", "--yes");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("16 backends\n");
  expect(await names(home)).toEqual(EXPECTED);
  expect(home.mode("config.yaml")).toBe("600");
  expect(home.backups("config.yaml")).toEqual([]);
  for (const { path, text } of Object.values(CLIENT_FILES)) expect(home.read(path)).toBe(text);
});

describe("secrets", () => {
  test("are not in what is written or printed, and what to do is said", async () => {
    using home = newHome(all);
    const { stderr } = await home.run("init", "--yes");
    const text = home.read("config.yaml");
    for (const secret of SECRETS) expect(text + stderr).not.toContain(secret);
    expect(text).toContain(`Authorization: Bearer \${DOCS_AUTHORIZATION:-}\n`);
    expect(text).toContain("# AIRTABLE_API_KEY was not copied: set it, or write secret:NAME\n");
    expect(stderr).toContain("secrets are not copied: set GITHUB_PERSONAL_ACCESS_TOKEN (github), ");
  });

  test("are moved into the store when asked, and the server finds them there", async () => {
    using home = newHome(all);
    home.env.ARGUS_SECRET_KEY = generateKey();
    const { code, stderr } = await home.run("init", "--yes", "--secrets");
    expect(code).toBe(0);
    const text = home.read("config.yaml");
    for (const secret of SECRETS) expect(text + stderr).not.toContain(secret);
    expect(text).toContain("Authorization: Bearer secret:docs-authorization\n");
    expect(await names(home)).toEqual(EXPECTED);
    expect((await home.run("secret", "get", "github-personal-access-token")).stdout).toBe(`${SECRETS[0]}\n`);
  });

  test("need a key, and nothing is written without one", async () => {
    using home = newHome(all);
    home.env.ARGUS_SECRET_KEY = undefined;
    const { code, stderr } = await home.run("init", "--yes", "--secrets");
    expect([code, stderr]).toEqual([1, expect.stringContaining("there is no master key; set ARGUS_SECRET_KEY")]);
    expect(existsSync(join(home.directory, "config.yaml"))).toBe(false);
  });

  test("are not stored by a preview", async () => {
    using home = newHome(all);
    home.env.ARGUS_SECRET_KEY = generateKey();
    expect((await home.run("init", "--secrets")).stdout).toContain("secret:docs-authorization");
    expect((await home.run("secret", "list")).stdout).toBe("");
  });
});

describe("an existing configuration", () => {
  const before = 'version: "1" # mine\n';

  test("is kept as a backup, which is named", async () => {
    using home = newHome({ ...all, "config.yaml": before });
    const { stderr } = await home.run("init", "--yes");
    const [backup = ""] = home.backups("config.yaml");
    expect(home.read(backup)).toBe(before);
    expect(stderr).toContain(backup);
    await home.run("init", "--yes");
    expect(home.backups("config.yaml")).toEqual([backup]);
  });

  test("tells the address of the gateway that is no backend of its own", async () => {
    const self = { mcpServers: { gate: { type: "http", url: "http://localhost:1234/mcp" } } };
    using home = newHome({
      ".claude.json": JSON.stringify(self),
      "config.yaml": 'version: "1"\nserver: { port: 1234 }\n',
    });
    const { stderr } = await home.run("init");
    expect(stderr).toContain("left out: gate of Claude Code (~/.claude.json): it is Argus itself\n");
  });
});

test("a file that is broken is told, and the others are used", async () => {
  using home = newHome({ ...all, [CLIENT_FILES.cursor.path]: '{ "mcpServers": {' });
  const { code, stderr } = await home.run("init", "--yes");
  expect([code, stderr]).toEqual([0, expect.stringMatching(/\.cursor\/mcp\.json:1:18: not valid JSON/)]);
  expect(await names(home)).not.toContain("postgres");
});

test("without any client there is an empty configuration with an example to uncomment, and it is said", async () => {
  using home = newHome();
  const { code, stderr } = await home.run("init", "--yes");
  expect([code, stderr]).toEqual([0, expect.stringContaining("no client lists a server")]);
  expect(stderr).toContain("next: put a backend into config.yaml, which has an example, ");
  expect(await names(home)).toEqual([]);
  const text = home.read("config.yaml");
  home.write("config.yaml", text.replace("backends: {}\n", "").replace(/^# (?=backends:| )/gm, ""));
  expect(await names(home)).toEqual(["memory"]);
});

test("the files of a project count, in their folder", async () => {
  using home = newHome({
    "project/.mcp.json": '{ "mcpServers": { "a": { "command": "a" } } }',
    "project/.cursor/mcp.json": `{ "mcpServers": { "b": { "command": "\${workspaceFolder}/b" } } }`,
    "project/.vscode/mcp.json": '{ "servers": { "c": { "command": "c" } }, "inputs": [] }',
  });
  const directory = join(home.directory, "project");
  const { stdout } = await run(["init"], { directory, env: home.env });
  expect(Bun.YAML.parse(stdout)).toMatchObject({
    backends: { a: { command: "a" }, b: { command: `${directory}/b` }, c: { command: "c" } },
  });
});

describe("one file", () => {
  test.each(Object.values(CLIENT_FILES))("of a client can be named ($path)", async ({ path, text }) => {
    using home = newHome({ [`else/where/${path}`]: text });
    const { code } = await home.run("init", "--yes", "--from", `else/where/${path}`);
    expect(code).toBe(0);
    expect((await names(home)).length).toBeGreaterThan(1);
  });

  test("of a project stands for its own folder, wherever it is", async () => {
    using home = newHome({
      "other/.vscode/mcp.json": `{ "servers": { "a": { "command": "\${workspaceFolder}/a" } } }`,
    });
    const { stdout } = await home.run("init", "--from", "other/.vscode/mcp.json");
    expect(stdout).toContain(`command: ${home.directory}/other/a\n`);
  });

  test.each([
    ["missing.json", "cannot read missing.json"],
    ["none.json", "none.json lists no servers: neither mcpServers nor servers is there"],
    ["broken.json", "broken.json:1:3: not valid JSON"],
  ])("must be one that lists servers: %s", async (file, message) => {
    using home = newHome({ "none.json": '{ "a": 1 }', "broken.json": "{ ]" });
    const { code, stderr } = await home.run("init", "--from", file, "--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync(join(home.directory, "config.yaml"))).toBe(false);
  });
});

test.each([[["now"]], [["--form", "x"]], [["--from"]], [["--config", ""]]])("%j is wrong usage", async (args) => {
  using home = newHome();
  expect((await home.run("init", ...args)).code).toBe(2);
});

test.each([
  ["y\r", true],
  ["yes\r", true],
  ["n\r", false],
  ["\r", false],
  ["\u0004", false],
])("on a terminal it asks, and %j is an answer", async (keys, written) => {
  using home = newHome(all);
  const decoder = new TextDecoder();
  let output = "";
  const child = Bun.spawn([binary, "init"], {
    cwd: home.directory,
    env: { ...process.env, ...home.env, NO_COLOR: "1" },
    terminal: { cols: 80, rows: 24, data: (_, bytes) => (output += decoder.decode(bytes, { stream: true })) },
  });
  await until("it asks", () => output.includes("write config.yaml? [y/N] "));
  child.terminal?.write(keys);
  expect(await child.exited).toBe(0);
  child.terminal?.close();
  expect(existsSync(join(home.directory, "config.yaml"))).toBe(written);
});

test("from a client's file to a client that calls: init, server, client add", async () => {
  await using full = await startFull("streamable-http");
  const servers = { mcpServers: { everything: { type: "http", url: full.backend.url } } };
  using home = newHome({ ".claude.json": JSON.stringify(servers, undefined, 2) });
  await home.run("init", "--yes");
  await using gateway = await launch(["server", "--port", "0"], home);
  await ready(gateway.url);
  await home.run("client", "add", "claude-code", "--url", gateway.url);
  const { mcpServers } = JSON.parse(home.read(".claude.json")) as { mcpServers: Record<string, { url: string }> };
  expect(Object.keys(mcpServers)).toEqual(["everything", "argus"]);
  await using client = await connectClient("v2", { transport: "streamable-http", url: mcpServers.argus?.url ?? "" });
  const { tools } = (await client.request("tools/list")) as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toContain("echo");
  expect(await client.call("echo", { a: 1 })).toMatchObject({ content: [{ text: '{"a":1}' }] });
});
