// The backends, one by one: what each is, how it is, what happened to it and what it prints.
import type { BoxRenderable } from "@opentui/core";
import { count } from "../format.ts";
import { remembered } from "../remembered.ts";
import { type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { BackendRecord, EventRecord } from "../state.ts";
import { phaseSymbol } from "../symbols.ts";
import type { Column } from "../widgets/columns.ts";
import { NO_BACKENDS, NONE_MATCHES } from "../widgets/empty.ts";
import { headingOf } from "../widgets/heading.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Split, splitBindings, type WithSplit } from "../widgets/split.ts";
import { Table } from "../widgets/table.ts";
import { detailLines } from "./backend-detail.ts";
import { type Output, Printed } from "./printed.ts";

/** What there is room for beside the detail. */
const LIST: readonly Column<BackendRecord>[] = [
  { title: "", width: 1, cell: ({ phase }) => [phaseSymbol(phase)] },
  {
    title: "name",
    width: 10,
    min: 5,
    grow: 1,
    cell: ({ name, phase }) => [[name, phase === "disabled" ? "muted" : "strong"]],
  },
  { title: "", width: "fit", align: "right", cell: ({ capabilities }) => [[count(capabilities.tools), "muted"]] },
];

class Backends implements Screen, WithSplit {
  readonly split: Split;
  readonly list: Table<BackendRecord>;
  readonly #detail: Pane;
  readonly #shell: Shell;
  readonly #printed: Printed;
  readonly #found = remembered(matching);
  readonly #events = remembered(eventsOf);
  readonly #content = remembered(contentOf);
  #query = "";

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#printed = new Printed(shell.store, () => ui.redraw());
    this.#detail = new Pane(ui);
    this.list = new Table<BackendRecord>(ui, {
      columns: LIST,
      key: ({ name }) => name,
      bare: true,
      onSelect: () => this.#detail.rewind(),
      onActivate: () => this.split.read(true),
    });
    const beside = { width: "36%", maxWidth: 52 } as const;
    this.split = new Split(ui, { list: this.list, detail: this.#detail, beside });
  }

  get view(): BoxRenderable {
    return this.split.view;
  }

  choose(name: string): void {
    this.clear();
    this.list.choose(name);
  }

  leave(): void {
    this.#printed.follow(undefined);
  }

  dispose(): void {
    this.#printed.follow(undefined);
  }

  update({ snapshot, events }: Seen): void {
    const { backends } = snapshot;
    this.list.rows = this.#found(backends, this.#query);
    this.list.empty = backends.length === 0 ? NO_BACKENDS : NONE_MATCHES;
    const { listPanel, detailPanel } = this.split;
    listPanel.heading = headingOf("Backends", backends.length, this.list.rows.length);
    listPanel.note = this.narrowed ? [[`/${this.#query}`, "key"]] : [];
    const backend = this.list.selected;
    this.#printed.follow(backend?.name);
    detailPanel.heading = backend ? [[backend.name, "strong"]] : [];
    // What says how long ago something was changes with the seconds.
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    this.#detail.content = this.#content(backend, this.#events(events, backend?.name), this.#printed.output, now);
  }

  search(): void {
    this.split.read(false);
    this.#shell.search({
      value: this.#query,
      changed: (value) => {
        this.#query = value;
      },
    });
  }

  get narrowed(): boolean {
    return this.#query !== "";
  }

  clear(): void {
    this.#query = "";
  }

  /** Why it cannot be connected anew. */
  get reconnectReason(): string | null {
    const backend = this.list.selected;
    if (!backend) return "there is no backend";
    return backend.phase === "disabled" ? `${backend.name} is disabled in the configuration` : null;
  }

  reconnect(): void {
    const name = this.list.selected?.name ?? "";
    this.#shell.toast(`connecting ${name} anew …`, "info");
    this.#shell.perform(async () => {
      const { reconnected, error } = await this.#shell.store.reconnect(name);
      if (!reconnected) throw new Error(`${name}: ${error}`);
      return `${name} is connected anew`;
    });
  }
}

function matching(backends: readonly BackendRecord[], query: string): readonly BackendRecord[] {
  const wanted = query.toLowerCase();
  return backends.filter(({ name, type, group, phase, era }) =>
    [name, type, group, phase, era].join(" ").toLowerCase().includes(wanted),
  );
}

function eventsOf(events: readonly EventRecord[], name: string | undefined): EventRecord[] {
  return events.filter(({ backend }) => backend === name);
}

/** The detail as content of a pane; made anew for another width. */
function contentOf(
  backend: BackendRecord | undefined,
  events: readonly EventRecord[],
  output: Output,
  now: number,
): Content {
  return (width) => (backend ? detailLines({ backend, events, output, now }, width) : []);
}

const group = "Backends";

export const backends = screen({
  title: "Backends",
  bindings: [
    {
      keys: ["r"],
      description: "Connect the backend anew",
      ...{ group, hint: "reconnect" },
      disabledReason: (it: Backends) => it.reconnectReason,
      run: (it) => it.reconnect(),
    },
    { keys: ["/"], description: "Search backends", group, hint: "search", run: (it) => it.search() },
    ...splitBindings<Backends>(group),
  ],
  open: (shell) => new Backends(shell),
});
