// A line to type in, in the colours of the theme.
import {
  InputRenderable,
  InputRenderableEvents,
  type InputRenderableOptions,
  type OptimizedBuffer,
} from "@opentui/core";
import { visible } from "../text.ts";
import type { Theme } from "../theme.ts";
import type { Ui } from "../ui.ts";

export interface InputOptions extends InputRenderableOptions {
  /** Each change, without what would not be visible. */
  changed?(value: string): void;
}

export class Input extends InputRenderable {
  readonly #ui: Ui;
  #theme: Theme | undefined;

  constructor(ui: Ui, { changed, ...options }: InputOptions = {}) {
    super(ui.context, { flexGrow: 1, backgroundColor: "transparent", ...options });
    this.#ui = ui;
    this.on(InputRenderableEvents.INPUT, () => changed?.(this.text));
  }

  /** What was typed. */
  get text(): string {
    return visible(this.value);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    if (this.#theme !== this.#ui.theme) this.#dress(this.#ui.theme);
    super.renderSelf(buffer);
  }

  #dress(theme: Theme): void {
    this.#theme = theme;
    const { text, muted, accent } = theme.roles;
    this.textColor = text.fg;
    this.focusedTextColor = text.fg;
    this.backgroundColor = theme.background;
    this.focusedBackgroundColor = theme.background;
    this.cursorColor = accent.fg;
    this.placeholderColor = muted.fg;
  }
}
