// What lies over the screen, the newest on top.
import type { BoxRenderable } from "@opentui/core";
import type { Overlay } from "./screen.ts";

export class Overlays {
  readonly #root: BoxRenderable;
  readonly #changed: () => void;
  readonly #open: Overlay[] = [];

  /** `changed` is called when one was opened or closed. */
  constructor(root: BoxRenderable, changed: () => void) {
    this.#root = root;
    this.#changed = changed;
  }

  get top(): Overlay | undefined {
    return this.#open.at(-1);
  }

  open(overlay: Overlay): void {
    this.#open.push(overlay);
    this.#root.add(overlay.view);
    this.#changed();
  }

  /** Closes this one, wherever it lies; one that is not open is left alone. */
  close(overlay: Overlay): void {
    const index = this.#open.indexOf(overlay);
    if (index < 0) return;
    this.#open.splice(index, 1);
    overlay.view.destroyRecursively();
    overlay.closed?.();
    this.#changed();
  }

  /** Opens one that ends with a choice, or without. */
  choose<Choice>(make: (end: (choice?: Choice) => void) => Overlay): Promise<Choice | undefined> {
    return new Promise((resolve) => {
      const overlay = make((choice) => {
        this.close(overlay);
        resolve(choice);
      });
      this.open(overlay);
    });
  }
}
