// What the backends offer: tools, resources, templates and prompts, to find, to read about and to use.
import { BoxRenderable } from "@opentui/core";
import { Caller } from "../call/caller.ts";
import { TaskDialog } from "../call/dialog.ts";
import { type Task, taskOf, templateTask } from "../call/task.ts";
import { count } from "../format.ts";
import { jsonLines } from "../json-lines.ts";
import { remembered } from "../remembered.ts";
import { type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { Capabilities as Answer } from "../state.ts";
import type { Line, Span } from "../theme.ts";
import { Bar, type Piece } from "../widgets/bar.ts";
import type { Column } from "../widgets/columns.ts";
import { NO_BACKENDS, NONE_MATCHES } from "../widgets/empty.ts";
import { headingOf } from "../widgets/heading.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Split, splitBindings, type WithSplit } from "../widgets/split.ts";
import { Table } from "../widgets/table.ts";
import { chooseBackend } from "./backend-choice.ts";
import { type Entry, found, KIND_TITLES, KINDS, type Kind, labelOf, noteOf, type Offer, offerOf } from "./offer.ts";
import { entryLines } from "./offer-detail.ts";

const LIST: readonly Column<Entry>[] = [
  { title: "", width: 1, cell: ({ hidden, name, original }) => [markOf(hidden, name !== original)] },
  { title: "name", width: 18, grow: 3, cell: (entry) => [[labelOf(entry), entry.hidden ? "muted" : "strong"]] },
  { title: "backend", width: 12, rank: 1, cell: ({ backend }) => [[backend, "key"]] },
  { title: "description", width: 28, grow: 2, rank: 2, cell: (entry) => [[noteOf(entry), "muted"]] },
];

const NONE: readonly Entry[] = [];

function markOf(hidden: boolean, renamed: boolean): Span {
  if (hidden) return ["○", "warning"];
  return renamed ? ["≈", "muted"] : [""];
}

class Capabilities implements Screen, WithSplit {
  readonly view: BoxRenderable;
  readonly split: Split;
  readonly list: Table<Entry>;
  readonly #detail: Pane;
  readonly #shell: Shell;
  readonly #caller: Caller;
  readonly #kinds: Bar;
  readonly #offer = remembered(offerOfAnswer);
  readonly #content = remembered(contentOf);
  readonly #found = remembered((entries: readonly Entry[], query: string, backend: string | null, hidden: boolean) =>
    found(entries, { query, backend, hidden }),
  );
  /** Which row was selected in the kinds that are not shown. */
  readonly #places = new Map<Kind, string>();
  #kind: Kind = "tools";
  #query = "";
  #backend: string | null = null;
  #hidden = true;
  #raw = false;
  /** Whether the best of what is found is to be selected. */
  #searched = false;
  #known: Offer | undefined;

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#caller = new Caller(shell);
    this.#kinds = new Bar(ui);
    this.#detail = new Pane(ui);
    this.list = new Table<Entry>(ui, {
      ...{ columns: LIST, key: ({ key }) => key, bare: true },
      onSelect: () => this.#detail.rewind(),
      onActivate: () => this.use(),
    });
    const beside = { width: "44%", maxWidth: 96 } as const;
    this.split = new Split(ui, { list: this.list, detail: this.#detail, beside });
    this.view = new BoxRenderable(ui.context, { flexGrow: 1, flexDirection: "column" });
    this.view.add(this.#kinds);
    this.view.add(this.split.view);
  }

  enter(): void {
    this.#shell.store.loadCapabilities();
  }

  update({ capabilities, snapshot }: Seen): void {
    const before = this.#known;
    this.#known = this.#offer(capabilities);
    this.#kinds.pieces = KINDS.map((kind) => this.#kindPiece(kind, this.#known));
    this.#kinds.aside = this.#filterPieces(this.#known);
    const all = this.#known?.[this.#kind] ?? NONE;
    const rows = this.#found(all, this.#query, this.#backend, this.#hidden);
    const narrowed = rows !== this.list.rows && this.#known === before;
    this.list.rows = rows;
    if (narrowed) this.list.reveal();
    if (this.#searched && this.#query !== "") this.list.move(-Infinity);
    this.#searched = false;
    this.list.empty = this.#known ? this.#emptyLine(all.length, snapshot.backends.length) : [["Loading …", "muted"]];
    const { listPanel, detailPanel } = this.split;
    listPanel.heading = headingOf(KIND_TITLES[this.#kind], all.length, this.list.rows.length);
    listPanel.note = this.#query === "" ? [] : [[`/${this.#query}`, "key"]];
    const entry = this.list.selected;
    detailPanel.heading = entry ? [[labelOf(entry), "strong"]] : [];
    detailPanel.note = this.#raw ? [["JSON", "key"]] : [];
    this.#detail.content = this.#content(entry, this.#raw);
  }

  #open(task: Task): void {
    this.#shell.open(new TaskDialog(this.#shell, { task, caller: this.#caller }));
  }

  #emptyLine(all: number, backends: number): Line {
    if (backends === 0) return NO_BACKENDS;
    const kind = KIND_TITLES[this.#kind].toLowerCase();
    if (all === 0) return [[`No ${kind}.`, "muted"]];
    if (this.narrowed) return NONE_MATCHES;
    return [
      [`All ${kind} are hidden: `, "muted"],
      [".", "key"],
      [" shows them.", "muted"],
    ];
  }

  #kindPiece(kind: Kind, offer: Offer | undefined): Piece {
    const shown = kind === this.#kind;
    const total = offer ? ` ${count(offer[kind].length)}` : "";
    return {
      line: [["  "], [KIND_TITLES[kind], shown ? "accent" : "text"], [`${total} `, shown ? "accent" : "muted"]],
      click: () => this.show(kind),
    };
  }

  #filterPieces(offer: Offer | undefined): Piece[] {
    const concealed = offer?.[this.#kind].filter(({ hidden }) => hidden).length ?? 0;
    const word = `${count(concealed)} hidden${this.#hidden ? "" : " not shown"}`;
    return [
      { line: this.#backend === null ? [] : [[`only ${this.#backend}  `, "key"]], click: () => this.chooseBackend() },
      { line: concealed === 0 ? [] : [[`○ ${word}  `, "warning"]], click: () => this.toggleHidden() },
    ];
  }

  show(kind: Kind): void {
    if (kind === this.#kind) return;
    const current = this.list.selected;
    if (current) this.#places.set(this.#kind, current.key);
    this.#kind = kind;
    this.list.rows = this.#found(this.#known?.[kind] ?? NONE, this.#query, this.#backend, this.#hidden);
    const place = this.#places.get(kind);
    this.list.move(-Infinity);
    if (place !== undefined && this.list.rows.some(({ key }) => key === place)) this.list.choose(place);
    this.#detail.rewind();
    this.split.read(false);
  }

  turn(by: number): void {
    const index = (KINDS.indexOf(this.#kind) + by + KINDS.length) % KINDS.length;
    this.show(KINDS[index] ?? "tools");
  }

  search(): void {
    this.split.read(false);
    this.#shell.search({
      value: this.#query,
      changed: (value) => {
        this.#query = value;
        this.#searched = true;
      },
    });
  }

  chooseBackend(): void {
    chooseBackend(this.#shell, (backend) => {
      this.#backend = backend;
      this.list.move(-Infinity);
    });
  }

  toggleHidden(): void {
    this.#hidden = !this.#hidden;
  }

  toggleRaw(): void {
    this.#raw = !this.#raw;
    this.#detail.rewind();
  }

  get narrowed(): boolean {
    return this.#query !== "" || this.#backend !== null;
  }

  /** First what was searched for, then the backend. */
  clear(): void {
    if (this.#query !== "") this.#query = "";
    else this.#backend = null;
  }

  /** Why what is selected cannot be used. */
  get useReason(): string | null {
    const entry = this.list.selected;
    if (!entry) return "nothing is selected";
    return entry.hidden ? `${entry.name} is hidden from clients, so that none can use it` : null;
  }

  /** Calls a tool, gets a prompt, reads a resource. */
  use(): void {
    const entry = this.list.selected;
    const reason = this.useReason;
    if (!entry || reason !== null) {
      this.#shell.toast(reason ?? "", "warning");
      return;
    }
    if (entry.kind !== "resource_templates") {
      this.#open(taskOf(entry));
      return;
    }
    this.#shell.perform(async () => {
      this.#open(await templateTask(entry));
      return null;
    });
  }

  dispose(): Promise<void> {
    return this.#caller.stop();
  }
}

function offerOfAnswer(answer: Answer | null): Offer | undefined {
  return answer ? offerOf(answer) : undefined;
}

/** The detail as content of a pane; made anew for another width. */
function contentOf(entry: Entry | undefined, raw: boolean): Content {
  if (!entry) return () => [];
  return (width) => (raw ? jsonLines(entry.record, width) : entryLines(entry, width));
}

const group = "Capabilities";

export const capabilities = screen({
  title: "Capabilities",
  short: "Tools",
  bindings: [
    {
      keys: ["return", "c"],
      description: "Use it: call the tool, read the resource, get the prompt",
      ...{ group, hint: "use" },
      disabledReason: (it: Capabilities) => it.useReason,
      run: (it) => it.use(),
    },
    { keys: ["]"], description: "The next kind", ...{ group, hint: "kind", hintKeys: "[ ]" }, run: (it) => it.turn(1) },
    { keys: ["["], description: "The kind before", group, run: (it) => it.turn(-1) },
    { keys: ["/"], description: "Search names and descriptions", group, hint: "search", run: (it) => it.search() },
    { keys: ["b"], description: "Only one backend", group, hint: "backend", run: (it) => it.chooseBackend() },
    { keys: ["v"], description: "Read it as JSON, or in words", group, hint: "json", run: (it) => it.toggleRaw() },
    { keys: ["."], description: "Show or hide what is hidden from clients", group, run: (it) => it.toggleHidden() },
    ...splitBindings<Capabilities>(group, { read: ["right", "l"] }),
  ],
  open: (shell) => new Capabilities(shell),
});
