// The compiled terminal UI in tmux, in front of living gateways: its stories, step by step, on a small terminal and a large one.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reference, script, tiny } from "../fixtures/backends.ts";
import { folder } from "../fixtures/command.ts";
import { binary, type Gateway, startGateway } from "../fixtures/gateway.ts";
import { openPane, type Pane } from "../fixtures/tmux.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(60_000);

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];
type Size = (typeof SIZES)[number];

interface Server {
  name: string;
  url: string;
  token?: string;
}

interface Ui extends AsyncDisposable {
  pane: Pane;
  /** As the pane's own, and the screen must have no flaw. */
  sees(what: string | RegExp): Promise<string>;
}

/** Opens the program in front of these servers, the first of which it shows. */
async function open(servers: Server[], size: Size, env: Record<string, string> = {}): Promise<Ui> {
  const place = folder({ "servers.json": { version: "1", servers } });
  const { directory } = place;
  const pane = await openPane({ directory, ...size, env: { HOME: directory, XDG_CONFIG_HOME: directory, ...env } });
  await pane.type(`${binary} tui --servers-config servers.json`);
  await pane.press("Enter");
  const ui: Ui = {
    pane,
    sees: async (what) => {
      let screen = await pane.sees(what);
      // tmux also shows a frame that is half drawn, and the one before while the window gets another size.
      await until("the screen is whole", async () => {
        if (flawOf(screen) === null) return true;
        screen = await pane.sees(what);
        return false;
      }).catch(() => expect(`${flawOf(screen)}\n${screen}`).toBe(""));
      return screen;
    },
    async [Symbol.asyncDispose]() {
      await pane[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
  return ui;
}

/** What is wrong with a screen, whatever it shows: it has a header, a footer with keys, frames from edge to edge, and nothing that only programs say. */
function flawOf(screen: string): string | null {
  const lines = screen.trimEnd().split("\n");
  const [header = "", footer = ""] = [lines[0], lines.at(-1)];
  if (!header.startsWith(" Argus ")) return `no header: ${header}`;
  if (!/ (keys|close|no|clear|keep|cancel|choose|run|take)\b|^ [✔✖▲•◐]/.test(footer)) return `no footer: ${footer}`;
  const open = lines.find((line) => /^[╭│╰]/.test(line) && !/[╮│╯]$/.test(line));
  if (open !== undefined) return `a frame is not closed: ${open}`;
  return /.*(?:undefined|NaN|\[object|\bnull\b).*/.exec(screen)?.[0] ?? null;
}

const one = () => startGateway({ version: "1", backends: { echo: tiny("say") } });

describe.each(SIZES)("at $columns by $rows", (size) => {
  test("another server is chosen, and is the one that is shown next time", async () => {
    await using home = await one();
    await using work = await startGateway({ version: "1", backends: { notes: tiny("write"), mail: tiny("send") } });
    const servers = [
      { name: "home", url: home.url },
      { name: "work", url: work.url },
    ];
    await using ui = await open(servers, size);
    const { pane } = ui;
    expect(await ui.sees(/● {2}echo +ready/)).toMatch(/● home/);
    await pane.press("s");
    await ui.sees(/● home .*shown.*healthy/);
    await ui.sees(/● work .*healthy/);
    await pane.type("wo");
    await pane.seesNo(/● home .*shown/);
    await pane.press("Enter");
    expect(await ui.sees(/● {2}mail +ready/)).toMatch(/● work/);
    await ui.sees(/● {2}notes +ready/);
    await pane.seesNo("echo");
    await pane.press("q");
    await pane.sees(/tui --servers-config servers\.json\n\$/);
    await pane.type(`${binary} tui --servers-config servers.json`);
    await pane.press("Enter");
    await ui.sees(/● {2}mail +ready/);
  });

  test("a tool is found by a search, called, and its result read", async () => {
    await using gateway = await startGateway({ version: "1", backends: { everything: reference("everything") } });
    await using ui = await open([{ name: "home", url: gateway.url }], size);
    await ui.sees(/● {2}everything +ready/);
    await ui.pane.press("3");
    await ui.sees(/Tools [1-9]/);
    await ui.pane.press("/");
    await ui.pane.type("sum of two");
    await ui.sees("─ get-sum ─");
    await ui.pane.press("Enter", "Enter");
    await ui.sees(/▸ a\* number, required/);
    await ui.pane.type("20");
    await ui.pane.press("Tab");
    await ui.sees("▸ b*");
    await ui.pane.type("22");
    await ui.pane.press("Enter");
    await ui.sees("The sum of 20 and 22 is 42.");
    await ui.pane.press("Escape");
    await ui.pane.seesNo("The sum of 20 and 22");
    await ui.sees("─ get-sum ─");
  });

  test("a backend dies and comes back", async () => {
    const backends = {
      echo: tiny("say"),
      frail: script(`test -f alive && exec sh "$tiny" live; echo no life >&2; exit 1`),
    };
    await using gateway = await startGateway({ version: "1", backends });
    writeFileSync(join(gateway.directory, "alive"), "");
    await using ui = await open([{ name: "home", url: gateway.url }], size);
    await ui.sees(/● {2}frail +ready/);
    await ui.sees(/● healthy 2\/2/);
    unlinkSync(join(gateway.directory, "alive"));
    const { pid } = (await (await gateway.manage("/backends/frail")).json()) as { pid: number };
    process.kill(pid, "SIGKILL");
    await ui.sees(/[↻✖◐] {2}frail +(retrying|failed|initializing)/);
    await ui.sees(/▲ degraded 1\/2/);
    await ui.pane.press("2", "Down");
    await ui.sees(/no life/);
    writeFileSync(join(gateway.directory, "alive"), "");
    await ui.pane.press("r");
    await ui.sees(/● +frail/);
    await ui.pane.press("1");
    await ui.sees(/● {2}frail +ready/);
    await ui.sees(/● healthy 2\/2/);
  });

  test("a configuration with a mistake is refused with its place, and a good one is taken", async () => {
    await using gateway = await one();
    await using ui = await open([{ name: "home", url: gateway.url }], size);
    await ui.sees(/● {2}echo +ready/);
    gateway.edit("version: '1'\nbackends:\n  echo:\n    type: stdio\n    command: sh\n    arg: []\n");
    await ui.pane.press("C-r");
    await ui.sees(/✖ .*config\.yaml:6:5: backends\.echo\.arg: unknown key "arg"/);
    await ui.sees(/● {2}echo +ready/);
    await ui.pane.press("7");
    await ui.sees("✖ the file is wrong");
    gateway.edit({ version: "1", backends: { echo: tiny("say"), more: tiny("tell") } });
    await ui.pane.press("r");
    await ui.sees("✔ in force");
    await ui.pane.press("1");
    await ui.sees(/● {2}more +ready/);
  });

  test("a wrong token is one clear sentence, and another server can be chosen", async () => {
    const env = { ARGUS_MGMT_TOKEN: "the-right-token" };
    await using gateway = await startGateway({ version: "1", backends: { echo: tiny("say") } }, { env });
    const servers = [
      { name: "wrong", url: gateway.url, token: "another-token" },
      { name: "right", url: gateway.url.replace("127.0.0.1", "localhost"), token: "the-right-token" },
    ];
    await using ui = await open(servers, size);
    const screen = await ui.sees(/✖ refused/);
    expect(screen).toMatch(/the token is wrong: .* does not accept it/);
    expect(screen).not.toMatch(/the-right-token|another-token| {4}at /);
    await ui.pane.press("s");
    await ui.sees("Servers");
    await ui.pane.type("right");
    await ui.pane.press("Enter");
    await ui.sees(/● {2}echo +ready/);
  });

  test("the server is gone, and is followed when it is back", async () => {
    await using gateway = await one();
    await using ui = await open([{ name: "home", url: gateway.url }], size);
    await ui.sees(/● live/);
    gateway.kill("SIGKILL");
    // What was known stays to be read.
    expect(await ui.sees(/▲ lost/)).toContain("echo");
    const args = ["--port", new URL(gateway.url).port];
    await using again = await startGateway({ version: "1", backends: { other: tiny("say") } }, { args });
    await ui.sees(/● {2}other +ready/);
    await ui.sees("● live");
    expect(again.url).toBe(gateway.url);
    await ui.pane.seesNo(/echo +ready/);
  });
});

test("the window becomes small, too small, and large", async () => {
  await using gateway = await one();
  await using ui = await open([{ name: "home", url: gateway.url }], { columns: 200, rows: 50 });
  await ui.sees(/─ Sessions .*─╮/);
  await ui.pane.resize(80, 24);
  await ui.pane.seesNo("─ Sessions");
  const small = await ui.sees(/● {2}echo +ready/);
  for (const line of small.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
  await ui.pane.resize(40, 10);
  await ui.pane.sees(/too\s+small/);
  await ui.pane.resize(200, 50);
  await ui.sees(/─ Sessions .*─╮/);
  const large = await ui.sees(/● {2}echo +ready/);
  expect(Bun.stringWidth(large.split("\n")[2] ?? "")).toBe(200);
});

describe("the pane is left as it was found", () => {
  const modesOfLine = "stty -a | tr ';' '\\n' | grep -v 'rows\\|columns'";

  /** Opens and leaves the program, and compares what the shell has before and after. */
  async function compare(leave: (pane: Pane, gateway: Gateway) => Promise<void>, env: Record<string, string> = {}) {
    await using gateway = await one();
    using place = folder();
    const { directory } = place;
    const where = { HOME: directory, XDG_CONFIG_HOME: directory, ...env };
    await using pane = await openPane({ directory, columns: 80, rows: 24, env: where });
    await pane.type(`${modesOfLine} > before; echo here I was`);
    await pane.press("Enter");
    await pane.sees(/\nhere I was\n\$/);
    const before = { modes: await pane.modes(), screen: await pane.screen("styled") };
    await pane.type(`${binary} tui --server ${gateway.url}; ${modesOfLine} > after; echo code $?`);
    await pane.press("Enter");
    await pane.sees(/● {2}echo +ready/);
    const during = await pane.screen("styled");
    expect(await pane.modes()).not.toBe(before.modes);
    await leave(pane, gateway);
    const screen = await pane.sees(/code 0\n\$/);
    expect(screen).toMatch(/^\$ stty.*\nhere I was\n\$ .*tui --server/s);
    expect(screen).not.toContain("Dashboard");
    expect(await pane.modes()).toBe(before.modes);
    const read = (name: string) => Bun.file(join(directory, name)).text();
    expect(await read("after")).toBe(await read("before"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are told by them
    return { coloured: /\u001b\[[0-9;]*(3[0-7]|4[0-7]|[34]8[;:])/.test(during) };
  }

  test("by q", async () => {
    const { coloured } = await compare((pane) => pane.press("q"));
    expect(coloured).toBe(true);
  });

  test("by SIGTERM", async () => {
    await compare(async (pane) => {
      const child = await until("the program runs", async () => childOf(await pane.pid()));
      process.kill(child, "SIGTERM");
    });
  });

  test("with NO_COLOR, and then it has none", async () => {
    const { coloured } = await compare((pane) => pane.press("q"), { NO_COLOR: "1" });
    expect(coloured).toBe(false);
  });
});

/** The first child of a process. */
async function childOf(pid: number): Promise<number> {
  const found = await Bun.file(`/proc/${pid}/task/${pid}/children`).text();
  return Number(found.split(" ")[0]);
}
