// A panel in the middle, over everything else.
import { BoxRenderable, type OptimizedBuffer, type RenderableOptions } from "@opentui/core";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { Panel } from "./panel.ts";

export interface DialogOptions extends RenderableOptions<Panel> {
  heading: Line;
  /** A click beside the panel. */
  dismiss(): void;
}

export interface Dialog {
  readonly view: BoxRenderable;
  readonly panel: Panel;
}

/** Darkens what lies below, where the theme's colours can be mixed. */
function shade(buffer: OptimizedBuffer, { context, theme }: Ui): void {
  if (theme.shade) buffer.fillRect(0, 0, context.width, context.height - 1, theme.shade);
}

/** The view fills the window but the footer, which tells the keys of what is above; its content goes into the panel. */
export function dialog(ui: Ui, { heading, dismiss, ...options }: DialogOptions): Dialog {
  const panel = new Panel(ui, { opaque: true, maxWidth: "100%", maxHeight: "100%", paddingX: 3, ...options });
  panel.heading = heading;
  panel.active = true;
  panel.onMouseDown = (event) => event.stopPropagation();
  const view = new BoxRenderable(ui.context, {
    ...{ position: "absolute", left: 0, top: 0, right: 0, bottom: 1, zIndex: 10 },
    ...{ alignItems: "center", justifyContent: "center", shouldFill: false },
    onMouseDown: dismiss,
    renderBefore: (buffer) => shade(buffer, ui),
  });
  view.add(panel);
  return { view, panel };
}
