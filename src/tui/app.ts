// The program around the screens: header, tabs, footer, what lies over them, and where keys go.
import { BoxRenderable, type CliRenderer, type KeyEvent, type RenderContext } from "@opentui/core";
import { type Commands, commands } from "./commands.ts";
import { serverPieces, statePieces } from "./header.ts";
import type { ServersHealth } from "./health.ts";
import { type Action, bind, chordOf, find } from "./keys.ts";
import { Overlays } from "./overlays.ts";
import { palette, serverList } from "./palette.ts";
import type { Overlay, Question, ScreenDefinition, Search, Shell } from "./screen.ts";
import type { Servers } from "./servers.ts";
import type { ServerEntry } from "./servers-file.ts";
import { Stage } from "./stage.ts";
import type { Store } from "./state.ts";
import { tabsOf } from "./tabs.ts";
import type { Theme } from "./theme.ts";
import { blank, type Ui } from "./ui.ts";
import { Bar } from "./widgets/bar.ts";
import { Footer, type Tone } from "./widgets/footer.ts";
import { helpOverlay } from "./widgets/help.ts";
import { questionOverlay } from "./widgets/question.ts";

/** Uptime and ages are drawn anew this often, in milliseconds. */
const TICK = 1_000;

export interface AppOptions {
  renderer: CliRenderer;
  servers: KnownServers;
  screens: readonly ScreenDefinition[];
  /** In the order of the key that changes them; the first is used. */
  themes: readonly [Theme, ...Theme[]];
  /** Why the theme cannot be changed, if it cannot. */
  themeReason?: string | null;
  /** The user wants to leave. */
  quit(): void;
}

/** The servers that can be shown. */
export interface KnownServers {
  readonly list: Pick<Servers, "entries" | "active" | "activate">;
  readonly health: Pick<ServersHealth, "of" | "subscribe" | "start" | "stop">;
  open(entry: ServerEntry): Store;
}

export class App implements Ui, Commands, Shell {
  readonly #options: AppOptions;
  readonly #renderer: CliRenderer;
  readonly #root: BoxRenderable;
  readonly #header: Bar;
  readonly #tabs: Bar;
  readonly #stage: Stage;
  readonly #footer: Footer;
  readonly #overlays: Overlays;
  readonly #everywhere: readonly Action[];
  readonly #searching: readonly Action[];
  #theme: Theme;
  #store: Store;
  #unsubscribe = () => {};
  #timer: Timer | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#renderer = options.renderer;
    this.#store = options.servers.open(options.servers.list.active);
    [this.#theme] = options.themes;
    this.#header = new Bar(this);
    this.#tabs = new Bar(this);
    this.#stage = new Stage(this, options.screens);
    this.#footer = new Footer(this);
    this.#root = new BoxRenderable(this.context, { width: "100%", height: "100%", flexDirection: "column" });
    this.#root.onLifecyclePass = () => this.#update();
    this.#root.renderBefore = (buffer) => blank(buffer, this.#theme, { x: 0, y: 0, ...sizeOf(this.#renderer) });
    this.#overlays = new Overlays(this.#root);
    for (const part of [this.#header, this.#tabs, this.#stage.view, this.#footer.view]) this.#root.add(part);
    this.#everywhere = bind(commands(options.screens.map(({ title }) => title)), this);
    this.#searching = bind(SEARCHING, this.#footer);
  }

  get ui(): Ui {
    return this;
  }

  get context(): RenderContext {
    return this.#renderer;
  }

  get theme(): Theme {
    return this.#theme;
  }

  get store(): Store {
    return this.#store;
  }

  get themeReason(): string | null {
    return this.#options.themeReason ?? null;
  }

  redraw(): void {
    this.#renderer.requestRender();
  }

  /** Draws, listens to keys, and starts to follow the servers. */
  start(): void {
    this.#renderer.root.add(this.#root);
    this.#renderer.keyInput.on("keypress", this.#press);
    this.#renderer.setBackgroundColor(this.#theme.background);
    this.#timer = setInterval(() => this.redraw(), TICK);
    this.#follow(this.#store);
  }

  /** Ends all that was started; the renderer is its owner's. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#footer.quiet();
    this.#unsubscribe();
    this.#stage.close();
    this.#renderer.keyInput.off("keypress", this.#press);
    await Promise.all([this.#store.stop(), this.#options.servers.health.stop()]);
  }

  showTab(index: number): void {
    this.#footer.endSearch(true);
    this.#stage.show(index);
    this.redraw();
  }

  turnTab(by: number): void {
    const { length } = this.#options.screens;
    this.showTab((this.#stage.index + by + length) % length);
  }

  show(title: string, name?: string): void {
    const index = this.#options.screens.findIndex((screen) => screen.title === title);
    if (index < 0) return;
    this.showTab(index);
    if (name !== undefined) this.#stage.choose(name);
  }

  showServers(): void {
    const { list, health } = this.#options.servers;
    health.start();
    const ignore = health.subscribe(() => this.redraw());
    this.#choose(
      (end: (chosen?: ServerEntry) => void) => ({
        ...serverList(this, { list, health, shown: this.#store.url }, end),
        closed: () => {
          ignore();
          void health.stop();
        },
      }),
      (entry) => this.#change(entry),
    );
  }

  showPalette(): void {
    const actions = this.#actions();
    this.#choose(
      (end) => palette(this, actions, end),
      (action: Action) => this.#run(action),
    );
  }

  showHelp(): void {
    const actions = this.#actions();
    this.#choose<never>(
      (end) => helpOverlay(this, actions, end),
      () => {},
    );
  }

  nextTheme(): void {
    const { themes } = this.#options;
    this.setTheme(themes[(themes.indexOf(this.#theme) + 1) % themes.length] ?? themes[0]);
    this.toast(`theme: ${this.#theme.name}`);
  }

  /** Draws everything in this theme from now on. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#renderer.setBackgroundColor(theme.background);
    this.redraw();
  }

  reload(): void {
    this.perform(async () => {
      const { reloaded, errors, backends_added, backends_removed, backends_changed } = await this.#store.reload();
      if (!reloaded) throw new Error(errors.join("; "));
      const counts = [backends_added, backends_removed, backends_changed].map(({ length }) => length);
      return `reloaded: ${counts[0]} backends added, ${counts[1]} removed, ${counts[2]} changed`;
    });
  }

  quit(): void {
    this.#options.quit();
  }

  toast(text: string, tone?: Tone): void {
    this.#footer.tell(text, tone);
  }

  ask(question: Question): Promise<boolean> {
    return new Promise((answer) => {
      this.#choose<boolean>((end) => questionOverlay(this, question, end), answer);
    });
  }

  search(search: Search): void {
    this.#footer.search(search);
    this.redraw();
  }

  open(overlay: Overlay): void {
    this.#footer.endSearch(true);
    this.#overlays.open(overlay);
    this.redraw();
  }

  close(overlay: Overlay): void {
    this.#overlays.close(overlay);
    this.redraw();
  }

  perform(work: () => Promise<string>): void {
    work().then(
      (text) => this.toast(text),
      (error: unknown) => this.toast(error instanceof Error ? error.message : String(error), "bad"),
    );
  }

  /** Opens an overlay that ends with a choice, or without one. */
  #choose<Choice>(make: (end: (choice?: Choice) => void) => Overlay, chosen: (choice: Choice) => void): void {
    const overlay = make((choice) => {
      this.close(overlay);
      if (choice !== undefined) chosen(choice);
    });
    this.open(overlay);
  }

  #change(entry: ServerEntry): void {
    const { list, open } = this.#options.servers;
    void this.#store.stop();
    this.#follow(open(entry));
    try {
      list.activate(entry.name);
    } catch (error) {
      this.toast(error instanceof Error ? error.message : String(error), "warning");
    }
  }

