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
  const longest = longestThatFits(titles, active, width - 1);
  return titles.map((title, index) => {
    const text = ` ${index + 1} ${index === active ? title : cut(title, longest)} `;
    return { line: [[text, index === active ? "badge" : "muted"]], click: () => show(index) };
  });
}

function longestThatFits(titles: readonly string[], active: number, width: number): number {
  const longest = Math.max(...titles.map(widthOf));
  for (let most = longest; most > 0; most--) {
    const used = titles.reduce((sum, title, index) => {
      const own = widthOf(title);
      return sum + 3 + String(index + 1).length + (index === active ? own : Math.min(own, most));
    }, 0);
    if (used <= width) return most;
  }
  return 0;
}
