// What happens, as it happens: followed or held still, narrowed by severity, backend and words, and each event in full.
import type { BoxRenderable } from "@opentui/core";
import { counted } from "../format.ts";
import { remembered } from "../remembered.ts";
import { type Overlay, type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { EventRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import { chooser } from "../widgets/chooser.ts";
import { NONE_MATCHES } from "../widgets/empty.ts";
import { eventColumns } from "../widgets/event-table.ts";
import { headingOf } from "../widgets/heading.ts";
import { finder, markedLines } from "../widgets/marked.ts";
import type { Movable } from "../widgets/movement.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Split, splitBindings, type WithSplit } from "../widgets/split.ts";
import { Table } from "../widgets/table.ts";
import { eventDetail } from "./event-detail.ts";
import {
  backendsIn,
  EVERYTHING,
  type EventFilter,
  filtered,
  filterLine,
  narrows,
  nextSeverity,
} from "./event-filter.ts";

class Events implements Screen, WithSplit {
  readonly split: Split;
  readonly list: Table<EventRecord>;
  readonly #detail: Pane;
  readonly #shell: Shell;
  readonly #shown = remembered(filtered);
  readonly #newer = remembered(newerThan);
  readonly #content = remembered(contentOf);
  readonly #find = remembered(finder);
  #filter = EVERYTHING;
  #events: readonly EventRecord[] = [];
  /** What there was when it was paused; nothing while it is followed. */
  #held: readonly EventRecord[] | null = null;
  /** Which backends are configured now. */
  #backends: ReadonlySet<string> = new Set();
  /** Whether the selection moves because something has happened, not because of a key. */
  #following = false;

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#detail = new Pane(ui);
    this.list = new Table<EventRecord>(ui, {
      columns: eventColumns(() => this.#find(this.#filter.query)),
      key: ({ id }) => id,
      bare: true,
      onSelect: () => this.#selected(),
      onActivate: () => this.split.read(true),
      onScroll: (rows) => rows < 0 && this.#pause(),
    });
    this.split = new Split(ui, { list: this.list, detail: this.#detail });
  }

  get view(): BoxRenderable {
    return this.split.view;
  }

  /** What the keys move in: going up pauses, the end is followed again. */
  get movable(): Movable {
    const { list, split } = this;
    if (split.reading) return split.movable;
    return {
      move: (rows) => (rows === Infinity ? this.follow() : list.move(rows)),
      page: (pages) => list.page(pages),
    };
  }

  update({ events, snapshot }: Seen): void {
    this.#events = events;
    this.#backends = new Set(snapshot.backends.map(({ name }) => name));
    const source = this.#held ?? events;
    this.list.rows = this.#shown(source, this.#filter);
    this.list.empty = source.length === 0 ? [["Nothing has happened yet.", "muted"]] : NONE_MATCHES;
    if (!this.#held) this.#toEnd();
    const { listPanel, detailPanel } = this.split;
    listPanel.heading = headingOf("Events", source.length, this.list.rows.length);
    listPanel.note = this.#noteLine();
    const event = this.list.selected;
    this.split.arrange(event !== undefined);
    detailPanel.heading = event ? [[event.stage.replaceAll("_", " "), "strong"]] : [];
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    this.#detail.content = this.#content(event, this.#find(this.#filter.query), now);
  }

  get paused(): boolean {
    return this.#held !== null;
  }

  /** Holds what is shown, or goes on. */
  toggle(): void {
    if (this.paused) this.follow();
    else this.#pause();
  }

  /** Goes to the newest, and stays there. */
  follow(): void {
    this.#held = null;
    this.split.read(false);
  }

  search(): void {
    this.split.read(false);
    this.#shell.search({ value: this.#filter.query, changed: (query) => this.#narrow({ query }) });
  }

  severity(): void {
    this.#narrow({ least: nextSeverity(this.#filter.least) });
  }

  /** Lets one choose of which backend the events are shown. */
  backend(): void {
    const overlay: Overlay = backendList(this.#shell, this.#events, (end) => {
      this.#shell.close(overlay);
      if (end) this.#narrow({ backend: end.backend });
    });
    this.#shell.open(overlay);
  }

  get narrowed(): boolean {
    return narrows(this.#filter);
  }

  clear(): void {
    this.#filter = EVERYTHING;
  }

  /** Why there is no backend to go to. */
  get jumpReason(): string | null {
    const { backend } = this.list.selected ?? { backend: null };
    if (backend === null) return "this is about no backend";
    return this.#backends.has(backend) ? null : `${backend} is no longer in the configuration`;
  }

  jump(): void {
    const { backend } = this.list.selected ?? {};
    if (backend) this.#shell.show("Backends", backend);
  }

  #narrow(change: Partial<EventFilter>): void {
    this.#filter = { ...this.#filter, ...change };
  }

  #pause(): void {
    this.#held ??= this.#events;
  }

  #selected(): void {
    this.#detail.rewind();
    if (!this.#following) this.#pause();
  }

  #toEnd(): void {
    if (this.list.index >= this.list.rows.length - 1) return;
    this.#following = true;
    this.list.move(Infinity);
    this.#following = false;
  }

  #noteLine(): Line {
    const filter = filterLine(this.#filter);
    if (!this.#held) return [...filter, ["● following", "good"]];
    const newer = this.#newer(this.#events, this.#held.at(-1)?.id ?? "", this.#filter);
    return [...filter, [newer === 0 ? "■ paused" : `■ paused, ${newer} new`, "warning"]];
  }
}

/** How many events came after this one, of those that are shown. */
function newerThan(events: readonly EventRecord[], id: string, filter: EventFilter): number {
  return filtered(
    events.filter((event) => event.id > id),
    filter,
  ).length;
}

function contentOf(event: EventRecord | undefined, find: RegExp | null, now: number): Content {
  return (width) => (event ? markedLines(eventDetail(event, now, width), find) : []);
}

/** The backends of which there are events, to choose from; `end` gets nothing for Esc. */
function backendList(
  { ui }: Shell,
  events: readonly EventRecord[],
  end: (chosen?: { backend: string | null }) => void,
): Overlay {
  const choices = [
    { text: "all backends", note: [], backend: null },
    ...backendsIn(events).map(([name, found]) => ({
      ...{ text: name, backend: name },
      note: [[counted(found, "event"), "muted"]] satisfies Line,
    })),
  ];
  return chooser<(typeof choices)[number]>(ui, {
    title: "Events of",
    placeholder: "which backend?",
    choices: () => choices,
    choose: (choice) => end(choice),
    close: () => end(),
  });
}

const group = "Events";

export const events = screen({
  title: "Events",
  bindings: [
    {
      keys: ["space"],
      description: "Hold still, or follow what happens",
      ...{ group, hint: "pause" },
      run: (it: Events) => it.toggle(),
    },
    { keys: ["/"], description: "Search events", group, hint: "search", run: (it) => it.search() },
    { keys: ["v"], description: "Only more severe events", group, hint: "severity", run: (it) => it.severity() },
    { keys: ["b"], description: "Only events of one backend", group, hint: "backend", run: (it) => it.backend() },
    {
      keys: ["o"],
      description: "Show the backend of the event",
      ...{ group, hint: "open" },
      disabledReason: (it) => it.jumpReason,
      run: (it) => it.jump(),
    },
    ...splitBindings<Events>(group, { of: (it) => it.movable }),
  ],
  open: (shell) => new Events(shell),
});
