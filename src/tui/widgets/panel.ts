// A frame with a title around what belongs together; the one that has the keys is drawn in the accent colour.
import { type OptimizedBuffer, Renderable, type RenderableOptions } from "@opentui/core";
import type { Line } from "../theme.ts";
import { blank, drawLine, lineWidth, type Ui } from "../ui.ts";

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

  /** Cell by cell: the library is slow with text that is not ASCII, and a frame is much of it. */
  #drawFrame(buffer: OptimizedBuffer): void {
    const { screenX, screenY, width, height } = this;
    const { theme } = this.#ui;
    const { fg, attributes } = theme.roles[this.active ? "focus" : "border"];
    const put = (x: number, y: number, character: string) =>
      buffer.setCell(screenX + x, screenY + y, character, fg, theme.background, attributes);
    const [right, bottom] = [width - 1, height - 1];
    for (let x = 1; x < right; x++) {
      put(x, 0, "─");
      put(x, bottom, "─");
    }
    for (let y = 1; y < bottom; y++) {
      put(0, y, "│");
      put(right, y, "│");
    }
    put(0, 0, "╭");
    put(right, 0, "╮");
    put(0, bottom, "╰");
    put(right, bottom, "╯");
  }
}
