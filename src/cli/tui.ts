// argus-mcp tui: shows what one or several gateways do, and operates them, in the terminal.
import { type ArgsDef, defineCommand, type ParsedArgs } from "citty";
import { gatewayAddress, originOf } from "../config/address.ts";
import { loadClientSettings } from "../config/client.ts";
import type { Config } from "../config/schema.ts";
import type { FoundSecrets } from "../config/secrets.ts";
import { ServersHealth } from "../tui/health.ts";
import { Servers } from "../tui/servers.ts";
import type { ServerEntry } from "../tui/servers-file.ts";
import { ServerStore } from "../tui/store.ts";
import { reachDirectly } from "./direct.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const THEMES = ["dark", "light", "high-contrast", "terminal"];

const args = {
  server: {
    type: "string",
    valueHint: "URL",
    description: "the gateway (default: what the configuration says, else http://127.0.0.1:9000)",
  },
  token: { type: "string", valueHint: "T", description: "its management token (default: $ARGUS_MGMT_TOKEN)" },
  "servers-config": {
    type: "string",
    valueHint: "PATH",
    description: "a file with several gateways (default: ~/.config/argus-mcp/servers.json)",
  },
  theme: {
    type: "string",
    valueHint: "NAME",
    description: `${THEMES.join(", ")} (default: what goes with the terminal's background)`,
  },
} as const satisfies ArgsDef;

const WITHOUT_TUI =
  "this executable has no terminal UI, since OpenTUI has no native library for 64-bit ARM with musl: run argus-mcp tui --server URL on another machine";

/** The build defines it for platforms that the UI's library has nothing for. */
declare const ARGUS_WITHOUT_TUI: true;

export const tui = defineCommand({
  meta: { name: "tui", description: "Watch and operate gateways in the terminal" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    if (typeof ARGUS_WITHOUT_TUI !== "undefined") throw new Error(WITHOUT_TUI);
    await open(given);
  },
});

async function open(given: ParsedArgs<typeof args>): Promise<void> {
  const theme = needsValue("theme", given.theme);
  if (theme !== undefined && !THEMES.includes(theme)) {
    throw new UsageError(`--theme is one of ${THEMES.join(", ")}, not ${theme}`);
  }
  checkTerminal(process.env);
  const flags = {
    server: needsValue("server", given.server),
    token: needsValue("token", given.token),
    serversConfig: needsValue("servers-config", given["servers-config"]),
  };
  const own = await ownServer();
  reachDirectly(own);
  const settings = {
    ...(own && { server_url: own.origin }),
    ...(await loadClientSettings(process.env, { find: findSecrets })),
  };
  const list = new Servers({ flags, settings, environment: process.env });
  const servers = {
    list,
    health: new ServersHealth({ servers: () => list.entries }),
    open: (entry: ServerEntry) => new ServerStore({ ...entry, token: list.tokenFor(entry) }),
  };
  const { run, renderer } = await openUi();
  await run(renderer, { servers, theme: theme ?? knownTheme(settings.theme), env: process.env });
  process.exit(0);
}

/** The server that the configuration of this place is for, if it tells. */
async function ownServer(): Promise<URL | undefined> {
  const address = await gatewayAddress(undefined, process.env).catch(() => undefined);
  return address && originOf(address);
}

/** The theme of the configuration. Throws an Error. */
function knownTheme(name: string | undefined): string | undefined {
  if (name === undefined || THEMES.includes(name)) return name;
  throw new Error(`client.theme in the configuration is one of ${THEMES.join(", ")}, not ${name}`);
}

/** The stores are loaded by those who have secrets. */
async function findSecrets(names: readonly string[], where: Config["secrets"]): Promise<FoundSecrets> {
  const { findSecrets } = await import("../secrets/resolve.ts");
  return await findSecrets(names, where, process.env);
}

/** The library would write its escape sequences anywhere. Throws an Error. */
function checkTerminal({ TERM = "" }: NodeJS.ProcessEnv): void {
  const streams = [
    [process.stdin, "standard input"],
    [process.stdout, "standard output"],
  ] as const;
  for (const [stream, name] of streams) if (!stream.isTTY) throw new Error(`tui needs a terminal, and ${name} is none`);
  // Windows' terminals do not name themselves.
  if ((TERM === "" && process.platform !== "win32") || TERM === "dumb") {
    throw new Error(`tui needs a terminal that can be drawn on; TERM is ${TERM === "" ? "not set" : TERM}`);
  }
}

/** Its native library is unpacked first. Throws an Error that says what that needs. */
async function openUi() {
  try {
    const { run, openRenderer } = await import("../tui/run.ts");
    return { run, renderer: await openRenderer() };
  } catch (error) {
    const place = process.env.BUN_TMPDIR ?? process.env.TMPDIR ?? "/tmp";
    const reason = error instanceof Error ? error.message : String(error);
    const needs = "which must be writable, have 15 MB free and allow programs to be run from";
    throw new Error(
      `the native library of the terminal UI could not be loaded from ${place}, ${needs}: set TMPDIR to another directory (${reason})`,
      { cause: error },
    );
  }
}
