// All keys that work here, with what they do.
import { type Action, bind, type KeyText, labelOf } from "../keys.ts";
import type { Overlay } from "../screen.ts";
import { fit } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { dialog } from "./dialog.ts";
import { MOVE, movement } from "./movement.ts";
import { Pane } from "./pane.ts";

const KEYS = 18;

/** Lists these actions by group. */
export function helpOverlay(ui: Ui, actions: readonly Action[], close: () => void): Overlay {
  const { view, panel } = dialog(ui, { heading: [["Keys", "accent"]], width: 74, height: "80%", dismiss: close });
  panel.note = [
    ["esc", "key"],
    [" close", "muted"],
  ];
  const pane = new Pane(ui);
  const lines = linesOf(actions);
  pane.content = () => lines;
  panel.add(pane);
  const group = "Help";
  return {
    view,
    actions: bind(
      [
        ...movement<undefined>(() => pane),
        { keys: ["escape", "?", "q", "return"], description: "Close", group, hint: "close", run: close },
      ],
      undefined,
    ),
  };
}

function linesOf(actions: readonly Action[]): Line[] {
  return grouped(actions).flatMap(([group, members], index) => [
    ...(index > 0 ? [[]] : []),
    [[group, "strong"]] satisfies Line,
    ...members.map(lineOf),
  ]);
}

/** By group: what is special here, and how one moves, before all else. */
function grouped(actions: readonly Action[]): [group: string, members: Action[]][] {
  const [first, second, ...others] = [...Map.groupBy(actions, ({ group }) => group)];
  if (!first || !second) return first ? [first] : [];
  return first[0] === MOVE ? [second, first, ...others] : [first, second, ...others];
}

function lineOf(action: Action): Line {
  const reason = action.disabledReason();
  const line: Span[] = [
    [fit(keysText(action), KEYS), "key"],
    [action.description, reason === null ? "text" : "muted"],
  ];
  return reason === null ? line : [...line, [`  ${reason}`, "warning"]];
}

/** All keys of a binding: `↓ j`. */
export function keysText({ keys }: KeyText): string {
  return keys.map(labelOf).join(" ");
}
