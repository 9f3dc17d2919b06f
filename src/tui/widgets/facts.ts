// Labels with their values below each other, and sections with a title: what details are made of.
import { fit, wrap } from "../text.ts";
import type { Line, Role } from "../theme.ts";

/** What is said of a label: a line that is cut where there is no room, or text that is wrapped. */
export type Fact = readonly [label: string, value: Line | string];

/** Columns of the labels. */
const LABEL = 11;

/** The facts for so many columns; those whose value is an empty line are left out. */
export function factLines(facts: readonly Fact[], width: number, label = LABEL): Line[] {
  return facts.flatMap(([name, value]): Line[] => {
    if (typeof value === "string") return hanging(value, { width, head: [[fit(name, label), "muted"]], indent: label });
    return value.length === 0 ? [] : [[[fit(name, label), "muted"], ...value]];
  });
}

/** A title above lines, and a blank line above that; nothing without lines. */
export function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [[], [[title, "accent"]], ...lines];
}

export interface HangingOptions {
  width: number;
  /** What stands before the first line, in `indent` columns. */
  head: Line;
  indent: number;
  role?: Role;
}

/** Text that is wrapped beside what stands before it. */
export function hanging(text: string, { width, head, indent, role = "text" }: HangingOptions): Line[] {
  const [first = "", ...rest] = wrap(text, Math.max(8, width - indent));
  return [[...head, [first, role]], ...rest.map((line): Line => [[" ".repeat(indent)], [line, role]])];
}
