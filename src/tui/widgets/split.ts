// A list with the detail of what is selected in it: side by side where there is room, else one above the other.
import { BoxRenderable, type Renderable } from "@opentui/core";
import type { Binding } from "../keys.ts";
import type { Ui } from "../ui.ts";
import { type Movable, movement } from "./movement.ts";
import { Panel } from "./panel.ts";

/** From so many columns on, they are side by side. */
const WIDE = 130;

export interface SplitOptions {
  list: Renderable & Movable;
  detail: Renderable & Movable;
  /** How the list shares the columns, and the lines, with the detail: as this to 1; 1.5 unless given. */
  share?: number;
}

export class Split {
  readonly view: BoxRenderable;
  readonly listPanel: Panel;
  readonly detailPanel: Panel;
  readonly #ui: Ui;
  readonly #options: SplitOptions;
  /** For what the panels have their sizes. */
  #arranged = "";

  constructor(ui: Ui, options: SplitOptions) {
    this.#ui = ui;
    this.#options = options;
    this.view = new BoxRenderable(ui.context, { flexGrow: 1 });
    this.listPanel = new Panel(ui, { flexGrow: 1, flexBasis: 0 });
    this.detailPanel = new Panel(ui, { flexGrow: 1, flexBasis: 0 });
    this.listPanel.add(options.list);
    this.detailPanel.add(options.detail);
    this.listPanel.onMouseDown = () => this.read(false);
    this.detailPanel.onMouseDown = () => this.read(true);
    this.view.add(this.listPanel);
    this.view.add(this.detailPanel);
    this.listPanel.active = true;
  }

  /** Whether the keys go to the detail. */
  get reading(): boolean {
    return this.detailPanel.active;
  }

  /** Gives the keys to the detail, or to the list. */
  read(detail: boolean): void {
    if (detail === this.reading) return;
    this.detailPanel.active = detail;
    this.listPanel.active = !detail;
    this.#ui.redraw();
  }

  /** What has the keys. */
  get movable(): Movable {
    return this.reading ? this.#options.detail : this.#options.list;
  }

  /** Before each frame: fits the window; without something to tell of there is no detail. */
  arrange(detailed: boolean): void {
    const wide = this.#ui.context.width >= WIDE;
    if (!detailed) this.read(false);
    const wanted = `${wide} ${this.reading} ${detailed}`;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    this.detailPanel.visible = detailed;
    const { share = 1.5 } = this.#options;
    this.view.flexDirection = wide ? "row" : "column";
    // Where lines are few, what is read gets more of them.
    this.listPanel.flexGrow = !wide && this.reading ? 1 : share;
    this.detailPanel.flexGrow = !wide && this.reading ? share : 1;
  }
}

/** A screen that consists of a list and a detail. */
export interface WithSplit {
  readonly split: Split;
  /** Takes back what the list was narrowed by. */
  clear(): void;
  /** Whether it is narrowed. */
  readonly narrowed: boolean;
}

/** The keys that move in list and detail and from one to the other. */
export function splitBindings<Target extends WithSplit>(
  group: string,
  of: (target: Target) => Movable = ({ split }) => split.movable,
): Binding<Target>[] {
  return [
    ...movement<Target>(of),
    {
      keys: ["return", "right", "l"],
      description: "Scroll the detail",
      ...{ group, hint: "detail" },
      run: ({ split }) => split.read(true),
    },
    {
      keys: ["escape", "left", "h"],
      description: "Back to the list; show all of it again",
      ...{ group, hint: "back" },
      disabledReason: ({ split, narrowed }) => (split.reading || narrowed ? null : "this is the list, and all of it"),
      run: (it) => (it.split.reading ? it.split.read(false) : it.clear()),
    },
  ];
}
