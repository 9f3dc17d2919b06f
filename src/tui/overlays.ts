// What lies over the screen, the newest on top.
import type { BoxRenderable } from "@opentui/core";
import type { Overlay } from "./screen.ts";

export class Overlays {
  readonly #root: BoxRenderable;
  readonly #open: Overlay[] = [];

  constructor(root: BoxRenderable) {
    this.#root = root;
  }

  get top(): Overlay | undefined {
    return this.#open.at(-1);
  }

  open(overlay: Overlay): void {
    this.#open.push(overlay);
    this.#root.add(overlay.view);
  }

  /** Closes this one, wherever it lies; one that is not open is left alone. */
  close(overlay: Overlay): void {
    const index = this.#open.indexOf(overlay);
    const [closed] = index < 0 ? [] : this.#open.splice(index, 1);
    closed?.view.destroyRecursively();
    closed?.closed?.();
  }
}
