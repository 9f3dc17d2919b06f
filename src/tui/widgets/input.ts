// A line to type in, in the colours of the theme.
import {
  BoxRenderable,
  InputRenderable,
  InputRenderableEvents,
  type InputRenderableOptions,
  type OptimizedBuffer,
} from "@opentui/core";
import { visible, widthOf } from "../text.ts";
import type { Line, Theme } from "../theme.ts";
import { lineWidth, type Ui } from "../ui.ts";
import { Bar } from "./bar.ts";

export interface InputOptions extends InputRenderableOptions {
  /** Each change, without what would not be visible. */
  changed?(value: string): void;
  /** Shows a dot for each character. */
  secret?: boolean;
}

export class Input extends InputRenderable {
  readonly #ui: Ui;
  readonly #secret: boolean;
  #theme: Theme | undefined;

  constructor(ui: Ui, { changed, secret = false, ...options }: InputOptions = {}) {
    super(ui.context, { flexGrow: 1, backgroundColor: "transparent", ...options });
    this.#ui = ui;
    this.#secret = secret;
    this.on(InputRenderableEvents.INPUT, () => changed?.(this.text));
  }

  /** What was typed. */
  get text(): string {
    return visible(this.value);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    if (this.#theme !== this.#ui.theme) this.#dress(this.#ui.theme);
    super.renderSelf(buffer);
    if (this.#secret && this.value !== "") this.#conceal(buffer);
  }

  #conceal(buffer: OptimizedBuffer): void {
    const { roles, background } = this.#ui.theme;
    const dots = "•".repeat(Math.min(this.width, widthOf(this.text))).padEnd(this.width);
    buffer.drawText(dots, this.screenX, this.screenY, roles.text.fg, background);
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

/** The input between a mark that says where to type, and a hint. */
export function inputLine(ui: Ui, input: Input, { mark = "› ", hint = [] }: { mark?: string; hint?: Line } = {}) {
  const line = new BoxRenderable(ui.context, { flexDirection: "row", height: 1, flexShrink: 0 });
  const bars = [[[mark, "key"]] satisfies Line, hint].map((text) => {
    const bar = new Bar(ui);
    bar.width = lineWidth(text);
    bar.pieces = [{ line: text }];
    return bar;
  });
  for (const part of [bars[0], input, bars[1]]) if (part) line.add(part);
  return line;
}
