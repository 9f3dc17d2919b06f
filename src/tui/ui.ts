// What every widget needs: where it is drawn, in which theme, and how a line of text gets there.
import { type OptimizedBuffer, type RenderContext, RGBA } from "@opentui/core";
import { cut, widthOf } from "./text.ts";
import type { Line, Style, Theme } from "./theme.ts";

/** ASCII, and beside it dots, arrows, lines, blocks and marks: each character is one column by itself. */
const SYMBOLS = /^[ -~·…←-⇿─-◼✔✖]*$/;
const PIECES = /[ -~]+|./g;
const CLEAR = RGBA.fromValues(0, 0, 0, 0);

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
    const style = theme.roles[role];
    drawText(buffer, piece, { x: x + used, y }, selected ? selectedStyle(style, theme) : style);
    used += widthOf(piece);
  }
  return used;
}

function selectedStyle({ fg, bg, attributes }: Style, { selection }: Theme): Style {
  const background = selection.bg ?? bg;
  return {
    fg: selection.fg ?? fg,
    ...(background && { bg: background }),
    attributes: attributes | selection.attributes,
  };
}

/** Draws a text that `visible` gave, on what is there unless the style has a background. The library is slow with what is not ASCII, unless it is told cell by cell. */
export function drawText(buffer: OptimizedBuffer, text: string, { x, y }: Pick<Place, "x" | "y">, style: Style): void {
  const { fg, bg, attributes } = style;
  if (!SYMBOLS.test(text)) {
    buffer.drawText(text, x, y, fg, bg, attributes);
    return;
  }
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    if (piece < "\u007f") buffer.drawText(piece, x + index, y, fg, bg, attributes);
    else buffer.setCellWithAlphaBlending(x + index, y, piece, fg, bg ?? CLEAR, attributes);
  }
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
