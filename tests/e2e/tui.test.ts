// argus-mcp tui on real terminals, and where there is none: it begins, it ends, and leaves everything as it was.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { SCREENS } from "../../src/tui/screens.ts";
import { tiny } from "../fixtures/backends.ts";
import { folder, run } from "../fixtures/command.ts";
import { freePort } from "../fixtures/free-port.ts";
import { binary, type Gateway, root, startGateway } from "../fixtures/gateway.ts";
import { type OnTerminal, onTerminal } from "../fixtures/pty.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const gateway = () => startGateway({ version: "1", backends: { echo: tiny("say") } });

function open({ url }: Pick<Gateway, "url">, env: Record<string, string> = {}, args: string[] = []): OnTerminal {
  return onTerminal([binary, "tui", "--server", url, ...args], env);
}

/** The alternate screen is left, the cursor is seen, mouse and pasting are as before. */
async function leftAsFound(ui: OnTerminal): Promise<void> {
  await until("the last is written", () => ui.output().endsWith("\u001b[23;2t"));
  const end = ui.output().slice(ui.output().lastIndexOf("\u001b[?1049l") - 200);
  for (const mode of ["1049l", "1000l", "1002l", "1006l", "2004l", "25h"]) expect(end).toContain(`\u001b[?${mode}`);
  expect(ui.restored()).toBe(true);
}

