// Several lines to type in, in the colours of the theme.
import { type OptimizedBuffer, TextareaRenderable } from "@opentui/core";
import type { Theme } from "../theme.ts";
import type { Ui } from "../ui.ts";

export class Editor extends TextareaRenderable {
  readonly #ui: Ui;
  #theme: Theme | undefined;

  constructor(ui: Ui) {
    super(ui.context, { flexGrow: 1, flexShrink: 1, backgroundColor: "transparent", wrapMode: "char" });
    this.#ui = ui;
  }

  get text(): string {
    return this.plainText;
  }

  /** Only text in which nothing could command the terminal: JSON as `harmlessJson` writes it. */
  set text(text: string) {
    this.setText(text);
    // Behind the first brace, where one goes on writing.
    this.setCursor(0, 1);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    if (this.#theme !== this.#ui.theme) this.#dress(this.#ui.theme);
    super.renderSelf(buffer);
  }

  #dress(theme: Theme): void {
    this.#theme = theme;
    const { text, accent } = theme.roles;
    this.textColor = text.fg;
    this.focusedTextColor = text.fg;
    this.backgroundColor = theme.background;
    this.focusedBackgroundColor = theme.background;
    this.cursorColor = accent.fg;
  }
}
