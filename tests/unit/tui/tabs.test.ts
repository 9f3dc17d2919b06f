// The line of tabs in wide and narrow windows.
import { expect, test } from "bun:test";
import { tabsOf } from "../../../src/tui/tabs.ts";

const titles = ["Dashboard", "Backends", "Capabilities", "Sessions", "Events", "Security", "Config", "Clients"];
const text = (width: number, active = 0) =>
  tabsOf(titles, active, width, () => {})
    .flatMap(({ line }) => line.map(([piece]) => piece))
    .join("");

test("all names where there is room", () => {
  expect(text(120)).toBe(
    " 1 Dashboard  2 Backends  3 Capabilities  4 Sessions  5 Events  6 Security  7 Config  8 Clients ",
  );
});

test("in a narrow window the others get shorter, the one that is shown does not", () => {
  for (const width of [60, 70, 80, 90]) {
    for (const active of titles.keys()) {
      const line = text(width, active);
      expect(Bun.stringWidth(line)).toBeLessThan(width);
      expect(line).toContain(` ${active + 1} ${titles[active]} `);
    }
  }
});

test("a click tells which", () => {
  const shown: number[] = [];
  tabsOf(titles, 0, 80, (index) => shown.push(index))[3]?.click?.();
  expect(shown).toEqual([3]);
});
