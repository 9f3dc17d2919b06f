// The line of tabs: in a narrow window names and the space between them get shorter, and no tab moves when another is shown.
import { widthOf } from "./text.ts";
import type { Piece } from "./widgets/bar.ts";

export interface Tab {
  title: string;
  /** The name for narrow windows. */
  short?: string | undefined;
}

/** Pieces for a line of so many columns; `show` gets the index of a tab that is clicked. */
export function tabsOf(tabs: readonly Tab[], active: number, width: number, show: (index: number) => void): Piece[] {
  const { names, space } = fitting(tabs, width);
  return names.map((name, index) => {
    const shown = index === active;
    const text = ` ${index + 1} ${name}${shown ? " " : space}`;
    return { line: [[text, shown ? "badge" : "muted"]], click: () => show(index) };
  });
}

function fitting(tabs: readonly Tab[], width: number): { names: string[]; space: string } {
  const titles = tabs.map(({ title }) => title);
  if (widthOf(titles.map((title, index) => ` ${index + 1} ${title} `).join("")) < width)
    return { names: titles, space: " " };
  const shorts = tabs.map(({ title, short = title }) => short);
  const longest = Math.max(...shorts.map(widthOf));
  // One column stays free, and one is for the space behind the tab that is shown.
  const fits = (most: number) =>
    shorts.reduce((sum, name, index) => sum + 2 + String(index + 1).length + Math.min(widthOf(name), most), 2) <= width;
  const most = Array.from({ length: longest }, (_, index) => longest - index).find(fits) ?? 0;
  // An ellipsis would take the place of a letter, which tells more.
  return { names: shorts.map((name) => name.slice(0, most)), space: "" };
}
