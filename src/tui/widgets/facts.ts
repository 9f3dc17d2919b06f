// Labels with their values below each other, and sections with a title: what details are made of.
import { fit, visible, widthOf, wrap } from "../text.ts";
import type { Line, Span } from "../theme.ts";

/** What is said of a label. */
export type Fact = readonly [label: string, value: Line | string];

/** Columns of the labels. */
const LABEL = 11;

/** One fact in one line, which is cut where there is no room. */
export function factLine(label: string, value: Line, columns = LABEL): Line {
  return [[fit(label, columns), "muted"], ...value];
}

/** The facts, wrapped to so many columns; those whose value is an empty line are left out. */
export function factLines(facts: readonly Fact[], width: number): Line[] {
  return facts.flatMap(([label, value]) =>
    value.length === 0 && value !== "" ? [] : hanging(value, { width, head: factLine(label, []), indent: LABEL }),
  );
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
}

/** Text that is wrapped beside what stands before it. */
export function hanging(text: Line | string, { width, head, indent }: HangingOptions): Line[] {
  const line: Line = typeof text === "string" ? [[text]] : text;
  const [first = [], ...rest] = wrapLine(line, Math.max(8, width - indent));
  return [[...head, ...first], ...rest.map((more): Line => [[" ".repeat(indent)], ...more])];
}

/** A line broken into lines of so many columns, at spaces where there are any; each piece stays what it is. */
export function wrapLine(line: Line, columns: number): Line[] {
  const [[text, role] = [""], ...others] = line;
  if (others.length === 0) return wrap(text, columns).map((piece): Line => [[piece, role]]);
  const lines: Span[][] = [[]];
  let room = columns;
  for (const [word, its] of line.flatMap(wordsOf)) {
    const fits = widthOf(word) <= room;
    for (const piece of fits ? [word] : wrap(word.trimStart(), columns)) {
      if (!fits && room < columns) {
        lines.push([]);
        room = columns;
      }
      lines.at(-1)?.push([piece, its]);
      room -= widthOf(piece);
    }
  }
  return lines;
}

/** The words of a piece, each with the spaces before it. */
function wordsOf([text, role]: Span): Span[] {
  return (visible(text).match(/ *[^ ]+| +$/g) ?? []).map((word): Span => [word, role]);
}
