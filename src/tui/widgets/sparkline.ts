// The recent past of a figure, drawn with bars of eighths.

const BARS = " ▁▂▃▄▅▆▇█";

/**
 * The newest values as bars, one column each, the newest on the right; older than known is blank.
 * `rows` are lines from top to bottom; the highest value in sight fills them. A value above 0 can always be told from 0.
 */
export function sparkline(values: readonly number[], columns: number, rows = 1): string[] {
  const shown = values.slice(-columns);
  const top = Math.max(...shown, 1);
  const eighths = shown.map((value) => (value > 0 ? Math.max(2, Math.round((value / top) * rows * 8)) : 0));
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 8;
    const bars = eighths.map((height) => barOf(height - below, row === rows - 1));
    return " ".repeat(Math.max(0, columns - shown.length)) + bars.join("");
  });
}

/** On the lowest line nothing is a thin line, so that silence can be told from the unknown. */
function barOf(eighths: number, lowest: boolean): string {
  if (eighths <= 0) return lowest ? "▁" : " ";
  return BARS[Math.min(8, eighths)] ?? " ";
}
