// What every widget needs: where it is drawn, in which theme, and how a line of text gets there.
import type { OptimizedBuffer, RenderContext } from "@opentui/core";
import { cut, widthOf } from "./text.ts";
import type { Line, Theme } from "./theme.ts";

export interface Ui {
  readonly context: RenderContext;
  readonly theme: Theme;
  /** Asks for a frame; many wishes make one. */
  redraw(): void;
}

export interface Place {
  x: number;
  y: number;
  /** In columns; what is longer ends in an ellipsis. */
  width: number;
  /** Drawn as the line that is selected. */
  selected?: boolean;
}

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draws one line of text, made harmless and cut, and gives the columns that it took. */
export function drawLine(buffer: OptimizedBuffer, theme: Theme, line: Line, { x, y, width, selected }: Place): number {
  if (selected) fillSelected(buffer, theme, { x, y, width });
  let used = 0;
  for (const [text, role = "text"] of line) {
    const piece = cut(text, width - used);
    if (piece === "") continue;
    const { fg, bg, attributes } = theme.roles[role];
    if (selected) {
      const { selection } = theme;
      buffer.drawText(piece, x + used, y, selection.fg ?? fg, selection.bg ?? bg, attributes | selection.attributes);
    } else buffer.drawText(piece, x + used, y, fg, bg, attributes);
    used += widthOf(piece);
  }
  return used;
}

/** A line's width in columns. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, [text]) => sum + widthOf(text), 0);
}

/** Makes a place empty, in the theme's own colours. */
export function blank(buffer: OptimizedBuffer, { roles, background }: Theme, area: Area): void {
  if (background.intent === "rgb") {
    buffer.fillRect(area.x, area.y, area.width, area.height, background);
    return;
  }
  // Filled cells have a white of their own, which is a colour where there should be none.
  const row = " ".repeat(Math.max(0, area.width));
  for (let y = area.y; y < area.y + area.height; y++) buffer.drawText(row, area.x, y, roles.text.fg, background);
}

function fillSelected(buffer: OptimizedBuffer, { selection, roles }: Theme, { x, y, width }: Place): void {
  buffer.drawText(" ".repeat(Math.max(0, width)), x, y, roles.text.fg, selection.bg, selection.attributes);
}
