// Lines of text that can be scrolled.
import { type MouseEvent, type OptimizedBuffer, Renderable, type RenderableOptions } from "@opentui/core";
import type { Line } from "../theme.ts";
import { drawLine, drawText, type Ui } from "../ui.ts";
import { Scroll } from "./scroll.ts";

const WHEEL = 3;

/** Makes the lines for a width in columns; made anew when the width or the maker changes. */
export type Content = (width: number) => readonly Line[];

export class Pane extends Renderable {
  readonly #ui: Ui;
  readonly #scroll = new Scroll();
  #content: Content = () => [];
  #made: { content: Content; width: number; lines: readonly Line[] } | undefined;

  constructor(ui: Ui, options: RenderableOptions<Pane> = {}) {
    super(ui.context, { flexGrow: 1, flexShrink: 1, ...options });
    this.#ui = ui;
  }

  /** The same maker again, by reference, costs nothing. */
  set content(content: Content) {
    this.#content = content;
  }

  /** Goes back to the first line, for what is new. */
  rewind(): void {
    this.move(-Infinity);
  }

  /** Scrolls by so many lines; Infinity is the end. */
  move(lines: number): void {
    this.#scroll.by(lines, this.#lines(this.width).length, this.height);
    this.requestRender();
  }

  /** As `move`, by as many lines as are in sight. */
  page(pages: number): void {
    this.move(pages * Math.max(1, this.height - 1));
  }

  protected override onMouseEvent(event: MouseEvent): void {
    if (event.type === "scroll") this.move(event.scroll?.direction === "up" ? -WHEEL : WHEEL);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const { screenX: x, screenY: y, width, height } = this;
    const lines = this.#lines(width);
    const first = this.#scroll.clamp(lines.length, height);
    for (const [row, line] of lines.slice(first, first + height).entries()) {
      drawLine(buffer, this.#ui.theme, line, { x, y: y + row, width });
    }
    this.#drawMore(buffer, { above: first > 0, below: first + height < lines.length });
  }

  #lines(width: number): readonly Line[] {
    if (this.#made?.content !== this.#content || this.#made.width !== width) {
      this.#made = { content: this.#content, width, lines: this.#content(width) };
    }
    return this.#made.lines;
  }

  /** Arrows in the last column say that there is more. */
  #drawMore(buffer: OptimizedBuffer, { above, below }: { above: boolean; below: boolean }): void {
    const { accent } = this.#ui.theme.roles;
    const [x, y] = [this.screenX + this.width - 1, this.screenY];
    if (above) drawText(buffer, "↑", { x, y }, accent);
    if (below) drawText(buffer, "↓", { x, y: y + this.height - 1 }, accent);
  }
}
