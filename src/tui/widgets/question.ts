// Asks before something that cannot be undone.
import { type Action, bind } from "../keys.ts";
import type { Overlay, Question } from "../screen.ts";
import { wrap } from "../text.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { dialog } from "./dialog.ts";
import { Pane } from "./pane.ts";

const WIDTH = 56;

/** `answer` gets true for y or Enter, false for n or Esc. */
export function questionOverlay(ui: Ui, question: Question, answer: (yes: boolean) => void): Overlay {
  const lines = linesOf(question);
  const { view, panel } = dialog(ui, {
    heading: [[question.title, "warning"]],
    width: WIDTH,
    height: lines.length + 4,
    paddingY: 2,
    dismiss: () => answer(false),
  });
  const pane = new Pane(ui);
  pane.content = () => lines;
  panel.add(pane);
  return { view, actions: actionsOf(question, answer) };
}

function linesOf({ text, yes }: Question): Line[] {
  const asked = wrap(text, WIDTH - 4).map((line): Line => [[line]]);
  return [...asked, [], [["y", "key"], [` ${yes}    `], ["n", "key"], [" No, leave it"]]];
}

function actionsOf({ yes }: Question, answer: (yes: boolean) => void): Action[] {
  const group = "Question";
  return bind(
    [
      { keys: ["y", "return"], description: yes, group, hint: yes, run: () => answer(true) },
      { keys: ["n", "escape", "q"], description: "No, leave it", group, hint: "no", run: () => answer(false) },
    ],
    undefined,
  );
}
