// Who may do what: how clients are known, the policies, who was refused, and tools that wait for approval.
import type { BoxRenderable } from "@opentui/core";
import { count } from "../format.ts";
import { Polled } from "../polled.ts";
import { remembered } from "../remembered.ts";
import { type Overlay, type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { EventRecord, Lock, Security as SecurityRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import { messageOverlay } from "../widgets/message.ts";
import { type Movable, movement } from "../widgets/movement.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Table } from "../widgets/table.ts";
import { accessLines } from "./access-lines.ts";
import { LockChanges } from "./lock-changes.ts";
import { POLICY_COLUMNS, type PolicyRow, policyLines, policyRows } from "./policy-table.ts";
import { REFUSAL_COLUMNS, type Refusal, refusalLines, refusals } from "./refusal-table.ts";
import { SecurityView, VIEWS, type View } from "./security-view.ts";

/** Milliseconds: no event tells that a policy has denied something. */
const PAUSE = 3_000;
/** After these, what is shown here may be out of date. */
const TELLING: ReadonlySet<EventRecord["stage"]> = new Set([
  ...(["auth_failed", "capability_change", "config_reloaded", "backend_connected"] as const),
]);

class Security implements Screen {
  readonly layout: SecurityView;
  readonly lock: LockChanges;
  readonly #shell: Shell;
  readonly #access: Pane;
  readonly #policies: Table<PolicyRow>;
  readonly #refusals: Table<Refusal>;
  readonly #known: Polled<SecurityRecord>;
  readonly #locked: Polled<Lock>;
  readonly #policyRows = remembered(policyRows);
  readonly #refusalRows = remembered(refusals);
  readonly #accessContent = remembered(accessContent);
  #newest: string | undefined;
  /** Whether somebody has looked at what waits for approval, which is shown first. */
  #looked = false;

  constructor(shell: Shell) {
    const { ui, store } = shell;
    this.#shell = shell;
    this.#access = new Pane(ui);
    const onActivate = () => this.open();
    this.#policies = new Table(ui, { columns: POLICY_COLUMNS, key: ({ order }) => String(order), onActivate });
    this.#refusals = new Table(ui, { columns: REFUSAL_COLUMNS, key: ({ key }) => key, onActivate });
    this.lock = new LockChanges(shell, { onActivate, asked: () => this.#askNow() });
    this.layout = new SecurityView(ui, {
      ...{ access: this.#access, policies: this.#policies, refusals: this.#refusals },
      ...{ lock: this.lock.list, difference: this.lock.difference },
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
    return this.layout.reading ? this.lock.difference : this.#tables[this.layout.shown];
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
    this.#policies.rows = this.#policyRows(security.authorization);
    this.#policies.empty = [["Authorization is off: clients may use all that is offered.", "muted"]];
    this.#refusals.rows = this.#refusalRows(security.denials, events, snapshot.sessions);
    this.#refusals.empty = [[this.#known.failure ?? "Nobody was refused anything.", "muted"]];
    this.lock.update(lock, this.#locked.failure);
    for (const name of VIEWS) this.#tables[name].active = name === this.layout.shown;
    this.#showWaiting();
    this.layout.arrange(this.#headings(security), this.lock.list.selected !== undefined);
    const { panels, wide } = this.layout;
    panels.access.heading = [["Access", "strong"]];
    this.#access.content = this.#accessContent(security, lock, !wide);
    panels.difference.heading = this.lock.subject;
    panels.lock.note = this.lock.note;
  }

  /** All of what is selected: over the screen, or in the panel of the difference. */
  open(): void {
    const { shown } = this.layout;
    if (shown === "lock") this.layout.show("lock", this.lock.list.selected !== undefined);
    const policy = this.#policies.selected;
    const refusal = this.#refusals.selected;
    if (shown === "policies" && policy) this.#read("Policy", (width) => policyLines(policy, width));
    if (shown === "refusals" && refusal) this.#read("Refused", (width) => refusalLines(refusal, Date.now(), width));
  }

  /** Why there is nothing to read. */
  get openReason(): string | null {
    return this.#tables[this.layout.shown].selected ? null : "there is nothing here";
  }

  back(): void {
    if (this.layout.reading) this.layout.show("lock");
    else this.lock.unmark();
  }

  get backReason(): string | null {
    return this.layout.reading || this.lock.marks.length > 0 ? null : "nothing is open or marked here";
  }

  /** Why nothing can be approved here and now. */
  get approveReason(): string | null {
    if (this.lock.list.rows.length === 0) return "there is nothing to approve";
    return this.layout.shown === "lock" ? null : "go to the tool lock first, with →";
  }

  /** Asks anew when something has happened that tells of news. */
  #hear(events: readonly EventRecord[]): void {
    const newest = events.findLast(({ stage }) => TELLING.has(stage))?.id;
    if (newest === this.#newest) return;
    if (this.#newest !== undefined || this.#known.answer) this.#askNow();
    this.#newest = newest;
  }

  #askNow(): void {
    this.#locked.askNow();
    this.#known.askNow();
  }

  /** What waits for somebody is shown first, once. */
  #showWaiting(): void {
    if (this.#looked || !this.#locked.answer) return;
    this.#looked = true;
    if (this.lock.list.rows.length > 0) this.layout.show("lock");
  }

  get #tables() {
    return { policies: this.#policies, refusals: this.#refusals, lock: this.lock.list };
  }

  #headings({ authorization: { policies, enabled }, tool_lock: { mode } }: SecurityRecord): Record<View, Line> {
    return {
      policies: headed("Policies", enabled ? count(policies.length) : "off"),
      refusals: headed("Refused", count(this.#refusals.rows.length)),
      lock: this.lock.headingIn(mode),
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

function accessContent(security: SecurityRecord, lock: Lock | undefined, few: boolean): Content {
  const lines = accessLines(security, lock, few);
  return () => lines;
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
      run: (it) => it.lock.approve(),
    },
    {
      keys: ["A"],
      description: "Approve all that waits of the backend",
      ...{ group, hint: "approve all" },
      disabledReason: (it) => it.approveReason,
      run: (it) => it.lock.approveBackend(),
    },
    {
      keys: ["space"],
      description: "Mark a tool, to approve several",
      ...{ group, hint: "mark" },
      disabledReason: (it) => it.approveReason,
      run: (it) => it.lock.mark(),
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
