// The keys that move in a list: the same ones everywhere.
import type { Binding, KeyText } from "../keys.ts";

/** The group of the keys that move. */
export const MOVE = "Move";

export interface Movable {
  /** By so many rows; Infinity is the end. */
  move(rows: number): void;
  page(pages: number): void;
}

/** Bindings for what `of` finds in their target, e.g. the list that has the keys. */
export function movement<Target>(of: (target: Target) => Movable): Binding<Target>[] {
  const group = MOVE;
  return [
    { keys: ["up", "k"], description: "Up", group, hint: "move", hintKeys: "↑↓", run: (target) => of(target).move(-1) },
    { keys: ["down", "j"], description: "Down", group, run: (target) => of(target).move(1) },
    { keys: ["pageup", "ctrl+u"], description: "A page up", group, run: (target) => of(target).page(-1) },
    { keys: ["pagedown", "ctrl+d"], description: "A page down", group, run: (target) => of(target).page(1) },
    { keys: ["home", "g"], description: "To the beginning", group, run: (target) => of(target).move(-Infinity) },
    { keys: ["end", "G"], description: "To the end", group, run: (target) => of(target).move(Infinity) },
  ];
}

const WHILE_TYPING = new Set(["up", "down", "pageup", "pagedown"]);

/** What still moves in a list while letters are typed, with the keys that do. */
export function whileTyping<Text extends KeyText>(bindings: readonly Text[]): Text[] {
  return bindings
    .map((binding) => ({ ...binding, keys: binding.keys.filter((chord) => WHILE_TYPING.has(chord)) }))
    .filter(({ keys }) => keys.length > 0);
}
