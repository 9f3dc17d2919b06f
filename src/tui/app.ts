// The program around the screens: header, tabs, footer, what lies over them, and where keys go.
import { BoxRenderable, type CliRenderer, type KeyEvent, type RenderContext } from "@opentui/core";
import type { Clipboard } from "./clipboard.ts";
import { commands } from "./commands.ts";
import { serverPieces, statePieces } from "./header.ts";
import { type Action, bind, chordOf, find } from "./keys.ts";
import { Operations, type OperationsOptions, type Program } from "./operations.ts";
import { Overlays } from "./overlays.ts";
import type { Overlay, Prompt, Question, ScreenDefinition, Search } from "./screen.ts";
import { Stage } from "./stage.ts";
import type { Store } from "./state.ts";
import { tabsOf } from "./tabs.ts";
import { visible, widthOf, wrap } from "./text.ts";
import type { Theme } from "./theme.ts";
import { blank, type Ui } from "./ui.ts";
import { Bar } from "./widgets/bar.ts";
import { Footer, type Tone } from "./widgets/footer.ts";
import { messageOverlay } from "./widgets/message.ts";
import { whileTyping } from "./widgets/movement.ts";
import type { Content } from "./widgets/pane.ts";
import { promptOverlay } from "./widgets/prompt.ts";
import { questionOverlay } from "./widgets/question.ts";

/** Uptime and ages are drawn anew this often, in milliseconds. */
const TICK = 1_000;

export interface AppOptions extends OperationsOptions {
  renderer: CliRenderer;
  screens: readonly ScreenDefinition[];
  clipboard: Clipboard;
}

export class App implements Ui, Program {
  readonly #options: AppOptions;
  readonly #renderer: CliRenderer;
  readonly #root: BoxRenderable;
  readonly #header: Bar;
  readonly #tabs: Bar;
  readonly #stage: Stage;
  readonly #footer: Footer;
  readonly #overlays: Overlays;
  readonly #operations: Operations;
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
    this.#overlays = new Overlays(this.#root, () => {
      this.#footer.endSearch(true);
      this.redraw();
    });
    for (const part of [this.#header, this.#tabs, this.#stage.view, this.#footer.view]) this.#root.add(part);
    this.#operations = new Operations(this, options);
    this.#everywhere = bind(commands(options.screens.map(({ title }) => title)), this.#operations);
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

  redraw(): void {
    this.#renderer.requestRender();
  }

  /** Draws, listens to keys, and starts to follow the servers. */
  start(): void {
    this.#renderer.root.add(this.#root);
    this.#renderer.keyInput.on("keypress", this.#press);
    this.#renderer.setBackgroundColor(this.#theme.background);
    this.#timer = setInterval(() => this.redraw(), TICK);
    this.follow(this.#store);
  }

  /** Ends all that was started; the renderer is its owner's. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#footer.quiet();
    this.#unsubscribe();
    for (let top = this.#overlays.top; top; top = this.#overlays.top) this.#overlays.close(top);
    this.#renderer.keyInput.off("keypress", this.#press);
    await Promise.all([this.#stage.close(), this.#store.stop(), this.#options.servers.health.stop()]);
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

  /** Draws everything in this theme from now on. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#renderer.setBackgroundColor(theme.background);
    this.redraw();
  }

  toast(text: string, tone?: Tone): void {
    this.#footer.tell(text, tone);
  }

  choose<Choice>(make: (end: (choice?: Choice) => void) => Overlay): Promise<Choice | undefined> {
    return this.#overlays.choose(make);
  }

  async ask(question: Question): Promise<boolean> {
    return (await this.choose<boolean>((end) => questionOverlay(this, question, end))) ?? false;
  }

  async prompt(prompt: Prompt): Promise<string | null> {
    return (await this.choose<string>((end) => promptOverlay(this, prompt, end))) ?? null;
  }

  search(search: Search): void {
    this.#footer.search(search);
    this.redraw();
  }

  copy(text: string, name: string): void {
    const { clipboard } = this.#options;
    const { reason, needs } = clipboard;
    if (reason !== null) {
      this.toast(reason, "warning");
      return;
    }
    clipboard.copy(text);
    this.toast(`${name} is sent to the clipboard${needs === null ? "" : `; ${needs}`}`);
  }

  open(overlay: Overlay): void {
    this.#overlays.open(overlay);
  }

  close(overlay: Overlay): void {
    this.#overlays.close(overlay);
  }

  perform(work: () => Promise<string | null>): void {
    work().then(
      (text) => text !== null && this.toast(text),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Shows this server. */
  follow(store: Store): void {
    this.#unsubscribe();
    if (store !== this.#store) void this.#store.stop();
    this.#store = store;
    store.start();
    this.#unsubscribe = store.subscribe(() => this.redraw());
    this.#renderer.setTerminalTitle(visible(`Argus · ${store.name}`));
    this.#stage.open(this);
    this.redraw();
  }

  /** The actions that keys can reach now, the nearest first. */
  get actions(): readonly Action[] {
    const overlay = this.#overlays.top;
    if (overlay) return overlay.actions;
    if (this.#footer.searching) return [...this.#searching, ...whileTyping(this.#stage.actions)];
    return [...this.#stage.actions, ...this.#everywhere];
  }

  readonly #press = (key: KeyEvent): void => {
    // What was typed before this key counts, also when there was no frame since.
    this.#update();
    const chord = chordOf(key);
    const action = chord === "ctrl+c" ? find(this.#everywhere, chord) : find(this.actions, chord);
    if (!action) return;
    key.preventDefault();
    this.#footer.quiet();
    this.run(action);
    this.redraw();
  };

  run(action: Action): void {
    const reason = action.disabledReason();
    if (reason !== null) this.toast(reason, "warning");
    else action.run();
  }

  /** What does not fit into the footer is shown in the middle. */
  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (!text.includes("\n") && widthOf(visible(text)) < this.#renderer.width - 3) this.toast(text, "bad");
    else
      void this.choose((end) => messageOverlay(this, { title: [["✖ It failed", "bad"]], content: plain(text) }, end));
  }

  /** Before each frame: brings everything up to what is known. */
  #update(): void {
    const { width } = this.#renderer;
    this.#header.pieces = serverPieces(this.#store, () => this.#operations.showServers());
    this.#header.aside = statePieces(this.#store, Date.now(), width);
    this.#tabs.pieces = tabsOf(this.#options.screens, this.#stage.index, width, (index) => this.showTab(index));
    this.#stage.update(this.#store);
    this.#overlays.top?.update?.();
    this.#footer.update(this.actions, (action) => this.run(action));
  }
}

function plain(text: string): Content {
  return (width) => wrap(text, width).map((line) => [[line]]);
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
