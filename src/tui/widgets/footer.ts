// The last line: the keys that work now, or what just happened, or what is searched for.
import { BoxRenderable } from "@opentui/core";
import { type Action, labelOf } from "../keys.ts";
import type { Search } from "../screen.ts";
import type { Line, Role } from "../theme.ts";
import { lineWidth, type Ui } from "../ui.ts";
import { Bar, type Piece } from "./bar.ts";
import { Input, inputLine } from "./input.ts";

/** So long a message stays, in milliseconds; longer ones stay longer. */
const STAY = 4_000;
const STAY_PER_CHARACTER = 40;

/** `info` is for what has begun and is not done. */
export type Tone = "info" | "good" | "warning" | "bad";

const SYMBOLS: Readonly<Record<Tone, string>> = { info: "◐", good: "✔", warning: "▲", bad: "✖" };

export class Footer {
  readonly view: BoxRenderable;
  readonly #ui: Ui;
  readonly #bar: Bar;
  readonly #row: BoxRenderable;
  readonly #input: Input;
  #search: Search | undefined;
  #message: { line: Line; timer: Timer } | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#bar = new Bar(ui);
    this.#input = new Input(ui, { placeholder: "search", changed: (value) => this.#search?.changed(value) });
    const hint: Line = [["enter", "key"], [" keep  "], ["esc", "key"], [" clear "]];
    this.#row = inputLine(ui, this.#input, { mark: " / ", hint });
    this.#row.visible = false;
    this.view = new BoxRenderable(ui.context, { height: 1, flexShrink: 0 });
    this.view.add(this.#bar);
    this.view.add(this.#row);
  }

  get searching(): boolean {
    return this.#search !== undefined;
  }

  /** Opens the line to search in, with what is searched for so far. */
  search(search: Search): void {
    this.#search = search;
    this.#input.value = search.value;
    this.#show(true);
    this.#input.focus();
  }

  /** Closes it; `keep` leaves what was searched for in force. */
  endSearch(keep: boolean): void {
    const search = this.#search;
    this.#search = undefined;
    this.#input.blur();
    this.#show(false);
    if (!keep) search?.changed("");
    this.#ui.redraw();
  }

  /** Shows a message in place of the keys for a while. */
  tell(text: string, tone: Tone = "good"): void {
    this.quiet();
    const line: Line = [
      [` ${SYMBOLS[tone]} `, tone],
      [text, tone === "good" || tone === "info" ? "text" : tone],
    ];
    const timer = setTimeout(
      () => {
        this.quiet();
        this.#ui.redraw();
      },
      STAY + text.length * STAY_PER_CHARACTER,
    );
    this.#message = { line, timer };
    this.#ui.redraw();
  }

  /** Takes the message away. */
  quiet(): void {
    clearTimeout(this.#message?.timer);
    this.#message = undefined;
  }

  /** Before each frame: the keys that work now, the most special first. */
  update(actions: readonly Action[], run: (action: Action) => void): void {
    const { width } = this.#ui.context;
    this.#bar.pieces = this.#message
      ? [{ line: this.#message.line, click: () => this.quiet() }]
      : hintsOf(actions, run, width);
  }

  #show(searching: boolean): void {
    this.#bar.visible = !searching;
    this.#row.visible = searching;
  }
}

/** As many hints as there is room for, and always the one for all keys; those of actions that are disabled are grey. */
function hintsOf(actions: readonly Action[], run: (action: Action) => void, width: number): Piece[] {
  const hinted = actions.filter(({ hint }) => hint !== undefined);
  const pieces = hinted.map((action) => hintOf(action, run));
  const help = pieces[hinted.findIndex(({ keys }) => keys.includes("?"))];
  let room = width - 1 - (help ? lineWidth(help.line) : 0);
  return pieces.filter((piece) => {
    if (piece === help) return true;
    room -= lineWidth(piece.line);
    return room >= 0;
  });
}

function hintOf(action: Action, run: (action: Action) => void): Piece {
  const [first = ""] = action.keys;
  const keys = action.hintKeys ?? labelOf(first);
  const role: Role = action.disabledReason() === null ? "text" : "muted";
  return { line: [[" "], [keys, "key"], [` ${action.hint} `, role]], click: () => run(action) };
}
