// A frame with a title around what belongs together; the one that has the keys is drawn in the accent colour.
import { type OptimizedBuffer, Renderable, type RenderableOptions } from "@opentui/core";
import type { Line } from "../theme.ts";
import { blank, drawLine, lineWidth, type Ui } from "../ui.ts";

const CORNERS = ["╭", "╮", "╰", "╯"] as const;

export class Panel extends Renderable {
  readonly #ui: Ui;
  /** In the frame's top line, on the left. */
  heading: Line = [];
  /** In the frame's top line, on the right, where there is room for it. */
  note: Line = [];
  /** Whether keys go to what is in it. */
  active = false;
  /** Whether it hides what is below. */
  readonly #opaque: boolean;

  constructor(ui: Ui, { opaque = false, ...options }: RenderableOptions<Panel> & { opaque?: boolean } = {}) {
    super(ui.context, { padding: 1, paddingX: 2, flexDirection: "column", overflow: "hidden", ...options });
    this.#ui = ui;
    this.#opaque = opaque;
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const { theme } = this.#ui;
    const { screenX: x, screenY: y, width, height } = this;
    if (width < 2 || height < 2) return;
    if (this.#opaque) blank(buffer, theme, { x, y, width, height });
    this.#drawFrame(buffer);
    const space = width - 4;
    if (this.heading.length === 0 || space < 3) return;
    const used = drawLine(buffer, theme, [[" "], ...this.heading, [" "]], { x: x + 2, y, width: space });
    const noteWidth = lineWidth(this.note) + 2;
    if (this.note.length === 0 || used + noteWidth + 1 > space) return;
    const place = { x: x + 2 + space - noteWidth, y, width: noteWidth };
    drawLine(buffer, theme, [[" "], ...this.note, [" "]], place);
  }

  #drawFrame(buffer: OptimizedBuffer): void {
    const { screenX: x, screenY: y, width, height } = this;
    const { fg, attributes } = this.#ui.theme.roles[this.active ? "focus" : "border"];
    const across = "─".repeat(width - 2);
    buffer.drawText(CORNERS[0] + across + CORNERS[1], x, y, fg, undefined, attributes);
    buffer.drawText(CORNERS[2] + across + CORNERS[3], x, y + height - 1, fg, undefined, attributes);
    for (let row = y + 1; row < y + height - 1; row++) {
      buffer.drawText("│", x, row, fg, undefined, attributes);
      buffer.drawText("│", x + width - 1, row, fg, undefined, attributes);
    }
  }
}
