// Takes the terminal, runs the program in it, and gives it back as it was, whatever happens.
import {
  CliRenderEvents,
  type CliRenderer,
  type CliRendererConfig,
  createCliRenderer,
  type ThemeMode,
} from "@opentui/core";
import { App } from "./app.ts";
import { terminalClipboard } from "./clipboard.ts";
import type { KnownServers } from "./operations.ts";
import type { ScreenDefinition } from "./screen.ts";
import { SCREENS } from "./screens.ts";
import { colourless, THEMES, type Theme, themeOf } from "./theme.ts";

/** So long, in milliseconds, the terminal may take to tell its background. */
const PATIENCE = 120;
/** What terminals that know no more than sixteen colours call themselves. */
const SIXTEEN = /^(linux|vt\d+|ansi|cygwin|(screen|tmux|xterm|rxvt)(-(8|16|88)?color)?)$/;
/** The terminal keeps its title while ours is shown. */
const SAVE_TITLE = "\x1b[22;2t";
const RESTORE_TITLE = "\x1b[23;2t";

export interface RunOptions {
  servers: KnownServers;
  screens?: readonly ScreenDefinition[];
  /** One of THEMES; by the terminal's background unless given. */
  theme?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** Takes the terminal. Loads the native library, and rejects when that fails. */
export async function openRenderer(): Promise<CliRenderer> {
  const renderer = await createRenderer({
    ...{ exitOnCtrlC: false, exitSignals: [], consoleMode: "disabled", openConsoleOnError: false },
    ...{ screenMode: "alternate-screen", enableMouseMovement: false, useMouse: true, maxFps: 60, targetFps: 60 },
  });
  process.stdout.write(SAVE_TITLE);
  return renderer;
}

/**
 * The library mixes the terminal's own colours from red, green and blue where it finds that there are sixteen, which is what such
 * terminals do not understand. Told that there are 256, it names them by their number, which they do.
 */
async function createRenderer(config: CliRendererConfig): Promise<CliRenderer> {
  const { TERM = "", COLORTERM } = process.env;
  if (!SIXTEEN.test(TERM) || COLORTERM) return await createCliRenderer(config);
  process.env.TERM = `${TERM}-256color`;
  try {
    return await createCliRenderer({ ...config, forwardEnvKeys: ["TERM"] });
  } finally {
    process.env.TERM = TERM;
  }
}

/** Resolves when the user has left, or a signal ended it. Rejects with what went wrong, when the terminal is well again. */
export async function run(renderer: CliRenderer, options: RunOptions): Promise<void> {
  const { servers, screens = SCREENS, theme, env } = options;
  const end = ending();
  try {
    const coloured = !env.NO_COLOR;
    const app = new App({
      ...{ renderer, servers, screens },
      clipboard: terminalClipboard(env, (sequence) => process.stdout.write(sequence)),
      themes: coloured ? themesFrom(theme ?? (await fitting(renderer, env))) : [colourless()],
      themeReason: coloured ? null : "NO_COLOR is set: no colours",
      quit: () => end.leave(),
    });
    app.start();
    if (coloured && theme === undefined) followTerminal(renderer, app);
    await end.left.finally(async () => {
      const stopped = app.stop();
      // The terminal first: nobody waits for the network to get it back.
      renderer.destroy();
      await stopped;
    });
  } finally {
    end.stop();
    renderer.destroy();
    process.stdout.write(RESTORE_TITLE);
  }
}

/** Resolves when somebody wants to leave, by a key or a signal; rejects with an error that nobody caught. */
function ending() {
  const { promise: left, resolve: leave, reject } = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
  for (const signal of signals) process.on(signal, leave);
  process.on("uncaughtException", reject);
  process.on("unhandledRejection", reject);
  const stop = () => {
    for (const signal of signals) process.off(signal, leave);
    process.off("uncaughtException", reject);
    process.off("unhandledRejection", reject);
  };
  return { left, leave, stop };
}

/** Goes along when the terminal turns dark or light, or only now tells; unless another theme was chosen. */
function followTerminal(renderer: CliRenderer, app: App): void {
  renderer.on(CliRenderEvents.THEME_MODE, (mode: ThemeMode) => {
    if (app.theme.name === "dark" || app.theme.name === "light") app.setTheme(themeOf(mode));
  });
}

/** The themes, beginning with this one. */
function themesFrom(name: string): [Theme, ...Theme[]] {
  return [themeOf(name), ...THEMES.filter((other) => other !== name).map(themeOf)];
}

/** The theme for this terminal: its own colours where it knows no others, else what goes with its background. */
async function fitting(
  renderer: CliRenderer,
  { TERM = "", TERM_PROGRAM, COLORTERM }: NodeJS.ProcessEnv,
): Promise<string> {
  const simple = SIXTEEN.test(TERM) || TERM_PROGRAM === "Apple_Terminal";
  if (simple && !COLORTERM) return "terminal";
  return (await renderer.waitForThemeMode(PATIENCE)) ?? "dark";
}
