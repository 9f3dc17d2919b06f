// argus-mcp client on the files of real clients: what is written, what is kept, and what is undone.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ClientName } from "../../src/clients/client.ts";
import { parseJsonc } from "../../src/clients/jsonc.ts";
import { CLIENT_FILES } from "../fixtures/client-files.ts";
import { newHome } from "../fixtures/home.ts";

setDefaultTimeout(60_000);

const clients = Object.keys(CLIENT_FILES) as ClientName[];
const URL = "http://127.0.0.1:9000/mcp";
const SH = { type: "http", url: URL };

const entries: Record<ClientName, object> = {
  "claude-desktop": { command: "npx", args: ["-y", "mcp-remote", URL, "--transport", "http-only"] },
  "claude-code": SH,
  cursor: { url: URL },
  vscode: SH,
  cline: { type: "streamableHttp", url: URL },
  windsurf: { serverUrl: URL },
};

const serversIn = (text: string): Record<string, object> => {
  const { mcpServers, servers } = parseJsonc(text, "file");
  return (mcpServers ?? servers) as Record<string, object>;
};

describe.each(clients)("%s", (client) => {
  const { path, text } = CLIENT_FILES[client];

  test("gets the gateway, and nothing else in its file changes", async () => {
    using home = newHome({ [path]: text });
    chmodSync(join(home.directory, path), 0o640);
    const { code, stdout, stderr } = await home.run("client", "add", client);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain(`added argus (${URL}) to ~/${path}\n`);
    const after = home.read(path);
    expect(serversIn(after)).toEqual({ ...serversIn(text), argus: entries[client] });
    expect(insertedInto(text, after)).toContain('"argus"');
    expect(home.mode(path)).toBe("640");
  });

  test("keeps its way of writing in what is added", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", client);
    const after = home.read(path);
    const [, indent] = /^([\t ]+)"argus"/m.exec(after) ?? [];
    expect(text).toMatch(new RegExp(`^${indent}"`, "m"));
    expect(/(?<!\r)\n/.test(insertedInto(text, after))).toBe(!text.includes("\r\n"));
  });

  test("gets its bytes back by undo, with their mode, and the backup is used up", async () => {
    using home = newHome({ [path]: text });
    chmodSync(join(home.directory, path), 0o600);
    await home.run("client", "add", client);
    expect(home.backups(path)).toEqual([expect.stringContaining(".bak-")]);
    const { code, stderr } = await home.run("client", "undo", client);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `~/${path} is as it was before\n` });
    expect(home.read(path)).toBe(text);
    expect(home.mode(path)).toBe("600");
    expect(home.backups(path)).toEqual([]);
  });

  test("loses the gateway by remove, and keeps all others", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", client);
    const { code } = await home.run("client", "remove", client);
    expect(code).toBe(0);
    expect(parseJsonc(home.read(path), path)).toEqual(parseJsonc(text, path));
    expect(home.read(path).match(/\/\/|\/\*/g)).toEqual(text.match(/\/\/|\/\*/g));
  });

  test("is left alone when its file is broken, with the place of the mistake", async () => {
    const broken = `${text.slice(0, text.lastIndexOf("}"))}"oops"`;
    using home = newHome({ [path]: broken });
    for (const action of ["add", "remove"]) {
      const { code, stderr } = await home.run("client", action, client);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^argus-mcp: .*${path}:\\d+:\\d+: not valid JSON: .*\\n$`));
    }
    expect(home.read(path)).toBe(broken);
    expect(home.backups(path)).toEqual([]);
  });

  test("shows what it needs, and changes nothing", async () => {
    using home = newHome();
    const { code, stdout } = await home.run("client", "show", client, "--url", "http://localhost:1234");
    expect(code).toBe(0);
    expect(JSON.stringify(serversIn(stdout))).toContain("http://localhost:1234/mcp");
    expect(existsSync(join(home.directory, path))).toBe(false);
  });

  test("gets a file where there was none, which undo removes", async () => {
    using home = newHome();
    await home.run("client", "add", client, "--token", "s3cret");
    expect(serversIn(home.read(path))).toHaveProperty("argus");
    expect(home.read(path)).toContain("Bearer s3cret");
    expect(home.mode(path)).toBe("600");
    expect((await home.run("client", "undo", client)).stderr).toContain("was not there before");
    expect(existsSync(join(home.directory, path))).toBe(false);
    expect(home.backups(path)).toEqual([]);
  });

  test.each(["", "\n", "{}", "\uFEFF{ }\r\n"])("takes %j for a file without servers", async (empty) => {
    using home = newHome({ [path]: empty });
    expect((await home.run("client", "add", client)).code).toBe(0);
    expect(serversIn(home.read(path))).toEqual({ argus: entries[client] });
    await home.run("client", "undo", client);
    expect(home.read(path)).toBe(empty);
  });
});

describe("add", () => {
  const { path, text } = CLIENT_FILES.cursor;

  test("twice changes nothing and leaves one backup", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", "cursor");
    const once = home.read(path);
    const { code, stderr } = await home.run("client", "add", "cursor");
    expect([code, stderr]).toEqual([0, `argus is in ~/${path} already; nothing was changed\n`]);
    expect(home.read(path)).toBe(once);
    expect(home.backups(path)).toHaveLength(1);
  });

  test("replaces its own entry, and refuses to replace anything else", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", "cursor", "--url", "http://127.0.0.1:1");
    await home.run("client", "add", "cursor");
    expect(serversIn(home.read(path)).argus).toEqual(entries.cursor);
    const before = home.read(path);
    const { code, stderr } = await home.run("client", "add", "cursor", "--name", "postgres");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("is another server; choose another --name, or --force"),
    ]);
    expect(home.read(path)).toBe(before);
    expect((await home.run("client", "add", "cursor", "--name", "postgres", "--force")).code).toBe(0);
    expect(serversIn(home.read(path)).postgres).toEqual(entries.cursor);
  });

  test("keeps a link a link, also one to a file that is not there yet", async () => {
    using home = newHome({ "dotfiles/mcp.json": text });
    mkdirSync(join(home.directory, ".cursor"));
    mkdirSync(join(home.directory, ".codeium/windsurf"), { recursive: true });
    symlinkSync("../dotfiles/mcp.json", join(home.directory, path));
    symlinkSync("../../dotfiles/new.json", join(home.directory, CLIENT_FILES.windsurf.path));
    for (const client of ["cursor", "windsurf"]) expect((await home.run("client", "add", client)).code).toBe(0);
    for (const link of [path, CLIENT_FILES.windsurf.path])
      expect(lstatSync(join(home.directory, link)).isSymbolicLink()).toBe(true);
    expect(serversIn(home.read("dotfiles/mcp.json"))).toHaveProperty("argus");
    expect(serversIn(home.read("dotfiles/new.json"))).toHaveProperty("argus");
    await home.run("client", "undo", "cursor");
    expect(home.read("dotfiles/mcp.json")).toBe(text);
    expect(lstatSync(join(home.directory, path)).isSymbolicLink()).toBe(true);
  });

  test.each<[ClientName, object]>([
    ["claude-code", { ...SH, headers: { Authorization: `Bearer \${TOKEN}` } }],
    ["cursor", { url: URL, headers: { Authorization: `Bearer \${env:TOKEN}` } }],
    ["vscode", { ...SH, headers: { Authorization: `Bearer \${env:TOKEN}` } }],
    ["windsurf", { serverUrl: URL, headers: { Authorization: `Bearer \${env:TOKEN}` } }],
  ])("lets %s take the token from a variable", async (client, entry) => {
    using home = newHome();
    await home.run("client", "add", client, "--token-env", "TOKEN");
    expect(serversIn(home.read(CLIENT_FILES[client].path)).argus).toEqual(entry);
  });

  test("hands the token to Claude Desktop's bridge in its environment", async () => {
    using home = newHome();
    await home.run("client", "add", "claude-desktop", "--token", "s3cret", "--url", "http://gateway.lan:9000");
    expect(serversIn(home.read(CLIENT_FILES["claude-desktop"].path)).argus).toEqual({
      command: "npx",
      args: [
        ...["-y", "mcp-remote", "http://gateway.lan:9000/mcp", "--transport", "http-only", "--allow-http"],
        ...["--header", `Authorization:\${ARGUS_AUTHORIZATION}`],
      ],
      env: { ARGUS_AUTHORIZATION: "Bearer s3cret" },
    });
  });

  test.each(["--project", "--file other.json"])("tells with %s how to undo that, and no other file", async (flags) => {
    using home = newHome();
    const ask = async (action: string) => await home.run("client", action, "cursor", ...flags.split(" "));
    expect((await ask("show")).stderr).toContain(`argus-mcp client add cursor ${flags} writes it\n`);
    expect((await ask("add")).stderr).toContain(`argus-mcp client undo cursor ${flags} undoes this\n`);
  });

  test("writes the files of projects, and says that they are shared", async () => {
    using home = newHome();
    for (const [client, path] of [
      ["claude-code", ".mcp.json"],
      ["cursor", ".cursor/mcp.json"],
      ["vscode", ".vscode/mcp.json"],
    ] as const) {
      const { stderr } = await home.run("client", "add", client, "--project", "--token", "s3cret");
      expect(stderr).toContain("--token-env keeps it out");
      expect(serversIn(home.read(path))).toHaveProperty("argus");
    }
  });

  test("takes the address from the configuration", async () => {
    using home = newHome({ "config.yaml": 'version: "1"\nserver: { host: "::", port: 1234 }\n' });
    await home.run("client", "add", "windsurf");
    expect(home.read(CLIENT_FILES.windsurf.path)).toContain('"http://127.0.0.1:1234/mcp"');
  });

  test("says when the gateway asks for a token and none is given", async () => {
    using home = newHome({ "config.yaml": 'version: "1"\nincoming_auth: { type: local, token: t }\n' });
    const say = "the gateway asks clients for a token: add it with --token or --token-env\n";
    expect((await home.run("client", "add", "windsurf")).stderr).toContain(say);
    expect((await home.run("client", "add", "windsurf", "--token", "t")).stderr).not.toContain(say);
  });

  test("does not touch what it cannot change alone", async () => {
    const twice = '{ "mcpServers": { "a": {} }, "mcpServers": { "b": {} } }';
    const odd = { [path]: twice, [CLIENT_FILES.windsurf.path]: "[]", ".vscode/mcp.json": '{ "servers": [] }' };
    using home = newHome(odd);
    for (const args of [["cursor"], ["windsurf"], ["vscode", "--project"]])
      expect((await home.run("client", "add", ...args)).code).toBe(1);
    for (const [file, content] of Object.entries(odd)) expect(home.read(file)).toBe(content);
  });

  test("prefers the file that is there", async () => {
    const older = ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json";
    using home = newHome({ [older]: CLIENT_FILES.cline.text });
    await home.run("client", "add", "cline");
    expect(serversIn(home.read(older))).toHaveProperty("argus");
  });
});

describe("undo", () => {
  const { path, text } = CLIENT_FILES.windsurf;

  test("goes back step by step", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", "windsurf");
    const once = home.read(path);
    await home.run("client", "add", "windsurf", "--name", "second");
    await home.run("client", "undo", "windsurf");
    expect(home.read(path)).toBe(once);
    await home.run("client", "undo", "windsurf");
    expect(home.read(path)).toBe(text);
    const { code, stderr } = await home.run("client", "undo", "windsurf");
    expect([code, stderr]).toEqual([1, expect.stringContaining("there is no backup of ")]);
  });

  test("loses nothing that was written since", async () => {
    using home = newHome({ [path]: text });
    await home.run("client", "add", "windsurf");
    const changed = home.read(path).replace("figma", "figma2");
    home.write(path, changed);
    const { code, stderr } = await home.run("client", "undo", "windsurf");
    expect([code, stderr]).toEqual([1, expect.stringContaining("was changed since")]);
    expect(home.read(path)).toBe(changed);
    expect((await home.run("client", "undo", "windsurf", "--force")).code).toBe(0);
    expect(home.read(path)).toBe(text);
    await home.run("client", "undo", "windsurf");
    expect(home.read(path)).toBe(changed);
  });
});

describe("list", () => {
  test("tells which clients are here and which know the gateway", async () => {
    using home = newHome({
      [CLIENT_FILES.cursor.path]: CLIENT_FILES.cursor.text,
      [CLIENT_FILES.cline.path]: "{",
      ".mcp.json": '{ "mcpServers": { "x": { "type": "http", "url": "http://localhost:9000/mcp" } } }',
    });
    const { code, stdout, stderr } = await home.run("client", "list");
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split("\t").slice(0, 2).join(" "))).toEqual([
      "claude-desktop not found",
      "claude-code connected",
      "cursor found",
      "vscode not found",
      "cline unreadable",
      "windsurf not found",
      "",
    ]);
    expect(stderr).toMatch(/cline_mcp_settings\.json:1:2: not valid JSON/);
    const json = JSON.parse((await home.run("client", "list", "--json")).stdout) as { servers: string[] }[];
    expect(json[1]?.servers).toEqual(["x"]);
  });
});

describe("usage", () => {
  test.each([
    [[], "client needs one of list, show, add, remove, undo"],
    [["ad"], "client needs one of list, show, add, remove, undo, not ad"],
    [["add"], "usage: argus-mcp client add CLIENT, one of claude-desktop"],
    [["add", "curser"], 'unknown client "curser" — did you mean "cursor"?'],
    [["add", "cursor", "vscode"], 'unexpected argument "vscode"'],
    [["add", "cursor", "--nme", "x"], "unknown flag --nme"],
    [["add", "cursor", "--name", "a b"], "--name has letters"],
    [["add", "windsurf", "--project"], "Windsurf has no file for a project"],
    [["add", "cline", "--token-env", "T"], "Cline reads no variables in its file"],
    [["add", "cursor", "--token-env", "T", "--token", "t"], "exclude each other"],
    [["add", "cursor", "--url", "nowhere"], "--url is an address like"],
  ])("%j is wrong", async (args, message) => {
    using home = newHome();
    const { code, stdout, stderr } = await home.run("client", ...args);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
    expect(home.backups(".cursor")).toEqual([]);
  });

  test("what is not there cannot be removed", async () => {
    using home = newHome();
    const { code, stderr } = await home.run("client", "remove", "cursor");
    expect([code, stderr]).toEqual([1, "argus-mcp: there is no argus in ~/.cursor/mcp.json\n"]);
  });

  test.each([[["client", "--help"]], [["client", "add", "--help"]]])("%j prints help", async (args) => {
    using home = newHome();
    const { code, stdout } = await home.run(...args);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`argus-mcp ${args.slice(0, -1).join(" ")}`)]);
  });
});

/** The lines that were put into a text; fails when any other changed, but for a comma that was needed. */
function insertedInto(before: string, after: string): string {
  const rest = before.split("\n");
  const inserted = after.split("\n").filter((line) => {
    const same =
      line === rest[0] || line.replace(",", "") === rest[0] || line.replace(/,(\s*\/\/.*)?$/, "$1") === rest[0];
    if (same) rest.shift();
    return !same;
  });
  expect(rest).toEqual([]);
  return inserted.join("\n");
}
