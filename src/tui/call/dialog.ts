// A task from its arguments to its result: asks, runs, shows, and lets it be done again.
import type { JsonObject } from "../../model.ts";
import { latency } from "../format.ts";
import { jsonLines } from "../json-lines.ts";
import { type Action, type Binding, bind } from "../keys.ts";
import type { Company, Progress } from "../mcp.ts";
import type { Overlay, Shell } from "../screen.ts";
import { wrap } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import { dialog } from "../widgets/dialog.ts";
import { movement } from "../widgets/movement.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import type { Panel } from "../widgets/panel.ts";
import { Arguments } from "./arguments.ts";
import type { Caller } from "./caller.ts";
import { isFailed, resultLines } from "./result.ts";
import type { Task } from "./task.ts";

const WIDTH = 110;
/** Columns and lines of the frame and the space in it. */
const FRAME = { width: 6, height: 4 };
/** While it runs, the time is drawn anew after so many milliseconds. */
const TICK = 100;

type Phase =
  | { name: "asking" }
  | { name: "running"; since: number; cancel: AbortController; progress?: Progress; ticking: Timer }
  | { name: "done"; took: number; result: { value: JsonObject } | { error: string } };

export interface TaskDialogOptions {
  task: Task;
  caller: Caller;
}

export class TaskDialog implements Overlay {
  readonly view;
  readonly arguments: Arguments;
  readonly pane: Pane;
  readonly #shell: Shell;
  readonly #panel: Panel;
  readonly #task: Task;
  readonly #caller: Caller;
  readonly #actions: Readonly<Record<"form" | "choice" | "writing" | "running" | "done", readonly Action[]>>;
  #phase: Phase = { name: "asking" };
  #raw = false;
  #tallest = 1;
  #content: Content = () => [];