describe("on a terminal", () => {
  test("it shows the gateway, and q gives the terminal back", async () => {
    await using server = await gateway();
    const ui = open(server);
    await ui.sees("echo");
    expect(ui.restored()).toBe(false);
    ui.type("q");
    expect(await ui.exited).toBe(0);
    await leftAsFound(ui);
  });

  test("a result is copied to the clipboard of the terminal", async () => {
    await using server = await gateway();
    const ui = open(server);
    await ui.sees("echo");
    ui.type("3");
    await ui.sees("─ say ─");
    ui.type("\r");
    await ui.sees("esc close");
    ui.type("\u0005");
    await ui.sees("ctrl+s run");
    ui.type("\u0013");
    await ui.sees("y copy");
    ui.type("y");
    await ui.wrote("\u001b]52;c;");
    ui.type("q");
    ui.type("q");
    expect(await ui.exited).toBe(0);
    const [, text = ""] = /\]52;c;([A-Za-z0-9+/=]+)/.exec(ui.output()) ?? [];
    expect(JSON.parse(Buffer.from(text, "base64").toString())).toHaveProperty("content");
  });

  test("a client's text goes to the terminal's clipboard", async () => {
    await using server = await gateway();
    const ui = open(server, { TMUX: "" });
    await ui.sees("echo");
    ui.type(`${SCREENS.findIndex(({ title }) => title === "Clients") + 1}`);
    await ui.sees("Claude Code (command)");
    ui.type("jj");
    await ui.sees("claude mcp add");
    ui.type("y");
    const text = `claude mcp add --transport http --scope user argus ${server.url}/mcp`;
    await ui.wrote(`\u001b]52;c;${btoa(text)}\u0007`);
    ui.type("q");
    expect(await ui.exited).toBe(0);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends it as q does", async (signal) => {
    const ui = open({ url: "http://127.0.0.1:9" });
    await ui.sees("No answer from");
    ui.kill(signal);
    expect(await ui.exited).toBe(0);
    await leftAsFound(ui);
  });

  test.each(["drawing", "promise"])("a fault of our own gives it back too, and is told (%s)", async (way) => {
    const ui = onTerminal([process.execPath, join(root, "tests/fixtures/crashing-ui.ts"), way], {});
    await ui.sees("fail");
    ui.type("c");
    expect(await ui.exited).toBe(1);
    await until("it says why", () => ui.output().endsWith("told: a fault of ours\r\n"));
    expect(ui.output()).toMatch(/\[\?1049l.*told: a fault of ours/s);
    expect(ui.restored()).toBe(true);
  });

  test("without NO_COLOR there are colours, and with it none", async () => {
    const colour = /\[[0-9;]*[34]8;[0-9;]*m/;
    const coloured = open({ url: "http://127.0.0.1:9" });
    await coloured.sees("No answer from");
    coloured.type("q");
    await coloured.exited;
    expect(coloured.output()).toMatch(colour);
    const plain = open({ url: "http://127.0.0.1:9" }, { NO_COLOR: "1" });
    await plain.sees("No answer from");
    plain.type("q");
    await plain.exited;
    expect(plain.output()).not.toMatch(colour);
  });

  test("--theme and the configuration name the colours", async () => {
    using place = folder({
      "config.yaml": { version: "1", client: { theme: "light", server_url: "http://127.0.0.1:9" } },
    });
    const light = "\u001b[48;2;252;252;250m";
    const ui = onTerminal(
      [binary, "tui"],
      { HOME: place.directory, XDG_CONFIG_HOME: undefined },
      { cwd: place.directory },
    );
    await ui.wrote(light);
    ui.type("q");
    expect(await ui.exited).toBe(0);
    const dark = onTerminal(
      [binary, "tui", "--theme", "terminal"],
      { HOME: place.directory },
      { cwd: place.directory },
    );
    await dark.sees("No answer from");
    dark.type("q");
    await dark.exited;
    expect(dark.output()).not.toContain("48;2;");
  });

  test("a terminal of sixteen colours gets no others", async () => {
    const ui = open({ url: "http://127.0.0.1:9" }, { TERM: "xterm-16color", COLORTERM: "" });
    await ui.sees("No answer from");
    ui.type("q");
    await ui.exited;
    expect(ui.output()).toContain("38;5;6m");
    expect(ui.output()).not.toMatch(/[34]8[;:](2|5[;:]\d\d)/);
  });

  test("the colours go with the background that the terminal tells", async () => {
    const ui = open({ url: "http://127.0.0.1:9" });
    await ui.wrote("\u001b]11;?");
    ui.type("\u001b]10;rgb:0000/0000/0000\u0007\u001b]11;rgb:ffff/ffff/ffff\u0007");
    await ui.wrote("\u001b[48;2;252;252;250m");
    ui.type("q");
    expect(await ui.exited).toBe(0);
  });

  test("without a list, it shows the gateway that the configuration of this place is for", async () => {
    const port = freePort();
    using place = folder({ "config.yaml": { version: "1", server: { host: "0.0.0.0", port } } });
    const home = { HOME: place.directory, XDG_CONFIG_HOME: undefined };
    const ui = onTerminal([binary, "tui"], home, { cwd: place.directory });
    await ui.sees(`No answer from http://127.0.0.1:${port}`);
    ui.type("q");
    expect(await ui.exited).toBe(0);
  });

  test("TERM=dumb is no terminal to draw on", async () => {
    const ui = onTerminal([binary, "tui"], { TERM: "dumb" });
    expect(await ui.exited).toBe(1);
    await ui.wrote("tui needs a terminal that can be drawn on; TERM is dumb");
  });

  test("a directory where the native library cannot be put: one sentence says so", async () => {
    using place = folder();
    const missing = join(place.directory, "missing");
    const ui = onTerminal([binary, "tui"], { TMPDIR: missing, BUN_TMPDIR: missing });
    expect(await ui.exited).toBe(1);
    await ui.wrote("set TMPDIR to another directory");
    expect(ui.output()).toContain(missing);
    expect(ui.output()).not.toContain("    at ");
    expect(ui.restored()).toBe(true);
  });

  test("an executable that has no native library: one sentence says so", async () => {
    const ui = onTerminal(
      [process.execPath, "--define=ARGUS_WITHOUT_TUI=true", "src/main.ts", "tui"],
      {},
      { cwd: root },
    );
    expect(await ui.exited).toBe(1);
    await ui.wrote("argus-mcp: this executable has no terminal UI");
    expect(ui.output()).toContain("run argus-mcp tui --server URL on another machine");
    expect(ui.restored()).toBe(true);
  });
});

describe("without a terminal", () => {
  test("says that it needs one, and writes no escape sequence", async () => {
    using place = folder();
    const { code, stdout, stderr } = await run(["tui"], place);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe("argus-mcp: tui needs a terminal, and standard input is none\n");
  });

  test("refuses what is no theme", async () => {
    using place = folder();
    const { code, stderr } = await run(["tui", "--theme", "pink"], place);
    expect(code).toBe(2);
    expect(stderr).toContain("--theme is one of dark, light, high-contrast, terminal, not pink");
  });

  test("has help", async () => {
    using place = folder();
    const { code, stdout } = await run(["tui", "--help"], place);
    expect(code).toBe(0);
    for (const flag of ["--server", "--token", "--servers-config", "--theme"]) expect(stdout).toContain(flag);
  });
});
