// Tools that wait for approval: the list, how the selected one differs, and what is approved together.
import { count } from "../format.ts";
import { remembered } from "../remembered.ts";
import type { Shell } from "../screen.ts";
import type { Lock, LockChange } from "../state.ts";
import type { Line, Span } from "../theme.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Table } from "../widgets/table.ts";
import { approve } from "./approval.ts";
import { differenceLines, keyOf, lockColumns } from "./lock-table.ts";

const NONE: readonly LockChange[] = [];

export interface LockChangesOptions {
  onActivate(): void;
  /** Something was approved, or could not be. */
  asked(): void;
}

export class LockChanges {
  readonly list: Table<LockChange>;
  readonly difference: Pane;
  readonly #shell: Shell;
  readonly #asked: () => void;
  readonly #content = remembered(contentOf);
  /** The keys of the changes to be approved together. */
  readonly #marked = new Set<string>();

  constructor(shell: Shell, { onActivate, asked }: LockChangesOptions) {
    this.#shell = shell;
    this.#asked = asked;
    this.difference = new Pane(shell.ui);
    this.list = new Table<LockChange>(shell.ui, {
      columns: lockColumns((change) => this.#marked.has(keyOf(change))),
      ...{ key: keyOf, onActivate, onSelect: () => this.difference.rewind() },
    });
  }

  /** Takes what is known of the lock, or why nothing is. */
  update(lock: Lock | undefined, failure: string | null): void {
    this.list.rows = lock?.changes ?? NONE;
    this.list.empty = [[failure ?? emptyText(lock), "muted"]];
    this.difference.content = this.#content(this.list.selected);
  }

  /** Of the list, where the lock is in this mode. */
  headingIn(mode: Lock["mode"]): Line {
    const waiting = this.list.rows.length;
    const quiet: Span = [mode === "off" ? " off" : " ✔", "muted"];
    return [["Tool lock", "strong"], waiting > 0 ? [` ▲ ${count(waiting)}`, "warning"] : quiet];
  }

  /** Beside it. */
  get note(): Line {
    return this.marks.length > 0 ? [[`${count(this.marks.length)} marked`, "accent"]] : [];
  }

  /** Of the difference. */
  get subject(): Line {
    const change = this.list.selected;
    if (!change) return [];
    return [
      [change.tool, "strong"],
      [` of ${change.backend}`, "muted"],
    ];
  }

  /** The changes that are marked, and still there. */
  get marks(): readonly LockChange[] {
    return this.list.rows.filter((change) => this.#marked.has(keyOf(change)));
  }

  /** Marks the selected change, or no longer, and goes on to the next. */
  mark(): void {
    const change = this.list.selected;
    if (!change) return;
    const key = keyOf(change);
    if (!this.#marked.delete(key)) this.#marked.add(key);
    this.list.move(1);
  }

  unmark(): void {
    this.#marked.clear();
  }

  /** Approves what is marked, or what is selected. */
  approve(): void {
    const { selected } = this.list;
    this.#approve(this.marks.length > 0 ? this.marks : selected ? [selected] : []);
  }

  /** Approves all of the backend of the selected change. */
  approveBackend(): void {
    const backend = this.list.selected?.backend;
    this.#approve(this.list.rows.filter((change) => change.backend === backend));
  }

  #approve(changes: readonly LockChange[]): void {
    this.#shell.perform(async () => {
      try {
        const done = await approve(this.#shell, changes);
        if (done !== null) this.unmark();
        return done;
      } finally {
        this.#asked();
      }
    });
  }
}

function emptyText(lock: Lock | undefined): string {
  if (!lock) return "Asking …";
  if (lock.mode === "off")
    return "The lock is off: set server.tool_lock to warn or block, and tools that change wait here.";
  return "All tools are as they were approved.";
}

function contentOf(change: LockChange | undefined): Content {
  return (width) => (change ? differenceLines(change, width) : []);
}
