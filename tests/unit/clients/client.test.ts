// Where clients keep their files on each platform, and which entries lead to the gateway.
import { describe, expect, test } from "bun:test";
import { CLIENTS } from "../../../src/clients/client.ts";
import { isArgus, leadsTo, urlOf } from "../../../src/clients/entries.ts";
import type { Machine } from "../../../src/clients/machine.ts";
import { snippets } from "../../../src/clients/snippets.ts";

const machine = (parts: Partial<Machine>): Machine => ({
  ...{ platform: "linux", home: "/home/me", environment: {}, names: () => [] },
  ...parts,
});

const first = (one: Machine) => CLIENTS.map(({ files }) => files(one)[0]);

describe("files", () => {
  test("on Linux", () => {
    expect(first(machine({}))).toEqual([
      "/home/me/.config/Claude/claude_desktop_config.json",
      "/home/me/.claude.json",
      "/home/me/.cursor/mcp.json",
      "/home/me/.config/Code/User/mcp.json",
      "/home/me/.cline/data/settings/cline_mcp_settings.json",
      "/home/me/.codeium/windsurf/mcp_config.json",
    ]);
  });

  test("on macOS", () => {
    expect(first(machine({ platform: "darwin", home: "/Users/me" }))).toEqual([
      "/Users/me/Library/Application Support/Claude/claude_desktop_config.json",
      "/Users/me/.claude.json",
      "/Users/me/.cursor/mcp.json",
      "/Users/me/Library/Application Support/Code/User/mcp.json",
      "/Users/me/.cline/data/settings/cline_mcp_settings.json",
      "/Users/me/.codeium/windsurf/mcp_config.json",
    ]);
  });

  test("on Windows", () => {
    const environment = { APPDATA: "D:\\Roaming", LOCALAPPDATA: "D:\\Local" };
    expect(first(machine({ platform: "win32", home: "C:\\Users\\me", environment }))).toEqual([
      "D:\\Roaming\\Claude\\claude_desktop_config.json",
      "C:\\Users\\me\\.claude.json",
      "C:\\Users\\me\\.cursor\\mcp.json",
      "D:\\Roaming\\Code\\User\\mcp.json",
      "C:\\Users\\me\\.cline\\data\\settings\\cline_mcp_settings.json",
      "C:\\Users\\me\\.codeium\\windsurf\\mcp_config.json",
    ]);
  });

  test("of a packaged Claude Desktop are in its package", () => {
    const names = (folder: string) => (folder.endsWith("\\Packages") ? ["Other_1", "Claude_pzs8sxrjxfjjc"] : []);
    const [file] = first(machine({ platform: "win32", home: "C:\\Users\\me", names }));
    expect(file).toBe(
      "C:\\Users\\me\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json",
    );
  });

  test("are where variables say", () => {
    const environment = {
      XDG_CONFIG_HOME: "/xdg",
      CLAUDE_CONFIG_DIR: "/claude",
      CLINE_MCP_SETTINGS_PATH: "/cline/servers.json",
    };
    expect(first(machine({ environment }))).toEqual([
      "/xdg/Claude/claude_desktop_config.json",
      "/claude/.claude.json",
      "/home/me/.cursor/mcp.json",
      "/xdg/Code/User/mcp.json",
      "/cline/servers.json",
      "/home/me/.codeium/windsurf/mcp_config.json",
    ]);
  });
});

describe("an entry", () => {
  const gateway = new URL("http://127.0.0.1:9000/mcp");

  test.each<[boolean, Record<string, unknown>]>([
    [true, { url: "http://localhost:9000/mcp" }],
    [true, { serverUrl: "http://127.0.0.1:9000/sse/group" }],
    [true, { command: "npx", args: ["-y", "mcp-remote@latest", "http://[::1]:9000/mcp"] }],
    [false, { url: "http://localhost:9001/mcp" }],
    [false, { url: "http://example.com:9000/mcp" }],
    [false, { url: "http://localhost:9000/other" }],
    [false, { command: "curl", args: ["http://localhost:9000/mcp"] }],
    [false, { url: 5 }],
    [false, {}],
  ])("leads to the gateway or not: %p %j", (leads, definition) => {
    expect(leadsTo(definition, gateway)).toBe(leads);
  });

  test.each<[boolean, string, Record<string, unknown>]>([
    [true, "x", { command: "/usr/bin/argus-mcp", args: ["server"] }],
    [true, "x", { command: "C:\\bin\\argus-mcp.exe" }],
    [true, "argus", { url: "https://gateway.example.com/mcp" }],
    [false, "argus", { command: "node" }],
    [false, "x", { url: "https://gateway.example.com/mcp" }],
  ])("is an Argus or not: %p %j %j", (is, name, definition) => {
    expect(isArgus({ name, definition }, gateway)).toBe(is);
  });

  test("of a bridge has the URL that it leads to", () => {
    expect(urlOf({ args: ["mcp-remote", "https://a.example/mcp"] })?.href).toBe("https://a.example/mcp");
  });
});

test("snippets are whole files that name the gateway, one for each client and a command", () => {
  const all = snippets("http://127.0.0.1:9000/mcp", {
    name: "gate",
    authorization: { variable: "T" },
    machine: machine({}),
  });
  expect(all.map(({ client, language }) => `${client} ${language}`)).toEqual([
    "claude-desktop json",
    "claude-code json",
    "claude-code sh",
    "cursor json",
    "vscode json",
    "cline json",
    "windsurf json",
  ]);
  for (const { language, text, file } of all) {
    if (language === "json") {
      expect(JSON.stringify(JSON.parse(text))).toContain('"gate":');
      expect(file).toStartWith("~/");
    }
  }
  expect(all.find(({ language }) => language === "sh")?.text).toBe(
    'claude mcp add --transport http --scope user gate http://127.0.0.1:9000/mcp --header "Authorization: Bearer $T"',
  );
});

test("only what is in the home folder is written from there", () => {
  const environment = { CLAUDE_CONFIG_DIR: "/home/melanie", CLINE_DIR: "/home/me/cline" };
  const files = snippets("http://127.0.0.1:9000/mcp", { machine: machine({ environment }) }).map(({ file }) => file);
  expect(files).toContain("/home/melanie/.claude.json");
  expect(files).toContain("~/cline/data/settings/cline_mcp_settings.json");
});
