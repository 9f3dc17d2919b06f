// The dashboard: how the gateway is, what its backends do, and what happens right now.
import { BoxRenderable } from "@opentui/core";
import { counted } from "../format.ts";
import { remembered } from "../remembered.ts";
import { type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { BackendRecord, EventRecord, SessionRecord } from "../state.ts";
import { BACKEND_COLUMNS } from "../widgets/backend-table.ts";
import { NO_BACKENDS } from "../widgets/empty.ts";
import { eventColumns } from "../widgets/event-table.ts";
import { headingOf } from "../widgets/heading.ts";
import { movement } from "../widgets/movement.ts";
import { Pane } from "../widgets/pane.ts";
import { Panel } from "../widgets/panel.ts";
import { Table } from "../widgets/table.ts";
import { healthLine, offerLine, SESSION_LINES, serverLines, trafficLines } from "./summary.ts";

/** From so many columns on, there is a third panel on top. */
const WIDE = 150;
/** From so many lines on, there is room for more than the most important. */
const TALL = 36;
/** Below this, there is room for the lists only. */
const SHORT = 20;

/** Lines of a panel's frame. */
const FRAME = 2;

class Dashboard implements Screen {
  readonly view: BoxRenderable;
  readonly backends: Table<BackendRecord>;
  readonly #events: Table<EventRecord>;
  readonly #server: Pane;
  readonly #traffic: Pane;
  readonly #sessions: Table<SessionRecord>;
  readonly #shell: Shell;
  readonly #panels: Readonly<Record<"server" | "traffic" | "sessions" | "backends" | "events", Panel>>;
  readonly #top: BoxRenderable;
  readonly #lists: BoxRenderable;
  /** For which window and how many backends the panels have their sizes. */
  #arranged = "";
  readonly #news = remembered(newsOf);
  /** The graphs go on while another tab is shown. */
  readonly #unwatch: () => void;

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#unwatch = shell.store.watchRates();
    const panel = () => new Panel(ui, { flexBasis: 0, flexGrow: 1 });
    this.#panels = { server: panel(), traffic: panel(), sessions: panel(), backends: panel(), events: panel() };
    this.#server = new Pane(ui);
    this.#traffic = new Pane(ui);
    this.backends = new Table<BackendRecord>(ui, {
      columns: BACKEND_COLUMNS,
      key: ({ name }) => name,
      empty: NO_BACKENDS,
      onActivate: ({ name }) => shell.show("Backends", name),
    });
    this.#sessions = new Table<SessionRecord>(ui, { ...SESSION_LINES, key: ({ id }) => id, bare: true, log: true });
    this.#events = new Table<EventRecord>(ui, {
      ...{ columns: eventColumns(), key: ({ id }) => id, bare: true, log: true },
      empty: [["Nothing has happened yet.", "muted"]],
    });
    this.#top = new BoxRenderable(ui.context, { flexDirection: "row", flexShrink: 0 });
    this.#lists = new BoxRenderable(ui.context, { flexGrow: 1, flexShrink: 1 });
    this.view = new BoxRenderable(ui.context, { flexGrow: 1, flexDirection: "column" });
    this.#assemble();
  }

  dispose(): void {
    this.#unwatch();
  }

  update(state: Seen): void {
    const { snapshot } = state;
    const { server, traffic, sessions, backends } = this.#panels;
    this.#arrange(snapshot.backends.length);
    server.note = healthLine(snapshot.health);
    this.#server.content = (width) => serverLines(snapshot, width).slice(0, this.#server.height);
    traffic.note = [[counted(snapshot.sessions.length, "session"), "muted"]];
    sessions.heading = headingOf("Sessions", snapshot.sessions.length);
    this.#sessions.rows = snapshot.sessions;
    this.#traffic.content = (width) => trafficLines(state, width, this.#traffic.height);
    backends.heading = headingOf("Backends", snapshot.backends.length);
    backends.note = offerLine(snapshot);
    this.backends.rows = snapshot.backends;
    this.#events.rows = this.#news(state.events);
  }

  #assemble(): void {
    const { server, traffic, sessions, backends, events } = this.#panels;
    server.heading = [["Server", "strong"]];
    traffic.heading = [["Traffic", "strong"]];
    events.heading = [["Events", "strong"]];
    backends.active = true;
    server.add(this.#server);
    traffic.add(this.#traffic);
    sessions.add(this.#sessions);
    backends.add(this.backends);
    events.add(this.#events);
    for (const part of [server, traffic, sessions]) this.#top.add(part);
    for (const part of [backends, events]) this.#lists.add(part);
    for (const part of [this.#top, this.#lists]) this.view.add(part);
  }

  /** The backends get the lines that they need, up to a limit; the events have the rest. */
  #arrange(backends: number): void {
    const { width, height } = this.#shell.ui.context;
    const wanted = `${width} ${height} ${backends}`;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    const top = height < SHORT ? 0 : height < TALL ? 6 : 8;
    const space = height - 3 - top;
    const needed = Math.min(Math.max(backends, 1) + 3, Math.round(space * 0.6));
    this.#top.height = top;
    this.#top.visible = top > 0;
    this.#panels.sessions.visible = width >= WIDE;
    // Their frames have their lines anyway; what is shared out is the space within.
    this.#panels.backends.flexGrow = needed - FRAME;
    this.#panels.events.flexGrow = space - needed - FRAME;
  }
}

/** What is worth reading in passing; the rest is on the screen of events. */
function newsOf(events: readonly EventRecord[]): EventRecord[] {
  return events.filter(({ severity }) => severity !== "debug");
}

export const dashboard = screen({
  title: "Dashboard",
  short: "Dash",
  bindings: [
    ...movement<Dashboard>(({ backends }) => backends),
    {
      keys: ["return"],
      description: "Show the backend",
      group: "Dashboard",
      hint: "details",
      run: ({ backends }) => backends.activate(),
    },
  ],
  open: (shell) => new Dashboard(shell),
});
