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
  /** From the left; what has no room beside `aside` is cut. */
  pieces: readonly Piece[] = [];
  /** At the right end: the first of them always, the others while there is room beside the left. */
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
    const room = this.width - widthOf(this.pieces) - 1;
    let aside = this.aside;
    while (aside.length > 1 && widthOf(aside) > room) aside = aside.slice(0, -1);
    const start = Math.max(0, this.width - widthOf(aside));
    this.#draw(buffer, this.pieces, 0, aside.length > 0 ? start - 1 : start);
    this.#draw(buffer, aside, start, this.width);
  }

  #draw(buffer: OptimizedBuffer, pieces: readonly Piece[], start: number, end: number): void {
    let column = start;
    for (const piece of pieces) {
      const place = { x: this.screenX + column, y: this.screenY, width: end - column };
      const to = column + drawLine(buffer, this.#ui.theme, piece.line, place);
      this.#drawn.push({ from: column, to, piece });
      column = to;
    }
  }
}

function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { line }) => sum + lineWidth(line), 0);
}
