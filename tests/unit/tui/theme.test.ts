// Every theme can be read, and the one without colours has none.
import { expect, test } from "bun:test";
import type { RGBA } from "@opentui/core";
import { colourless, type Role, THEMES, type Theme, themeOf } from "../../../src/tui/theme.ts";

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance({ r, g, b }: RGBA): number {
  const [red = 0, green = 0, blue = 0] = [r, g, b].map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: RGBA, other: RGBA): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const own = THEMES.filter((name) => name !== "terminal").map(themeOf);

test("text of every kind has a contrast of 4.5 on its background, also where it is selected; 7 in high-contrast", () => {
  const tooWeak = own.flatMap((theme) =>
    Object.entries(theme.roles).flatMap(([role, { fg, bg }]) => {
      if (role === "border") return [];
      const grounds = bg ? [bg] : [theme.background, theme.selection.bg ?? theme.background];
      const least = theme.name === "high-contrast" && !bg ? 7 : 4.5;
      return grounds
        .filter((ground) => contrast(fg, ground) < least)
        .map((ground) => `${theme.name} ${role} ${contrast(fg, ground).toFixed(1)}`);
    }),
  );
  expect(tooWeak).toEqual([]);
});

test("the terminal's theme has nothing but the terminal's colours, and the other none at all", () => {
  const intents = (theme: Theme) =>
    new Set(
      Object.keys(theme.roles).flatMap((role) => [
        theme.roles[role as Role].fg.intent,
        theme.roles[role as Role].bg?.intent ?? "default",
      ]),
    );
  expect([...intents(themeOf("terminal"))].toSorted()).toEqual(["default", "indexed"]);
  expect([...intents(colourless())]).toEqual(["default"]);
});
