// The keys that work everywhere.
import type { Binding } from "./keys.ts";

/** What the commands ask of the program. */
export interface Commands {
  /** Why the colours cannot be changed, if they cannot. */
  readonly themeReason: string | null;
  showTab(index: number): void;
  /** Goes to the tab so many places on, and round. */
  turnTab(by: number): void;
  showServers(): void;
  nextTheme(): void;
  showPalette(): void;
  showHelp(): void;
  reload(): void;
  /** Why it makes no sense to connect again, if it makes none. */
  readonly connectReason: string | null;
  /** Connects to the server again, without waiting. */
  connect(): void;
  /** Why no server can be added to the list, if none can. */
  readonly listReason: string | null;
  addServer(): void;
  quit(): void;
}

/** Bindings for tabs of these titles. */
export function commands(titles: readonly string[]): Binding<Commands>[] {
  const group = "Everywhere";
  return [
    ...titles.map(
      (title, index): Binding<Commands> => ({
        keys: [String(index + 1)],
        description: `Show ${title}`,
        group: "Tabs",
        run: (app) => app.showTab(index),
      }),
    ),
    { keys: ["tab"], description: "The next tab", group: "Tabs", run: (app) => app.turnTab(1) },
    { keys: ["shift+tab"], description: "The tab before", group: "Tabs", run: (app) => app.turnTab(-1) },
    { keys: ["?", "f1"], description: "Show all keys", group, hint: "keys", run: (app) => app.showHelp() },
    { keys: [":", "ctrl+p"], description: "Find a command", group, hint: "commands", run: (app) => app.showPalette() },
    { keys: ["q", "ctrl+c"], description: "Quit", group, hint: "quit", run: (app) => app.quit() },
    { keys: ["s"], description: "Choose a server", group, hint: "servers", run: (app) => app.showServers() },
    {
      keys: ["t"],
      description: "Other colours",
      group,
      hint: "theme",
      disabledReason: (app) => app.themeReason,
      run: (app) => app.nextTheme(),
    },
    {
      keys: ["ctrl+o"],
      description: "Connect to the server again",
      group,
      disabledReason: (app) => app.connectReason,
      run: (app) => app.connect(),
    },
    {
      keys: ["ctrl+n"],
      description: "Add a server",
      group,
      disabledReason: (app) => app.listReason,
      run: (app) => app.addServer(),
    },
    { keys: ["ctrl+r"], description: "Reload the configuration of the server", group, run: (app) => app.reload() },
  ];
}
