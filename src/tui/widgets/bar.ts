// One line of pieces side by side, which can be clicked: header, tabs and key hints.
import { type MouseEvent, type OptimizedBuffer, Renderable } from "@opentui/core";
import type { Line } from "../theme.ts";
import { drawLine, lineWidth, type Ui } from "../ui.ts";

export interface Piece {
  readonly line: Line;
  click?(): void;
}

export class Bar extends Renderable {
  readonly #ui: Ui;
  /** From the left; what has no room is cut. */
  pieces: readonly Piece[] = [];
  /** At the right end, if there is room beside the left. */
  aside: readonly Piece[] = [];
  /** What was drawn where. */
  #drawn: { from: number; to: number; piece: Piece }[] = [];

  constructor(ui: Ui) {
    super(ui.context, { height: 1, flexShrink: 0 });
    this.#ui = ui;
  }

  protected override onMouseEvent({ type, button, x }: MouseEvent): void {
    if (type !== "down" || button !== 0) return;
    const column = x - this.screenX;
    this.#drawn.find(({ from, to }) => column >= from && column < to)?.piece.click?.();
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    this.#drawn = [];
    const used = this.#draw(buffer, this.pieces, 0);
    const width = this.aside.reduce((sum, { line }) => sum + lineWidth(line), 0);
    if (used + width < this.width) this.#draw(buffer, this.aside, this.width - width);
  }

  #draw(buffer: OptimizedBuffer, pieces: readonly Piece[], start: number): number {
    let column = start;
    for (const piece of pieces) {
      const place = { x: this.screenX + column, y: this.screenY, width: this.width - column };
      const to = column + drawLine(buffer, this.#ui.theme, piece.line, place);
      this.#drawn.push({ from: column, to, piece });
      column = to;
    }
    return column;
  }
}
