// The space between tabs and footer: the screen of the tab that is shown, or why there is nothing to show.
import { BoxRenderable } from "@opentui/core";
import type { Action } from "./keys.ts";
import { offlineLines } from "./offline.ts";
import type { OpenScreen, ScreenDefinition, Shell } from "./screen.ts";
import type { Store } from "./state.ts";
import { wrap } from "./text.ts";
import type { Line } from "./theme.ts";
import type { Ui } from "./ui.ts";
import { Pane } from "./widgets/pane.ts";

/** Below this there is no sense in drawing. */
const LEAST = { width: 60, height: 15 };

export class Stage {
  readonly view: BoxRenderable;
  readonly #ui: Ui;
  readonly #definitions: readonly ScreenDefinition[];
  readonly #offline: Pane;
  readonly #screens = new Map<number, OpenScreen>();
  #shell: Shell | undefined;
  #index = 0;
  #entered: OpenScreen | undefined;

  constructor(ui: Ui, definitions: readonly ScreenDefinition[]) {
    this.#ui = ui;
    this.#definitions = definitions;
    this.#offline = new Pane(ui, { margin: 2 });
    this.view = new BoxRenderable(ui.context, { flexGrow: 1, flexShrink: 1, overflow: "hidden" });
    this.view.add(this.#offline);
  }

  /** Which tab is shown, from 0. */
  get index(): number {
    return this.#index;
  }

  /** The actions of the screen that is seen. */
  get actions(): readonly Action[] {
    return this.#entered?.actions ?? [];
  }

  /** Makes all screens anew, for another server. */
  open(shell: Shell): void {
    void this.close();
    this.#shell = shell;
  }

  /** Ends all screens; resolves when they have said goodbye to whom they spoke with. */
  async close(): Promise<void> {
    this.#leave();
    const screens = [...this.#screens.values()].map(({ screen }) => screen);
    this.#screens.clear();
    const ends = screens.map((screen) => screen.dispose?.());
    for (const { view } of screens) view.destroyRecursively();
    await Promise.all(ends);
  }

  show(index: number): void {
    if (index === this.#index) return;
    this.#leave();
    this.#index = index;
    // At once: the next key is already meant for it.
    if (this.#shell) this.update(this.#shell.store);
  }

  /** Lets the screen of the tab show what is called so. */
  choose(name: string): void {
    this.#enter();
    this.#entered?.screen.choose?.(name);
  }

  /** Before each frame. */
  update(store: Store): void {
    const { width, height } = this.#ui.context;
    const { snapshot } = store.state;
    if (snapshot && width >= LEAST.width && height >= LEAST.height) {
      this.#enter();
      this.#entered?.screen.update({ ...store.state, snapshot });
      return;
    }
    this.#leave();
    const small = `This window of ${width} by ${height} is too small: Argus needs ${LEAST.width} columns and ${LEAST.height} lines.`;
    const lines = (columns: number) => wrap(small, columns).map((line): Line => [[line]]);
    this.#offline.content = (columns) => (snapshot ? lines(columns) : offlineLines(store, columns));
  }

  #enter(): void {
    if (this.#entered || !this.#shell) return;
    const made = this.#screens.get(this.#index) ?? this.#definitions[this.#index]?.open(this.#shell);
    if (!made) return;
    this.#screens.set(this.#index, made);
    this.#entered = made;
    this.#offline.visible = false;
    this.view.add(made.screen.view);
    made.screen.enter?.();
  }

  #leave(): void {
    if (!this.#entered) return;
    this.#entered.screen.leave?.();
    this.view.remove(this.#entered.screen.view);
    this.#entered = undefined;
    this.#offline.visible = true;
  }
}
