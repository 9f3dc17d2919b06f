// Where things are on the screen of security: all at once in a wide window, one after the other in a narrow one.
import { BoxRenderable, type Renderable } from "@opentui/core";
import type { Line, Span } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { Panel } from "../widgets/panel.ts";

/** What can be looked at, from left to right. */
export const VIEWS = ["policies", "refusals", "lock"] as const;

export type View = (typeof VIEWS)[number];

type Part = View | "access" | "difference";

/** From so many columns on, all is seen at once. */
const WIDE = 130;
const ACCESS = { wide: 8, narrow: 4 };

export class SecurityView {
  readonly view: BoxRenderable;
  readonly panels: Readonly<Record<Part, Panel>>;
  readonly #ui: Ui;
  readonly #left: BoxRenderable;
  readonly #right: BoxRenderable;
  #arranged = "";
  /** What has the keys. */
  shown: View = "policies";
  /** Whether the keys go to the difference, not to the list of changes. */
  reading = false;

  constructor(ui: Ui, parts: Readonly<Record<Part, Renderable>>) {
    this.#ui = ui;
    const panel = (part: Part) => {
      const made = new Panel(ui, { flexGrow: 1, flexBasis: 0 });
      made.add(parts[part]);
      return made;
    };
    this.panels = {
      access: new Panel(ui, { flexShrink: 0 }),
      ...{ policies: panel("policies"), refusals: panel("refusals"), lock: panel("lock") },
      difference: panel("difference"),
    };
    this.panels.access.add(parts.access);
    this.view = new BoxRenderable(ui.context, { flexGrow: 1 });
    this.#left = new BoxRenderable(ui.context, { flexDirection: "column" });
    this.#right = new BoxRenderable(ui.context, { flexDirection: "column", flexGrow: 1 });
    for (const part of ["access", "policies", "refusals"] as const) this.#left.add(this.panels[part]);
    for (const part of ["lock", "difference"] as const) this.#right.add(this.panels[part]);
    for (const side of [this.#left, this.#right]) this.view.add(side);
    for (const name of VIEWS) this.panels[name].onMouseDown = ({ y }) => this.#click(name, y);
    this.panels.difference.onMouseDown = () => this.show("lock", true);
  }

  get wide(): boolean {
    return this.#ui.context.width >= WIDE;
  }

  show(view: View, reading = false): void {
    this.shown = view;
    this.reading = reading;
    this.#ui.redraw();
  }

  /** Goes to the view so many places on; there is no way round. */
  turn(by: number): void {
    const view = VIEWS[VIEWS.indexOf(this.shown) + by];
    if (view) this.show(view);
  }

  /** Before each frame: fits the window, and gives each panel its heading. In a narrow one a heading names all views. `differs`: there is a difference to show. */
  arrange(headings: Readonly<Record<View, Line>>, differs: boolean): void {
    this.reading &&= differs;
    for (const name of VIEWS) {
      this.panels[name].active = name === this.shown && !this.reading;
      this.panels[name].heading = this.wide ? headings[name] : this.#together(headings);
    }
    this.panels.difference.active = this.reading;
    const wanted = `${this.wide} ${this.shown} ${this.reading} ${differs}`;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    this.panels.difference.visible = differs;
    this.#layOut(this.wide);
  }

  #layOut(wide: boolean): void {
    const { access, policies, refusals, lock, difference } = this.panels;
    const locked = this.shown === "lock";
    this.view.flexDirection = wide ? "row" : "column";
    access.height = wide ? ACCESS.wide : ACCESS.narrow;
    policies.visible = wide || this.shown === "policies";
    refusals.visible = wide || this.shown === "refusals";
    this.#right.visible = wide || locked;
    this.#left.flexGrow = !wide && locked ? 0 : 1;
    this.#left.width = wide ? "50%" : "100%";
    this.#right.width = wide ? "50%" : "100%";
    lock.flexGrow = this.reading && !wide ? 2 : 3;
    difference.flexGrow = this.reading && !wide ? 5 : 4;
  }

  /** `Policies 3 │ Refused 5 │ Tool lock 2`, of which one is shown. */
  #together(headings: Readonly<Record<View, Line>>): Line {
    return VIEWS.flatMap((name, index): Span[] => {
      const line = name === this.shown ? headings[name] : headings[name].map(quieter);
      return index === 0 ? [...line] : [[" │ ", "border"], ...line];
    });
  }

  /** In a narrow window a click on the heading goes on to the next view. */
  #click(name: View, y: number): void {
    const next = VIEWS[(VIEWS.indexOf(name) + 1) % VIEWS.length] ?? name;
    this.show(!this.wide && y === this.panels[name].screenY ? next : name);
  }
}

function quieter([text, role]: Span): Span {
  return [text, role === "strong" ? "muted" : role];
}
