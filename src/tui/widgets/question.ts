// Asks before something that cannot be undone.
import { type Action, bind } from "../keys.ts";
import type { Overlay, Question } from "../screen.ts";
import { wrap } from "../text.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { Bar } from "./bar.ts";
import { dialog } from "./dialog.ts";
import { movement } from "./movement.ts";
import { Pane } from "./pane.ts";

const WIDTH = 56;
/** Where there are details. */
const WIDER = 100;
/** The frame, its margins, and the answers below a blank line. */
const AROUND = 6;

/** `answer` gets true for y or Enter, false for n or Esc. */
export function questionOverlay(ui: Ui, question: Question, answer: (yes: boolean) => void): Overlay {
  const width = Math.min(question.details ? WIDER : WIDTH, ui.context.width);
  const lines = linesOf(question, width - 6);
  const { view, panel } = dialog(ui, {
    heading: [[question.title, "warning"]],
    ...{ width, height: Math.min(lines.length + AROUND, ui.context.height), paddingY: 2 },
    dismiss: () => answer(false),
  });
  const pane = new Pane(ui);
  pane.content = (columns) => linesOf(question, columns);
  const answers = new Bar(ui);
  answers.marginTop = 1;
  answers.pieces = [
    { line: [["y", "key"], [` ${question.yes}    `]], click: () => answer(true) },
    { line: [["n", "key"], [" No, leave it"]], click: () => answer(false) },
  ];
  panel.add(pane);
  panel.add(answers);
  return {
    view,
    actions: [
      ...bind(
        movement<undefined>(() => pane),
        undefined,
      ),
      ...actionsOf(question, answer),
    ],
  };
}

function linesOf({ text, details }: Question, width: number): Line[] {
  const asked = wrap(text, width).map((line): Line => [[line]]);
  return details ? [...asked, [], ...details(width)] : asked;
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