  /** Shows this server. */
  #follow(store: Store): void {
    this.#unsubscribe();
    this.#store = store;
    store.start();
    this.#unsubscribe = store.subscribe(() => this.redraw());
    this.#renderer.setTerminalTitle(`Argus · ${store.name}`);
    this.#stage.open(this);
    this.redraw();
  }

  /** The actions that keys can reach now, the nearest first. */
  #actions(): readonly Action[] {
    const overlay = this.#overlays.top;
    if (overlay) return overlay.actions;
    if (this.#footer.searching) return this.#searching;
    return [...this.#stage.actions, ...this.#everywhere];
  }

  readonly #press = (key: KeyEvent): void => {
    const chord = chordOf(key);
    const action = chord === "ctrl+c" ? find(this.#everywhere, chord) : find(this.#actions(), chord);
    if (!action) return;
    key.preventDefault();
    this.#footer.quiet();
    this.#run(action);
    this.redraw();
  };

  #run(action: Action): void {
    const reason = action.disabledReason();
    if (reason === null) action.run();
    else this.toast(reason, "warning");
  }

  /** Before each frame: brings everything up to what is known. */
  #update(): void {
    const { width } = this.#renderer;
    this.#header.pieces = serverPieces(this.#store, () => this.showServers());
    this.#header.aside = statePieces(this.#store.state, Date.now());
    const titles = this.#options.screens.map(({ title }) => title);
    this.#tabs.pieces = tabsOf(titles, this.#stage.index, width, (index) => this.showTab(index));
    this.#stage.update(this.#store);
    this.#overlays.top?.update?.();
    this.#footer.update(this.#actions());
  }
}

function sizeOf({ width, height }: RenderContext) {
  return { width, height };
}

const SEARCHING = [
  {
    keys: ["return"],
    description: "Keep",
    group: "Search",
    hint: "keep",
    run: (footer: Footer) => footer.endSearch(true),
  },
  {
    keys: ["escape"],
    description: "Search no more",
    group: "Search",
    hint: "clear",
    run: (footer: Footer) => footer.endSearch(false),
  },
];
