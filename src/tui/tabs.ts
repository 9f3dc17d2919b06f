// The line of tabs: in a narrow window the names of those that are not shown get shorter.
import { cut, widthOf } from "./text.ts";
import type { Piece } from "./widgets/bar.ts";

/** Pieces for a line of so many columns; `show` gets the index of a tab that is clicked. */
export function tabsOf(
  titles: readonly string[],
  active: number,
  width: number,
  show: (index: number) => void,
): Piece[] {
  const wide = longestThatFits(titles, active, { width: width - 1, around: 3 });
  // In a narrow window letters are worth more than the space between.
  const dense = wide < Math.max(...titles.map(widthOf));
  const longest = dense ? longestThatFits(titles, active, { width: width - 2, around: 2 }) : wide;
  return titles.map((title, index) => {
    const shown = index === active;
    const text = ` ${index + 1} ${shown ? title : cut(title, longest)}${shown || !dense ? " " : ""}`;
    return { line: [[text, shown ? "badge" : "muted"]], click: () => show(index) };
  });
}

/** The most columns that names may have; `around` are those of what stands around each beside its number. */
function longestThatFits(
  titles: readonly string[],
  active: number,
  { width, around }: { width: number; around: number },
): number {
  const longest = Math.max(...titles.map(widthOf));
  for (let most = longest; most > 0; most--) {
    const used = titles.reduce((sum, title, index) => {
      const own = widthOf(title);
      return sum + around + String(index + 1).length + (index === active ? own : Math.min(own, most));
    }, 0);
    if (used <= width) return most;
  }
  return 0;
}
