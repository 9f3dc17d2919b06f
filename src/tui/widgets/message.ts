// Something to read over the screen, which has no room in it or in the footer.
import { bind } from "../keys.ts";
import type { Overlay } from "../screen.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { dialog } from "./dialog.ts";
import { movement } from "./movement.ts";
import { type Content, Pane } from "./pane.ts";

const WIDTH = 76;
/** Frame and padding. */
const AROUND = { columns: 6, lines: 4 };

/** Shows it until it is closed. */
export function messageOverlay(
  ui: Ui,
  { title, content }: { title: Line; content: Content },
  close: () => void,
): Overlay {
  const width = Math.min(WIDTH, ui.context.width - 4);
  const lines = content(width - AROUND.columns).length;
  const height = Math.min(lines + AROUND.lines, ui.context.height - 4);
  const { view, panel } = dialog(ui, { heading: title, width, height, paddingY: 2, dismiss: close });
  const pane = new Pane(ui);
  pane.content = content;
  panel.add(pane);
  const group = "Message";
  const actions = bind(
    [
      ...movement<undefined>(() => pane),
      { keys: ["escape", "return", "q"], description: "Close", group, hint: "close", run: () => close() },
    ],
    undefined,
  );
  return { view, actions };
}
