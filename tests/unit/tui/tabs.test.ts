// The line of tabs in wide and narrow windows.
import { expect, test } from "bun:test";
import { tabsOf } from "../../../src/tui/tabs.ts";

const tabs = ["Dashboard", "Backends", "Capabilities", "Sessions", "Events", "Security", "Config", "Clients"].map(
  (title) => ({ title, short: { Dashboard: "Dash", Capabilities: "Tools" }[title] }),
);
const text = (width: number, active = 0) =>
  tabsOf(tabs, active, width, () => {})
    .flatMap(({ line }) => line.map(([piece]) => piece))
    .join("");

test("all names where there is room", () => {
  expect(text(120)).toBe(
    " 1 Dashboard  2 Backends  3 Capabilities  4 Sessions  5 Events  6 Security  7 Config  8 Clients ",
  );
});

test("short names in 80 columns, whichever tab is shown", () => {
  expect(text(80)).toBe(" 1 Dash  2 Backends 3 Tools 4 Sessions 5 Events 6 Security 7 Config 8 Clients");
  expect(text(80, 2)).toBe(" 1 Dash 2 Backends 3 Tools  4 Sessions 5 Events 6 Security 7 Config 8 Clients");
});

test("as many letters of each as there is room for in 60 columns", () => {
  expect(text(60)).toBe(" 1 Dash  2 Back 3 Tool 4 Sess 5 Even 6 Secu 7 Conf 8 Clie");
});

test("every tab is there, in whatever width", () => {
  for (const width of [60, 70, 80, 90]) {
    for (const active of tabs.keys()) {
      const line = text(width, active);
      expect(Bun.stringWidth(line)).toBeLessThan(width);
      expect(line).toMatch(/ 1 .+ 2 .+ 3 .+ 4 .+ 5 .+ 6 .+ 7 .+ 8 /);
    }
  }
});

test("a click tells which", () => {
  const shown: number[] = [];
  tabsOf(tabs, 0, 80, (index) => shown.push(index))[3]?.click?.();
  expect(shown).toEqual([3]);
});
