// A list with the detail of what is selected in it: side by side, or one above the other where there is less room.
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
  /** How wide the list is that is always beside the detail; else both share what there is. */
  beside?: { width: number | `${number}%`; maxWidth?: number };
  /** What stands below the list. */
  below?: Renderable;
}

/** How the list shares the columns, or the lines, with the detail: as this to 1. */
const SHARE = 1.5;

export class Split {
  readonly view: BoxRenderable;
  readonly listPanel: Panel;
  readonly detailPanel: Panel;
  readonly #ui: Ui;
  readonly #options: SplitOptions;
  /** The list, and what is below it. */
  readonly #first: BoxRenderable;
  /** For what the panels have their sizes. */
  #arranged = "";

  constructor(ui: Ui, options: SplitOptions) {
    this.#ui = ui;
    this.#options = options;
    const { list, detail, below, beside } = options;
    const place = beside ? { flexShrink: 0, ...beside } : { flexGrow: 1, flexBasis: 0 };
    this.view = new BoxRenderable(ui.context, { flexGrow: 1, flexDirection: beside ? "row" : "column" });
    this.#first = new BoxRenderable(ui.context, { flexDirection: "column", ...place });
    this.listPanel = new Panel(ui, { flexGrow: 1, flexBasis: 0 });
    this.detailPanel = new Panel(ui, { flexGrow: 1, flexBasis: 0 });
    this.listPanel.add(list);
    this.detailPanel.add(detail);
    this.listPanel.onMouseDown = () => this.read(false);
    this.detailPanel.onMouseDown = () => this.read(true);
    this.#first.add(this.listPanel);
    if (below) this.#first.add(below);
    this.view.add(this.#first);
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

  /** Before each frame, unless they are always side by side: fits the window; without something to tell of there is no detail. */
  arrange(detailed: boolean): void {
    const wide = this.#ui.context.width >= WIDE;
    if (!detailed) this.read(false);
    const wanted = `${wide} ${this.reading} ${detailed}`;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    this.detailPanel.visible = detailed;
    this.view.flexDirection = wide ? "row" : "column";
    // Where lines are few, what is read gets more of them.
    this.#first.flexGrow = !wide && this.reading ? 1 : SHARE;
    this.detailPanel.flexGrow = !wide && this.reading ? SHARE : 1;
  }
}

/** A screen that consists of a list and a detail. */
export interface WithSplit {
  readonly split: Split;
  /** Takes back what the list was narrowed by; absent where it is always whole. */
  clear?(): void;
  /** Whether it is narrowed. */
  readonly narrowed?: boolean;
}

export interface SplitKeys<Target> {
  /** What has the keys. */
  of?(target: Target): Movable;
  /** The keys that lead to the detail. */
  read?: readonly string[];
}

/** The keys that move in list and detail and from one to the other. */
export function splitBindings<Target extends WithSplit>(
  group: string,
  { of = ({ split }) => split.movable, read = ["return", "right", "l"] }: SplitKeys<Target> = {},
): Binding<Target>[] {
  return [
    ...movement<Target>(of),
    {
      keys: read,
      description: "Scroll the detail",
      ...{ group, hint: "detail" },
      run: ({ split }) => split.read(true),
    },
    {
      keys: ["escape", "left", "h"],
      description: "Back to the list; show all of it again",
      ...{ group, hint: "back" },
      disabledReason: ({ split, narrowed }) => (split.reading || narrowed ? null : "this is the list, and all of it"),
      run: (it) => (it.split.reading ? it.split.read(false) : it.clear?.()),
    },
  ];
}
