// Asks for one line of text.
import { bind } from "../keys.ts";
import type { Overlay, Prompt } from "../screen.ts";
import type { Ui } from "../ui.ts";
import { dialog } from "./dialog.ts";
import { Input, inputLine } from "./input.ts";

/** `answer` gets what was typed, or nothing for Esc. */
export function promptOverlay(ui: Ui, prompt: Prompt, answer: (text?: string) => void): Overlay {
  const { title, placeholder, value = "", secret = false, fault = () => null } = prompt;
  const { view, panel } = dialog(ui, {
    heading: [[title, "accent"]],
    ...{ width: 64, height: 3 },
    dismiss: () => answer(),
  });
  const input = new Input(ui, { placeholder, value, secret });
  panel.add(inputLine(ui, input));
  input.focus();
  const typed = () => input.text.trim();
  const group = "Prompt";
  const actions = bind(
    [
      {
        keys: ["return"],
        description: "Take it",
        ...{ group, hint: "take" },
        disabledReason: () => fault(typed()),
        run: () => answer(typed()),
      },
      { keys: ["escape"], description: "Cancel", group, hint: "cancel", run: () => answer() },
    ],
    undefined,
  );
  return { view, actions };
}