  constructor(shell: Shell, { task, caller }: TaskDialogOptions) {
    const { ui } = shell;
    this.#shell = shell;
    this.#task = task;
    this.#caller = caller;
    const { view, panel } = dialog(ui, {
      heading: [[task.name, "accent"]],
      ...{ width: WIDTH, height: FRAME.height, paddingY: 2 },
      dismiss: () => this.back(),
    });
    this.view = view;
    this.#panel = panel;
    this.pane = new Pane(ui, { visible: false });
    this.arguments = new Arguments(ui, { schema: task.schema, intro: task.description });
    panel.add(this.arguments.view);
    panel.add(this.pane);
    const to = (...bindings: readonly (readonly Binding<TaskDialog>[])[]) => bind(bindings.flat(), this);
    this.#actions = {
      ...{ form: to(FORM, ASKING), choice: to(CHOICE, FORM, ASKING), writing: to(WRITING, ASKING) },
      ...{ running: to(RUNNING), done: to(DONE) },
    };
    // There is nothing to give, and reading changes nothing.
    if (task.verb !== "call" && this.arguments.none) void this.run();
  }

  get actions(): readonly Action[] {
    const { name } = this.#phase;
    if (name !== "asking") return this.#actions[name];
    const { writing, choosing } = this.arguments;
    return this.#actions[writing ? "writing" : choosing ? "choice" : "form"];
  }

  /** Why there is nothing to change before it is done again. */
  get fixed(): string | null {
    return this.#task.verb === "read" && this.arguments.none ? "there is nothing to give" : null;
  }

  update(): void {
    const { width, height } = this.#shell.ui.context;
    const inner = Math.min(WIDTH, width) - FRAME.width;
    this.#panel.note = this.#note();
    if (this.#phase.name === "running") this.#content = runningContent(this.#phase);
    this.pane.content = this.#content;
    const lines = this.#phase.name === "asking" ? this.arguments.linesFor(inner) : this.#content(inner).length;
    // It never gets smaller, so that it does not jump.
    this.#tallest = Math.max(this.#tallest, lines);
    const wanted = Math.min(this.#tallest + FRAME.height, height - 2);
    if (this.#panel.height !== wanted) this.#panel.height = wanted;
    this.arguments.arrange();
  }

  closed(): void {
    const phase = this.#phase;
    this.#phase = { name: "asking" };
    if (phase.name !== "running") return;
    clearInterval(phase.ticking);
    phase.cancel.abort();
  }

  /** Asks the gateway, if nothing is wrong with the arguments and the user really wants it. */
  async run(): Promise<void> {
    const input = this.arguments.take();
    if (!input || !(await this.#wanted())) return;
    const cancel = new AbortController();
    const since = performance.now();
    const ticking = setInterval(() => this.#shell.ui.redraw(), TICK);
    const running: Phase = { name: "running", since, cancel, ticking };
    const company: Company = {
      signal: cancel.signal,
      progress: (progress) => {
        running.progress = progress;
        this.#shell.ui.redraw();
      },
    };
    this.#enter(running);
    const result = await this.#caller
      .ask((client) => this.#task.run(client, input, company))
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
      );
    // It was cancelled, or closed: nobody waits for it any more.
    if (this.#phase !== running) return;
    this.#enter({ name: "done", took: performance.now() - since, result });
  }

  /** One step back: the result to the arguments, what runs is cancelled, arguments are left. */
  back(): void {
    if (this.#phase.name === "running") {
      this.#phase.cancel.abort();
      this.#shell.toast(`${this.#task.name} is cancelled`, "warning");
    }
    if (this.#phase.name === "asking" || this.fixed !== null) this.#shell.close(this);
    else this.edit();
  }

  edit(): void {
    this.#enter({ name: "asking" });
  }

  close(): void {
    this.#shell.close(this);
  }

  toggleRaw(): void {
    this.#raw = !this.#raw;
    this.#showResult();
  }

  copy(): void {
    if (this.#phase.name !== "done") return;
    const { result } = this.#phase;
    this.#shell.copy("value" in result ? JSON.stringify(result.value, null, 2) : result.error, "the result");
  }

  async #wanted(): Promise<boolean> {
    if (!this.#task.destructive) return true;
    this.arguments.typing = false;
    const yes = await this.#shell.ask({
      title: this.#task.name,
      text: "This tool says of itself that it may destroy something. Call it with these arguments?",
      yes: "Call it",
    });
    this.arguments.typing = true;
    return yes;
  }

  #enter(phase: Phase): void {
    if (this.#phase.name === "running") clearInterval(this.#phase.ticking);
    this.#phase = phase;
    const asking = phase.name === "asking";
    this.arguments.view.visible = asking;
    this.arguments.typing = asking;
    this.pane.visible = !asking;
    if (phase.name === "done") this.#showResult();
    this.#shell.ui.redraw();
  }

  #showResult(): void {
    if (this.#phase.name !== "done") return;
    const { result } = this.#phase;
    const raw = this.#raw;
    this.#content = remembering((width) => {
      if ("error" in result) return wrap(result.error, width).map((line): Line => [[line, "bad"]]);
      return raw ? jsonLines(result.value, width) : resultLines(result.value, width);
    });
    this.pane.content = this.#content;
    this.pane.rewind();
  }

  #note(): Line {
    if (this.#phase.name === "running") return [[`◐ ${latency(performance.now() - this.#phase.since)}`, "info"]];
    if (this.#phase.name === "asking") return [[this.#task.verb, "muted"]];
    const { took, result } = this.#phase;
    const failed = "error" in result || isFailed(result.value);
    const how: Span = failed ? ["✖ failed", "bad"] : ["✔", "good"];
    return [how, [` ${latency(took)}`, "muted"], ...(this.#raw ? [["  JSON", "key"] satisfies Span] : [])];
  }
}

/** Lines are made once for a width. */
function remembering(make: Content): Content {
  let made: { width: number; lines: readonly Line[] } | undefined;
  return (width) => {
    if (made?.width !== width) made = { width, lines: make(width) };
    return made.lines;
  };
}

/** What is known of what runs: how far it is, and what it says. */
function runningContent({ since, progress }: Extract<Phase, { name: "running" }>): Content {
  const time = latency(performance.now() - since);
  return (width) => [
    [["◐ ", "info"], ["waiting for the answer … "], [time, "muted"]],
    ...(progress ? progressLines(progress, width) : []),
  ];
}

function progressLines({ progress, total, message }: Progress, width: number): Line[] {
  const columns = Math.min(40, width - 16);
  const part = total !== undefined && total > 0 ? Math.max(0, Math.min(1, progress / total)) : undefined;
  const full = part === undefined ? 0 : Math.round(part * columns);
  const figures = total === undefined ? String(progress) : `${progress} of ${total}`;
  const bar: Line = [["━".repeat(full), "accent"], ["─".repeat(columns - full), "border"], [`  ${figures}`]];
  const said = message === undefined ? [] : wrap(message, width).map((line): Line => [[line, "muted"]]);
  return [[], part === undefined ? [[figures]] : bar, ...said];
}

const group = "Use";

const FORM: readonly Binding<TaskDialog>[] = [
  { keys: ["return"], description: "Do it", group, hint: "run", run: (it) => void it.run() },
  {
    keys: ["tab", "down"],
    description: "The next field",
    ...{ group, hint: "next field" },
    disabledReason: (it) => (it.arguments.none ? "there is no field" : null),
    run: (it) => it.arguments.turn(1),
  },
  { keys: ["shift+tab", "up"], description: "The field before", group, run: (it) => it.arguments.turn(-1) },
];

const CHOICE: readonly Binding<TaskDialog>[] = [
  {
    keys: ["right", "space"],
    description: "The next choice",
    ...{ group, hint: "choose", hintKeys: "←→" },
    run: (it) => it.arguments.choose(1),
  },
  { keys: ["left"], description: "The choice before", group, run: (it) => it.arguments.choose(-1) },
];

const WRITING: readonly Binding<TaskDialog>[] = [
  { keys: ["ctrl+s"], description: "Do it", group, hint: "run", run: (it) => void it.run() },
];

const ASKING: readonly Binding<TaskDialog>[] = [
  {
    keys: ["ctrl+e"],
    description: "From the form to JSON, and back",
    ...{ group, hint: "form or JSON" },
    disabledReason: (it) => it.arguments.formless,
    run: (it) => it.arguments.toggle(),
  },
  { keys: ["escape"], description: "Close", group, hint: "close", run: (it) => it.back() },
];

const RUNNING: readonly Binding<TaskDialog>[] = [
  { keys: ["escape"], description: "Cancel", ...{ group, hint: "cancel" }, run: (it) => it.back() },
];

const DONE: readonly Binding<TaskDialog>[] = [
  ...movement<TaskDialog>(({ pane }) => pane),
  { keys: ["y"], description: "Copy all of it", ...{ group, hint: "copy" }, run: (it) => it.copy() },
  { keys: ["v"], description: "Read it as JSON, or in words", ...{ group, hint: "json" }, run: (it) => it.toggleRaw() },
  {
    keys: ["e"],
    description: "Other arguments",
    ...{ group, hint: "edit" },
    disabledReason: (it) => it.fixed,
    run: (it) => it.edit(),
  },
  { keys: ["r"], description: "The same again", ...{ group, hint: "again" }, run: (it) => void it.run() },
  { keys: ["escape"], description: "Back to the arguments", ...{ group, hint: "back" }, run: (it) => it.back() },
  { keys: ["q", "return"], description: "Close", ...{ group, hint: "close" }, run: (it) => it.close() },
];
