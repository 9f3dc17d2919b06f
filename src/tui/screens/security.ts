// Who may do what: how clients are known, the policies, who was refused, and tools that wait for approval.
import type { BoxRenderable } from "@opentui/core";
import { count } from "../format.ts";
import { Polled } from "../polled.ts";
import { remembered } from "../remembered.ts";
import { type Overlay, type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { EventRecord, Lock, LockChange, Security as SecurityRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import { messageOverlay } from "../widgets/message.ts";
import { type Movable, movement } from "../widgets/movement.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Table } from "../widgets/table.ts";
import { accessLines } from "./access-lines.ts";
import { approve } from "./approval.ts";
import { differenceLines, keyOf, lockColumns } from "./lock-table.ts";
import { POLICY_COLUMNS, type PolicyRow, policyLines, policyRows } from "./policy-table.ts";
import { REFUSAL_COLUMNS, type Refusal, refusalLines, refusals } from "./refusal-table.ts";
import { SecurityView, type View } from "./security-view.ts";

/** Milliseconds: no event tells that a policy has denied something. */
const PAUSE = 3_000;
const NO_CHANGES: readonly LockChange[] = [];
/** After these, what is shown here may be out of date. */
const TELLING: ReadonlySet<EventRecord["stage"]> = new Set([
  ...(["auth_failed", "capability_change", "config_reloaded", "backend_connected"] as const),
]);

class Security implements Screen {
  readonly layout: SecurityView;
  readonly #shell: Shell;
  readonly #access: Pane;
  readonly #policies: Table<PolicyRow>;
  readonly #refusals: Table<Refusal>;
  readonly #lock: Table<LockChange>;
  readonly #difference: Pane;
  readonly #known: Polled<SecurityRecord>;
  readonly #locked: Polled<Lock>;
  readonly #policyRows = remembered(policyRows);
  readonly #refusalRows = remembered(refusals);
  readonly #accessContent = remembered(accessContent);
  readonly #differenceContent = remembered(differenceContent);
  /** The keys of the changes to be approved together. */
  readonly #marked = new Set<string>();
  #newest: string | undefined;
  /** Whether somebody has looked at what waits for approval, which is shown first. */
  #looked = false;

  constructor(shell: Shell) {
    const { ui, store } = shell;
    this.#shell = shell;
    this.#access = new Pane(ui);
    this.#difference = new Pane(ui);
    const onActivate = () => this.open();
    this.#policies = new Table(ui, { columns: POLICY_COLUMNS, key: ({ order }) => String(order), onActivate });
    this.#refusals = new Table(ui, { columns: REFUSAL_COLUMNS, key: ({ key }) => key, onActivate });
    this.#lock = new Table<LockChange>(ui, {
      columns: lockColumns((change) => this.#marked.has(keyOf(change))),
      ...{ key: keyOf, onActivate, onSelect: () => this.#difference.rewind() },
    });
    this.layout = new SecurityView(ui, {
      ...{ access: this.#access, policies: this.#policies, refusals: this.#refusals },
      ...{ lock: this.#lock, difference: this.#difference },
    });
    const polling = {
      ready: () => store.state.link.phase === "live",
      changed: () => ui.redraw(),
      pause: PAUSE,
    };
    this.#known = new Polled({ ask: () => store.security(), ...polling });
    this.#locked = new Polled({ ask: () => store.lock(), ...polling });
  }

  get view(): BoxRenderable {
    return this.layout.view;
  }

  get movable(): Movable {
    if (this.layout.reading) return this.#difference;
    return { policies: this.#policies, refusals: this.#refusals, lock: this.#lock }[this.layout.shown];
  }

  enter(): void {
    this.#known.start();
    this.#locked.start();
  }

  leave(): void {
    this.#known.stop();
    this.#locked.stop();
  }

  dispose(): void {
    this.leave();
  }

  update({ snapshot, events }: Seen): void {
    this.#hear(events);
    const security = this.#known.answer ?? snapshot.security;
    const lock = this.#locked.answer;
    const changes = lock?.changes ?? NO_CHANGES;
    this.#policies.rows = this.#policyRows(security.authorization);
    this.#policies.empty = [["Authorization is off: clients may use all that is offered.", "muted"]];
    this.#refusals.rows = this.#refusalRows(security.denials, events, snapshot.sessions);
    this.#refusals.empty = [[this.#known.failure ?? "Nobody was refused anything.", "muted"]];
    this.#lock.rows = changes;
    this.#lock.empty = [[this.#locked.failure ?? emptyLock(lock), "muted"]];
    for (const [name, table] of this.#tables) table.active = name === this.layout.shown;
    this.#showWaiting(changes);
    this.layout.arrange(this.#headings(security));
    const { panels, wide } = this.layout;
    panels.access.heading = [["Access", "strong"]];
    this.#access.content = this.#accessContent(security, lock, !wide);
    const change = this.#lock.selected;
    panels.difference.heading = change
      ? [
          [change.tool, "strong"],
          [` of ${change.backend}`, "muted"],
        ]
      : [];
    panels.lock.note = this.marks.length > 0 ? [[`${count(this.marks.length)} marked`, "accent"]] : [];
    this.#difference.content = this.#differenceContent(change);
  }

  /** All of what is selected: over the screen, or in the panel of the difference. */
  open(): void {
    const { shown } = this.layout;
    if (shown === "lock") this.layout.show("lock", this.#lock.selected !== undefined);
    const policy = this.#policies.selected;
    const refusal = this.#refusals.selected;
    if (shown === "policies" && policy) this.#read("Policy", (width) => policyLines(policy, width));
    if (shown === "refusals" && refusal) this.#read("Refused", (width) => refusalLines(refusal, Date.now(), width));
  }

  /** Why there is nothing to read. */
  get openReason(): string | null {
    return this.#tables.find(([name]) => name === this.layout.shown)?.[1].selected ? null : "there is nothing here";
  }

  back(): void {
    if (this.layout.reading) this.layout.show("lock");
    else this.#marked.clear();
  }

  get backReason(): string | null {
    return this.layout.reading || this.marks.length > 0 ? null : "nothing is open or marked here";
  }

  /** The changes that are marked, and still there. */
  get marks(): readonly LockChange[] {
    return this.#lock.rows.filter((change) => this.#marked.has(keyOf(change)));
  }

  /** Why nothing can be approved here and now. */
  get approveReason(): string | null {
    if (this.#lock.rows.length === 0) return "there is nothing to approve";
    return this.layout.shown === "lock" ? null : "go to the tool lock first, with →";
  }

  /** Marks the selected change, or no longer, and goes on to the next. */
  mark(): void {
    const change = this.#lock.selected;
    if (!change) return;
    const key = keyOf(change);
    if (!this.#marked.delete(key)) this.#marked.add(key);
    this.#lock.move(1);
  }

  /** Approves what is marked, or what is selected. */
  approve(): void {
    const { selected } = this.#lock;
    this.#approve(this.marks.length > 0 ? this.marks : selected ? [selected] : []);
  }

  /** Approves all of the backend of the selected change. */
  approveBackend(): void {
    const backend = this.#lock.selected?.backend;
    this.#approve(this.#lock.rows.filter((change) => change.backend === backend));
  }

  #approve(changes: readonly LockChange[]): void {
    this.#shell.perform(async () => {
      try {
        const done = await approve(this.#shell, changes);
        if (done !== null) this.#marked.clear();
        return done;
      } finally {
        this.#locked.askNow();
        this.#known.askNow();
      }
    });
  }

  /** Asks anew when something has happened that tells of news. */
  #hear(events: readonly EventRecord[]): void {
    const newest = events.findLast(({ stage }) => TELLING.has(stage))?.id;
    if (newest === this.#newest) return;
    if (this.#newest !== undefined || this.#known.answer)
      for (const asked of [this.#known, this.#locked]) asked.askNow();
    this.#newest = newest;
  }

  /** What waits for somebody is shown first, once. */
  #showWaiting(changes: readonly LockChange[]): void {
    if (this.#looked || !this.#locked.answer) return;
    this.#looked = true;
    if (changes.length > 0) this.layout.show("lock");
  }

  get #tables(): [View, Table<PolicyRow> | Table<Refusal> | Table<LockChange>][] {
    return [
      ["policies", this.#policies],
      ["refusals", this.#refusals],
      ["lock", this.#lock],
    ];
  }

  #headings({ authorization: { policies, enabled } }: SecurityRecord): Record<View, Line> {
    const waiting = this.#lock.rows.length;
    return {
      policies: headed("Policies", enabled ? count(policies.length) : "off"),
      refusals: headed("Refused", count(this.#refusals.rows.length)),
      lock:
        waiting > 0
          ? [
              ["Tool lock", "strong"],
              [` ▲ ${count(waiting)}`, "warning"],
            ]
          : headed("Tool lock", "✔"),
    };
  }

  #read(title: string, content: Content): void {
    const message = { title: [[title, "accent"]] satisfies Line, content };
    const overlay: Overlay = messageOverlay(this.#shell.ui, message, () => this.#shell.close(overlay));
    this.#shell.open(overlay);
  }
}

function headed(title: string, note: string): Line {
  return [
    [title, "strong"],
    [` ${note}`, "muted"],
  ];
}

function emptyLock(lock: Lock | undefined): string {
  if (!lock) return "Asking …";
  if (lock.mode === "off")
    return "The lock is off: set server.tool_lock to warn or block, and tools that change wait here.";
  return "All tools are as they were approved.";
}

function accessContent(security: SecurityRecord, lock: Lock | undefined, few: boolean): Content {
  return (width) => accessLines(security, lock, width, few);
}

function differenceContent(change: LockChange | undefined): Content {
  return (width) => (change ? differenceLines(change, width) : []);
}

const group = "Security";

export const security = screen({
  title: "Security",
  bindings: [
    {
      keys: ["a"],
      description: "Approve what is marked, or else the selected tool",
      ...{ group, hint: "approve" },
      disabledReason: (it: Security) => it.approveReason,
      run: (it) => it.approve(),
    },
    {
      keys: ["A"],
      description: "Approve all that waits of the backend",
      ...{ group, hint: "approve all" },
      disabledReason: (it) => it.approveReason,
      run: (it) => it.approveBackend(),
    },
    {
      keys: ["space"],
      description: "Mark a tool, to approve several",
      ...{ group, hint: "mark" },
      disabledReason: (it) => it.approveReason,
      run: (it) => it.mark(),
    },
    {
      keys: ["right", "l"],
      description: "The next list",
      group,
      hint: "lists",
      hintKeys: "←→",
      run: (it) => it.layout.turn(1),
    },
    { keys: ["left", "h"], description: "The list before", group, run: (it) => it.layout.turn(-1) },
    {
      keys: ["return"],
      description: "Read all of it",
      ...{ group, hint: "read" },
      disabledReason: (it) => it.openReason,
      run: (it) => it.open(),
    },
    {
      keys: ["escape"],
      description: "Back to the list; mark nothing",
      ...{ group, hint: "back" },
      disabledReason: (it) => it.backReason,
      run: (it) => it.back(),
    },
    ...movement<Security>((it) => it.movable),
  ],
  open: (shell) => new Security(shell),
});
