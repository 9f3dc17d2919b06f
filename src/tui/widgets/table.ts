// A table of which only the rows in sight are drawn: keys, clicks and the wheel move in it.
import { type MouseEvent, type OptimizedBuffer, Renderable, type RenderableOptions } from "@opentui/core";
import { fit } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import { drawLine, drawText, lineWidth, type Ui } from "../ui.ts";
import { type Column, GAP, type LaidOut, layOut } from "./columns.ts";
import { wrapLine } from "./facts.ts";
import { Scroll } from "./scroll.ts";

const WHEEL = 3;

export interface TableOptions<Row> {
  columns: readonly Column<Row>[];
  /** What a row is called, so that it stays selected when others come and go. */
  key(row: Row): string;
  /** Shown where there are no rows. */
  empty?: Line;
  /** Without the line of titles. */
  bare?: boolean;
  /** Without a selected row: keys and wheel scroll, and what is newest, at the end, stays in sight. */
  log?: boolean;
  /** The selected row is another one. */
  onSelect?(row: Row): void;
  /** The wheel has scrolled by so many rows. */
  onScroll?(rows: number): void;
  /** Enter, or a click on the row that is selected. */
  onActivate?(row: Row): void;
}

export class Table<Row> extends Renderable {
  readonly #ui: Ui;
  readonly #options: TableOptions<Row>;
  readonly #scroll = new Scroll();
  #rows: readonly Row[] = [];
  #selected = 0;
  /** What to select when it comes. */
  #wanted: string | undefined;
  /** Whether the selected row is to be brought into sight. */
  #reveals = false;
  /** Kept while rows and width are the same. */
  #layout: { rows: readonly Row[]; width: number; columns: LaidOut<Row>[] } | undefined;
  /** Shown where there are no rows. */
  empty: Line;
  /** Whether the keys go here: only then the selection is shown. */
  active = true;

