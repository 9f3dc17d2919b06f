// Which columns a table shows in a given width, and how wide each is.
import { widthOf } from "../text.ts";
import type { Line } from "../theme.ts";
import { lineWidth } from "../ui.ts";

export interface Column<Row> {
  title: string;
  cell(row: Row): Line;
  /** Its width in columns, or `fit`: as wide as its widest cell needs, up to `max`. */
  width: number | "fit";
  /** For `fit`: the widest that it gets. */
  max?: number;
  /** It may get as narrow as this before other columns go. */
  min?: number;
  /** Takes what is left, shared by these weights; `width` is then the least. */
  grow?: number;
  align?: "right";
  /** Where there is no room, columns with the highest number go first; 0, which is the default, stays. */
  rank?: number;
}

export interface LaidOut<Row> {
  column: Column<Row>;
  width: number;
}

/** Columns that stand between two columns. */
export const GAP = 2;

/** The columns that fit, in their order, with their widths. Some get narrower before others go. */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): LaidOut<Row>[] {
  let shown = columns.map((column) => {
    const wanted = natural(column, rows);
    return { column, width: wanted, least: Math.min(wanted, column.min ?? wanted) };
  });
  const tooWide = () => total(shown.map(({ least }) => ({ width: least }))) > width;
  while (shown.length > 1 && tooWide()) {
    const last = Math.max(...shown.map(({ column }) => column.rank ?? 0));
    if (last === 0) break;
    const index = shown.findLastIndex(({ column }) => (column.rank ?? 0) === last);
    shown = shown.toSpliced(index, 1);
  }
  shrink(shown, total(shown) - width);
  return clip(share(shown, width - total(shown)), width);
}

/** Takes what is missing from those that can spare the most. */
function shrink(shown: { width: number; least: number }[], missing: number): void {
  for (let left = missing; left > 0; left--) {
    const [first] = shown.toSorted((one, other) => other.width - other.least - (one.width - one.least));
    if (!first || first.width === first.least) return;
    first.width--;
  }
}

/** What does not fit at all is cut off on the right. */
function clip<Row>(shown: readonly LaidOut<Row>[], room: number): LaidOut<Row>[] {
  let left = room;
  return shown.flatMap(({ column, width }) => {
    const own = Math.min(width, left);
    left -= own + GAP;
    return own > 0 ? [{ column, width: own }] : [];
  });
}

function natural<Row>({ title, cell, width, max = 40 }: Column<Row>, rows: readonly Row[]): number {
  if (width !== "fit") return width;
  return Math.min(
    max,
    rows.reduce((widest, row) => Math.max(widest, lineWidth(cell(row))), widthOf(title)),
  );
}

function total(shown: readonly LaidOut<never>[] | readonly { width: number }[]): number {
  return shown.reduce((sum, { width }) => sum + width, 0) + GAP * (shown.length - 1);
}

/** Gives what is left to the columns that grow. */
function share<Row>(shown: LaidOut<Row>[], left: number): LaidOut<Row>[] {
  const weights = shown.reduce((sum, { column }) => sum + (column.grow ?? 0), 0);
  if (weights === 0 || left <= 0) return shown;
  return shown.map(({ column, width }) => ({
    column,
    width: width + Math.floor((left * (column.grow ?? 0)) / weights),
  }));
}
