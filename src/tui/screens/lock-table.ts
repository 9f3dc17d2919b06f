// Tools that are not as they were approved, as a table, and how each differs, as lines.
import type { LockChange } from "../state.ts";
import { wrap } from "../text.ts";
import type { Line, Role, Span } from "../theme.ts";
import type { Column } from "../widgets/columns.ts";

const CHANGES: Readonly<Record<LockChange["change"], readonly [symbol: string, role: Role]>> = {
  new: ["+", "info"],
  changed: ["~", "warning"],
  removed: ["−", "muted"],
};

/** What a change is called: the same tool is the same row, however it changes. */
export function keyOf({ backend, tool }: LockChange): string {
  return JSON.stringify([backend, tool]);
}

/** `~ changed` */
export function changeSpan({ change }: LockChange): Span {
  const [symbol, role] = CHANGES[change];
  return [`${symbol} ${change}`, role];
}

/** Columns; `isMarked` says which are to be approved together. */
export function lockColumns(isMarked: (change: LockChange) => boolean): Column<LockChange>[] {
  return [
    { title: "", width: 1, cell: (change) => [isMarked(change) ? ["✔", "accent"] : ["·", "border"]] },
    { title: "change", width: 9, cell: (change) => [changeSpan(change)] },
    { title: "backend", width: "fit", max: 20, cell: ({ backend }) => [[backend, "key"]] },
    { title: "tool", width: 12, grow: 1, cell: ({ tool }) => [[tool, "strong"]] },
    {
      title: "clients",
      ...{ width: "fit", rank: 1 },
      cell: ({ change, hidden }) =>
        change === "removed" ? [["gone", "muted"]] : hidden ? [["hidden", "good"]] : [["see it", "warning"]],
    },
  ];
}

/** How it differs from what was approved: each key, with what was in red and what is in green. */
export function differenceLines({ difference }: Pick<LockChange, "difference">, width: number): Line[] {
  let last = "";
  return difference.flatMap((line): Line[] => {
    const [, path, sign, value] = /^(.*?): ([-+]) (.*)$/s.exec(line) ?? [];
    if (path === undefined || sign === undefined || value === undefined) return plain(line, width);
    const heading: Line[] = path === last ? [] : [[[path, "key"]]];
    last = path;
    return [...heading, ...signed(sign, value, width)];
  });
}

function signed(sign: string, value: string, width: number): Line[] {
  const role: Role = sign === "+" ? "good" : "bad";
  return wrap(value, Math.max(8, width - 4)).map((piece, index) => [
    [index === 0 ? `  ${sign} ` : "    ", role],
    [piece, role],
  ]);
}

function plain(text: string, width: number): Line[] {
  return wrap(text, width).map((piece): Line => [[piece, "muted"]]);
}
