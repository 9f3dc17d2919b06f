// What the keys that work everywhere do.
import type { Commands } from "./commands.ts";
import { counted } from "./format.ts";
import type { ServersHealth } from "./health.ts";
import type { Action } from "./keys.ts";
import { FIXED, palette, type ServerWish, serverList } from "./palette.ts";
import type { Overlay, Prompt, Shell } from "./screen.ts";
import type { Servers } from "./servers.ts";
import { faultOfUrl, type ServerEntry } from "./servers-file.ts";
import type { Store } from "./state.ts";
import type { Theme } from "./theme.ts";
import { helpOverlay } from "./widgets/help.ts";

/** The servers that can be shown. */
export interface KnownServers {
  readonly list: Pick<Servers, "entries" | "active" | "activate" | "add" | "remove" | "fixed">;
  readonly health: Pick<ServersHealth, "of" | "subscribe" | "start" | "stop">;
  open(entry: ServerEntry): Store;
}

/** The program that is operated. */
export interface Program extends Shell {
  /** The actions that keys can reach now. */
  readonly actions: readonly Action[];
  showTab(index: number): void;
  turnTab(by: number): void;
  /** Opens an overlay that ends with a choice, or without. */
  choose<Choice>(make: (end: (choice?: Choice) => void) => Overlay): Promise<Choice | undefined>;
  /** Runs it, or tells why it is disabled. */
  run(action: Action): void;
  /** Shows this server. */
  follow(store: Store): void;
  setTheme(theme: Theme): void;
}

export interface OperationsOptions {
  servers: KnownServers;
  /** In the order in which they take turns. */
  themes: readonly [Theme, ...Theme[]];
  /** Why the theme cannot be changed, if it cannot. */
  themeReason?: string | null;
  /** The user wants to leave. */
  quit(): void;
}

export class Operations implements Commands {
  readonly #program: Program;
  readonly #options: OperationsOptions;

  constructor(program: Program, options: OperationsOptions) {
    this.#program = program;
    this.#options = options;
  }

  get themeReason(): string | null {
    return this.#options.themeReason ?? null;
  }

  get listReason(): string | null {
    return this.#options.servers.list.fixed ? FIXED : null;
  }

  get connectReason(): string | null {
    return this.#program.store.state.link.phase === "live" ? "the link is live" : null;
  }

  showTab(index: number): void {
    this.#program.showTab(index);
  }

  turnTab(by: number): void {
    this.#program.turnTab(by);
  }

  showHelp(): void {
    const { actions, ui } = this.#program;
    void this.#program.choose((end) => helpOverlay(ui, actions, end));
  }

  showPalette(): void {
    const { actions, ui } = this.#program;
    void this.#program
      .choose<Action>((end) => palette(ui, actions, end))
      .then((action) => action && this.#program.run(action));
  }

  showServers(): void {
    const { ui, store } = this.#program;
    const { list, health } = this.#options.servers;
    health.start();
    const ignore = health.subscribe(() => ui.redraw());
    void this.#program
      .choose<ServerWish>((end) => serverList(ui, { list, health, shown: store.url }, end))
      .then((wish) => wish && this.#grant(wish))
      .finally(() => {
        ignore();
        return health.stop();
      });
  }

  addServer(): void {
    const { list } = this.#options.servers;
    const ask = (prompt: Omit<Prompt, "title">) => this.#program.prompt({ title: "Add a server", ...prompt });
    const faultOfName = (name: string) => {
      if (name === "") return "a server needs a name";
      return list.entries.some((entry) => entry.name === name) ? `there is a server "${name}" already` : null;
    };
    this.#program.perform(async () => {
      const fault = (text: string) => faultOfUrl(text) ?? null;
      const url = await ask({ placeholder: "its URL, e.g. http://127.0.0.1:9000", fault });
      if (url === null) return null;
      const name = await ask({ placeholder: "its name", value: new URL(url).host, fault: faultOfName });
      if (name === null) return null;
      const token = await ask({ placeholder: "its management token; nothing if it needs none", secret: true });
      if (token === null) return null;
      list.add({ name, url, token });
      return `${name} is in the list: s shows it`;
    });
  }

  connect(): void {
    this.#program.store.start();
  }

  reload(): void {
    this.#program.toast("reloading the configuration …", "info");
    this.#program.perform(async () => {
      const { reloaded, errors, restart_required: restart, ...changes } = await this.#program.store.reload();
      if (!reloaded) throw new Error(errors.join("\n"));
      const { backends_added: added, backends_removed: removed, backends_changed: changed } = changes;
      const rest = restart.length > 0 ? `; a restart is needed for ${restart.join(", ")}` : "";
      return `reloaded: ${counted(added.length, "backend")} added, ${removed.length} removed, ${changed.length} changed${rest}`;
    });
  }

  nextTheme(): void {
    const { themes } = this.#options;
    const index = themes.findIndex(({ name }) => name === this.#program.ui.theme.name);
    const next = themes[(index + 1) % themes.length] ?? themes[0];
    this.#program.setTheme(next);
    this.#program.toast(`theme: ${next.name}`);
  }

  quit(): void {
    this.#options.quit();
  }

  #grant(wish: ServerWish): void {
    if (wish.wish === "add") this.addServer();
    else if (wish.wish === "show") this.#change(wish.entry);
    else this.#remove(wish.entry);
  }

  #remove({ name, url }: ServerEntry): void {
    const { list, open } = this.#options.servers;
    const text = "The server itself goes on. Its token is forgotten, if the list has it.";
    this.#program.perform(async () => {
      if (!(await this.#program.ask({ title: `Remove ${name} from the list?`, text, yes: "Remove it" }))) return null;
      list.remove(name);
      if (url === this.#program.store.url) this.#program.follow(open(list.active));
      return `${name} is no longer in the list`;
    });
  }

  #change(entry: ServerEntry): void {
    const { list, open } = this.#options.servers;
    this.#program.follow(open(entry));
    this.#program.perform(async () => {
      list.activate(entry.name);
      return null;
    });
  }
}
