// The colours: what a piece of text is for decides how it looks, in each of the themes.
import { RGBA, TextAttributes } from "@opentui/core";

const { NONE, BOLD, DIM, INVERSE, UNDERLINE } = TextAttributes;

/** What a piece of text is for. */
export type Role =
  | "text"
  | "strong"
  | "muted"
  | "border"
  | "focus"
  | "accent"
  | "key"
  | "good"
  | "info"
  | "warning"
  | "bad"
  | "badge"
  | "match";

/** A piece of text and what it is for; plain text unless said. */
export type Span = readonly [text: string, role?: Role];

/** Pieces side by side. */
export type Line = readonly Span[];

export interface Style {
  readonly fg: RGBA;
  readonly bg?: RGBA;
  readonly attributes: number;
}

export interface Theme {
  readonly name: string;
  readonly background: RGBA;
  readonly roles: Readonly<Record<Role, Style>>;
  /** Laid over everything that an overlay leaves to be seen. */
  readonly shade?: RGBA;
  /** Laid over the line that is selected: its background, or one colour for all of its text, and attributes that are added. */
  readonly selection: { readonly bg?: RGBA; readonly fg?: RGBA; readonly attributes: number };
}

interface Palette extends Record<Exclude<Role, "badge" | "match" | "focus">, string> {
  background: string;
  selection: string;
}

const DARK: Palette = {
  background: "#0f1318",
  selection: "#1e2d3a",
  text: "#c6cfdb",
  strong: "#f0f4f9",
  muted: "#8b98a9",
  border: "#344150",
  accent: "#4fd6c4",
  key: "#8fb4ff",
  good: "#74d99f",
  info: "#6cb8f6",
  warning: "#f0c060",
  bad: "#ff7f87",
};

const LIGHT: Palette = {
  background: "#fcfcfa",
  selection: "#d9ebf0",
  text: "#2b333d",
  strong: "#0b0f14",
  muted: "#5d6875",
  border: "#b9c1ca",
  accent: "#00716b",
  key: "#2c52c4",
  good: "#16703a",
  info: "#145fb0",
  warning: "#855300",
  bad: "#b81f2c",
};

const CONTRAST: Palette = {
  background: "#000000",
  selection: "#002b55",
  text: "#ffffff",
  strong: "#ffffff",
  muted: "#dddddd",
  border: "#ffffff",
  accent: "#00ffff",
  key: "#ffff00",
  good: "#5cff5c",
  info: "#7cd0ff",
  warning: "#ffd700",
  bad: "#ff9d9d",
};

const BUILDERS: Readonly<Record<string, () => Theme>> = {
  dark: () => fromPalette("dark", DARK),
  light: () => fromPalette("light", LIGHT),
  "high-contrast": () => fromPalette("high-contrast", CONTRAST),
  terminal: terminalTheme,
};

/** The names that can be chosen. */
export const THEMES: readonly string[] = Object.keys(BUILDERS);

/** The theme of this name, which is one of THEMES; with anything else, the dark one. */
export function themeOf(name: string): Theme {
  return (BUILDERS[name] ?? BUILDERS.dark ?? terminalTheme)();
}

/** The theme for NO_COLOR: the terminal's own two colours, bold and inverse. */
export function colourless(): Theme {
  const plain = RGBA.defaultForeground();
  const style = (attributes = NONE): Style => ({ fg: plain, attributes });
  return {
    name: "no colours",
    background: RGBA.defaultBackground(),
    selection: { attributes: INVERSE },
    roles: {
      ...{ text: style(), muted: style(), border: style(), info: style(), good: style(), warning: style() },
      ...{ strong: style(BOLD), focus: style(BOLD), accent: style(BOLD), key: style(BOLD), bad: style(BOLD) },
      badge: style(BOLD | INVERSE),
      match: style(BOLD | (UNDERLINE ?? 0)),
    },
  };
}

function fromPalette(name: string, { background, selection, ...colours }: Palette): Theme {
  const style = (colour: string, attributes = NONE): Style => ({ fg: RGBA.fromHex(colour), attributes });
  const { text, strong, muted, border, accent, key, good, info, warning, bad } = colours;
  return {
    name,
    background: RGBA.fromHex(background),
    selection: { bg: RGBA.fromHex(selection), attributes: NONE },
    shade: RGBA.fromHex(`${background}99`),
    roles: {
      ...{ text: style(text), strong: style(strong, BOLD), muted: style(muted), border: style(border) },
      ...{ focus: style(accent), accent: style(accent, BOLD), key: style(key) },
      ...{ good: style(good), info: style(info), warning: style(warning), bad: style(bad) },
      badge: { ...style(background, BOLD), bg: RGBA.fromHex(accent) },
      match: style(accent, BOLD | (UNDERLINE ?? 0)),
    },
  };
}

/** The terminal's sixteen colours, whatever they are there. Muted is dim: bright black is invisible in some schemes. */
function terminalTheme(): Theme {
  const own = (index: number, attributes = NONE): Style => ({ fg: RGBA.fromIndex(index), attributes });
  const plain = (attributes = NONE): Style => ({ fg: RGBA.defaultForeground(), attributes });
  return {
    name: "terminal",
    background: RGBA.defaultBackground(),
    selection: { fg: RGBA.defaultForeground(), attributes: INVERSE },
    roles: {
      ...{ text: plain(), strong: plain(BOLD), muted: plain(DIM), border: plain(DIM), focus: own(6) },
      ...{ accent: own(6, BOLD), key: own(4), good: own(2), info: own(6), warning: own(3), bad: own(1) },
      badge: own(6, BOLD | INVERSE),
      match: own(6, BOLD | (UNDERLINE ?? 0)),
    },
  };
}
