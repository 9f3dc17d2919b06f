// All keys that work here, with what they do.
import { type Action, bind, type KeyText, labelOf } from "../keys.ts";
import type { Overlay } from "../screen.ts";
import { fit } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { dialog } from "./dialog.ts";
import { hanging } from "./facts.ts";
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
  pane.content = (width) => linesOf(actions, width);
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

function linesOf(actions: readonly Action[], width: number): Line[] {
  return grouped(actions).flatMap(([group, members], index) => [
    ...(index > 0 ? [[]] : []),
    [[group, "strong"]] satisfies Line,
    ...members.flatMap((action) => linesFor(action, width)),
  ]);
}

/** By group: what is special here, and how one moves, before all else. */
function grouped(actions: readonly Action[]): [group: string, members: Action[]][] {
  const [first, second, ...others] = [...Map.groupBy(actions, ({ group }) => group)];
  if (!first || !second) return first ? [first] : [];
  return first[0] === MOVE ? [second, first, ...others] : [first, second, ...others];
}

function linesFor(action: Action, width: number): Line[] {
  const reason = action.disabledReason();
  const text: Span[] =
    reason === null
      ? [[action.description]]
      : [
          [action.description, "muted"],
          [` – ${reason}`, "warning"],
        ];
  return hanging(text, { width, head: [[fit(keysText(action), KEYS), "key"]], indent: KEYS });
}

/** All keys of a binding: `↓ j`. */
export function keysText({ keys }: KeyText): string {
  return keys.map(labelOf).join(" ");
}
