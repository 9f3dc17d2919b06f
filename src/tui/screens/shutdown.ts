// Asks before a server is shut down, and how long calls in flight may take.
import { bind } from "../keys.ts";
import type { Overlay } from "../screen.ts";
import { wrap } from "../text.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { Bar } from "../widgets/bar.ts";
import { dialog } from "../widgets/dialog.ts";
import { Input } from "../widgets/input.ts";
import { Pane } from "../widgets/pane.ts";

const WIDTH = 60;
/** Seconds: what the server takes. */
const SECONDS = { usual: "30", least: 1, most: 300 };

/** `answer` gets the seconds, or nothing for Esc. */
export function shutdownOverlay(ui: Ui, name: string, answer: (seconds?: number) => void): Overlay {
  const { view, panel } = dialog(ui, {
    heading: [[`Shut ${name} down?`, "warning"]],
    ...{ width: WIDTH, height: 11, paddingY: 2 },
    dismiss: () => answer(),
  });
  const input = new Input(ui, { value: SECONDS.usual, flexGrow: 0, marginTop: 1, maxLength: 3 });
  const pane = new Pane(ui);
  pane.content = textFor;
  const answers = new Bar(ui);
  answers.marginTop = 1;
  const take = () => {
    const seconds = secondsIn(input.text);
    if (seconds !== undefined) answer(seconds);
  };
  for (const part of [pane, input, answers]) panel.add(part);
  input.focus();
  const group = "Question";
  return {
    view,
    update: () => {
      answers.pieces = answersFor(secondsIn(input.text), take, () => answer());
    },
    actions: bind(
      [
        {
          keys: ["return"],
          description: "Shut it down",
          ...{ group, hint: "shut down" },
          disabledReason: () => (secondsIn(input.text) === undefined ? rule() : null),
          run: take,
        },
        { keys: ["escape"], description: "No, leave it", group, hint: "no", run: () => answer() },
      ],
      undefined,
    ),
  };
}

function textFor(width: number): Line[] {
  const text =
    "All clients lose their sessions, the backends are stopped, and the process ends. Calls in flight may take so many seconds:";
  return wrap(text, width).map((line): Line => [[line]]);
}

function answersFor(seconds: number | undefined, yes: () => void, no: () => void) {
  const take: Line = seconds === undefined ? [[rule(), "bad"]] : [["enter", "key"], [" Shut it down    "]];
  return [
    { line: take, click: yes },
    { line: [[seconds === undefined ? "    " : ""], ["esc", "key"], [" No, leave it"]] satisfies Line, click: no },
  ];
}

function rule(): string {
  return `${SECONDS.least} to ${SECONDS.most} seconds`;
}

function secondsIn(text: string): number | undefined {
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return seconds >= SECONDS.least && seconds <= SECONDS.most ? seconds : undefined;
}
