// The keys that move in a list: the same ones everywhere.
import type { Binding } from "../keys.ts";

export interface Movable {
  /** By so many rows; Infinity is the end. */
  move(rows: number): void;
  page(pages: number): void;
}

/** Bindings for what `of` finds in their target, e.g. the list that has the keys. */
export function movement<Target>(of: (target: Target) => Movable): Binding<Target>[] {
  const group = "Move";
  return [
    { keys: ["up", "k"], description: "Up", group, hint: "move", hintKeys: "↑↓", run: (target) => of(target).move(-1) },
    { keys: ["down", "j"], description: "Down", group, run: (target) => of(target).move(1) },
    { keys: ["pageup", "ctrl+u"], description: "A page up", group, run: (target) => of(target).page(-1) },
    { keys: ["pagedown", "ctrl+d"], description: "A page down", group, run: (target) => of(target).page(1) },
    { keys: ["home", "g"], description: "To the beginning", group, run: (target) => of(target).move(-Infinity) },
    { keys: ["end", "G"], description: "To the end", group, run: (target) => of(target).move(Infinity) },
  ];
}
