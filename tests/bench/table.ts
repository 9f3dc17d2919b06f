// Prints what was measured: medians over the rounds, the ratio of the two, and whether it meets its target.
import type { Pair } from "./rounds.ts";

export interface Target {
  limit: "at most" | "at least";
  value: number;
  /** The unit of a target for the contestant's own value; without it the target is one for the ratio. */
  unit?: string;
}

export interface Row {
  /** What is measured, with its unit. */
  name: string;
  /** A pair for each round; NaN where there is nothing to measure. */
  pairs: Pair<number>[];
  target?: Target;
}

export interface Table {
  title: string;
  /** The names of what is compared. */
  columns: Pair<string>;
  rows: Row[];
}

const nothing = "–";

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function figure(value: number): string {
  if (Number.isNaN(value)) return nothing;
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function describe({ limit, value, unit }: Target): string {
  return `${limit === "at most" ? "≤" : "≥"} ${value}${unit ? ` ${unit}` : ""}`;
}

/** The ratio is the median of the rounds' ratios: the two values of a round were taken side by side. */
function cells({ name, pairs, target }: Row): string[] {
  const own = median(pairs.map(([contestant]) => contestant));
  const ratios = pairs.map(([contestant, reference]) => (reference === 0 ? Number.NaN : contestant / reference));
  const ratio = ratios.some(Number.isNaN) ? Number.NaN : median(ratios);
  const spread = Number.isNaN(ratio) ? nothing : `${figure(Math.min(...ratios))}–${figure(Math.max(...ratios))}`;
  const reference = figure(median(pairs.map(([, value]) => value)));
  return [name, figure(own), reference, figure(ratio), spread, ...judge(target, target?.unit ? own : ratio)];
}

function judge(target: Target | undefined, value: number): [target: string, result: string] {
  if (!target) return ["", ""];
  if (Number.isNaN(value)) return [describe(target), nothing];
  const met = target.limit === "at most" ? value <= target.value : value >= target.value;
  return [describe(target), met ? "met" : "MISSED"];
}

/** The table as text. */
export function format({ title, columns, rows }: Table): string {
  const lines = [["", ...columns, "ratio", "of rounds", "target", ""], ...rows.map(cells)];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const print = (line: string[]) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return [`\n${title}`, ...lines.map((line) => print(line).join("  ").trimEnd())].join("\n");
}