  constructor(ui: Ui, { empty = [], ...table }: TableOptions<Row>, options: RenderableOptions<Table<Row>> = {}) {
    super(ui.context, { flexGrow: 1, flexShrink: 1, ...options });
    this.#ui = ui;
    this.#options = table;
    this.empty = empty;
    this.#scroll.follows = table.log ?? false;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The same rows again, by reference, cost nothing. What was selected stays so while it is there. */
  set rows(rows: readonly Row[]) {
    if (rows === this.#rows) return;
    if (this.#options.log) this.#keepPlace(rows);
    const { key } = this.#options;
    const current = this.selected;
    this.#rows = rows;
    const name = this.#wanted ?? (current === undefined ? undefined : key(current));
    const index = this.#options.log ? -1 : rows.findIndex((row) => key(row) === name);
    if (index >= 0) this.#wanted = undefined;
    this.#selected = index >= 0 ? index : Math.max(0, Math.min(this.#selected, rows.length - 1));
    this.#reveals ||= index >= 0 && name !== undefined && current === undefined;
  }

  /** What is read in a log stays where it is when the oldest rows go. */
  #keepPlace(rows: readonly Row[]): void {
    const { key } = this.#options;
    const top = this.#rows[this.#scroll.offset];
    const index = top === undefined ? -1 : rows.findIndex((row) => key(row) === key(top));
    if (index >= 0) this.#scroll.moveTo(index);
  }

  get selected(): Row | undefined {
    return this.#options.log ? undefined : this.#rows[this.#selected];
  }

  /** Where the selected row is among the rows, from 0. */
  get index(): number {
    return this.#selected;
  }

  /** Selects the row of this key; where there is none yet, as soon as it comes. */
  choose(key: string): void {
    const index = this.#rows.findIndex((row) => this.#options.key(row) === key);
    if (index >= 0) this.#select(index);
    else this.#wanted = key;
  }

  /** Moves the selection, or scrolls a log, by so many rows; Infinity is the end. */
  move(rows: number): void {
    if (this.#options.log) this.#scroll.by(rows, this.#rows.length, this.#visible);
    else this.#select(this.#selected + rows);
    this.requestRender();
  }

  /** As `move`, by as many rows as are in sight. */
  page(pages: number): void {
    this.move(pages * Math.max(1, this.#visible - 1));
  }

  /** Brings the selected row into sight with the next frame, for what shows other rows. */
  reveal(): void {
    this.#reveals = true;
  }

  activate(): void {
    if (this.selected !== undefined) this.#options.onActivate?.(this.selected);
  }

  get #titles(): number {
    return this.#options.bare ? 0 : 1;
  }

  get #visible(): number {
    return Math.max(0, this.height - this.#titles);
  }

  #select(wanted: number): void {
    const index = Math.max(0, Math.min(wanted, this.#rows.length - 1));
    if (index === this.#selected) return;
    this.#selected = index;
    this.#reveals = true;
    const row = this.#rows[index];
    if (row !== undefined) this.#options.onSelect?.(row);
    this.requestRender();
  }

  protected override onMouseEvent(event: MouseEvent): void {
    if (event.type === "scroll") {
      const rows = event.scroll?.direction === "up" ? -WHEEL : WHEEL;
      this.#scroll.by(rows, this.#rows.length, this.#visible);
      this.#options.onScroll?.(rows);
      this.requestRender();
    } else if (event.type === "down" && event.button === 0 && !this.#options.log) {
      this.#click(event.y - this.screenY - this.#titles + this.#scroll.offset);
    }
  }

  #click(index: number): void {
    if (index < 0 || index >= this.#rows.length) return;
    if (index === this.#selected && this.active) this.activate();
    else this.#select(index);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const { theme } = this.#ui;
    const { screenX: x, screenY: y, width } = this;
    if (width < 1 || this.height < 1) return;
    if (this.#rows.length === 0) {
      for (const [row, line] of wrapLine(this.empty, width).slice(0, this.height).entries())
        drawLine(buffer, theme, line, { x, y: y + row, width });
      return;
    }
    const columns = this.#columns(width);
    if (this.#titles) drawLine(buffer, theme, titlesOf(columns), { x, y, width });
    if (this.#reveals) this.#scroll.reveal(this.#selected, this.#visible);
    this.#reveals = false;
    const first = this.#scroll.clamp(this.#rows.length, this.#visible);
    const last = Math.min(this.#rows.length, first + this.#visible);
    for (let index = first; index < last; index++) this.#drawRow(buffer, index, y + this.#titles + index - first);
    this.#drawBar(buffer, first);
  }

  #columns(width: number): LaidOut<Row>[] {
    if (this.#layout?.rows !== this.#rows || this.#layout.width !== width) {
      this.#layout = { rows: this.#rows, width, columns: layOut(this.#options.columns, this.#rows, width - 1) };
    }
    return this.#layout.columns;
  }

  #drawRow(buffer: OptimizedBuffer, index: number, y: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    const { theme } = this.#ui;
    const selected = index === this.#selected && this.active && !this.#options.log;
    if (selected) drawLine(buffer, theme, [], { x: this.screenX, y, width: this.width - 1, selected });
    let x = this.screenX;
    for (const { column, width } of this.#columns(this.width)) {
      const cell = column.cell(row);
      const place = { y, selected, x, width };
      if (column.align === "right") drawLine(buffer, theme, rightAligned(cell, width), place);
      else drawLine(buffer, theme, cell, place);
      x += width + GAP;
    }
  }

  /** In the last column: where one is, if not all is in sight. */
  #drawBar(buffer: OptimizedBuffer, first: number): void {
    const height = this.#visible;
    const rows = this.#rows.length;
    if (rows <= height || height < 2) return;
    const size = Math.max(1, Math.round((height * height) / rows));
    const top = Math.round((first / (rows - height)) * (height - size));
    const [x, y] = [this.screenX + this.width - 1, this.screenY + this.#titles + top];
    for (let row = 0; row < size; row++) drawText(buffer, "┃", { x, y: y + row }, this.#ui.theme.roles.muted);
  }
}

function titlesOf<Row>(columns: readonly LaidOut<Row>[]): Line {
  return columns.flatMap(({ column, width }, index): Span[] => {
    const title: Span = [fit(column.title, width, column.align ?? "left"), "muted"];
    return index === 0 ? [title] : [[" ".repeat(GAP)], title];
  });
}

function rightAligned(cell: Line, width: number): Line {
  return [[" ".repeat(Math.max(0, width - lineWidth(cell)))], ...cell];
}
