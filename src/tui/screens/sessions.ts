// Who is connected: with what, since when, what they see, and the end of a session.
import type { BoxRenderable } from "@opentui/core";
import { count } from "../format.ts";
import { Polled } from "../polled.ts";
import { remembered } from "../remembered.ts";
import { type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { EventRecord, SessionRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import { NONE_MATCHES } from "../widgets/empty.ts";
import { headingOf } from "../widgets/heading.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Split, splitBindings, type WithSplit } from "../widgets/split.ts";
import { Table } from "../widgets/table.ts";
import { eventsOfSession, sessionLines } from "./session-detail.ts";
import { SESSION_COLUMNS, type SessionNow, sessionsNow } from "./session-list.ts";

/** Milliseconds: no event tells that a client is at work. */
const PAUSE = 2_000;
const NOTHING: readonly SessionRecord[] = [];

class Sessions implements Screen, WithSplit {
  readonly split: Split;
  readonly list: Table<SessionNow>;
  readonly #detail: Pane;
  readonly #shell: Shell;
  readonly #newest: Polled<readonly SessionRecord[]>;
  readonly #now = remembered(sessionsNow);
  readonly #found = remembered(matching);
  readonly #events = remembered(eventsOfSession);
  readonly #content = remembered(contentOf);
  #query = "";

  constructor(shell: Shell) {
    const { ui, store } = shell;
    this.#shell = shell;
    this.#detail = new Pane(ui);
    this.list = new Table<SessionNow>(ui, {
      columns: SESSION_COLUMNS,
      key: ({ session }) => session.id,
      onSelect: () => this.#detail.rewind(),
      onActivate: () => this.split.read(true),
    });
    this.split = new Split(ui, { list: this.list, detail: this.#detail });
    this.#newest = new Polled({
      ask: () => store.sessions(),
      ready: () => store.state.link.phase === "live",
      changed: () => ui.redraw(),
      pause: PAUSE,
    });
  }

  get view(): BoxRenderable {
    return this.split.view;
  }

  enter(): void {
    this.#newest.start();
  }

  leave(): void {
    this.#newest.stop();
  }

  dispose(): void {
    this.#newest.stop();
  }

  update({ snapshot, events }: Seen): void {
    const { sessions, status } = snapshot;
    // Times change with the seconds.
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const all = this.#now(sessions, this.#newest.answer ?? NOTHING, this.#newest.at, now);
    this.list.rows = this.#found(all, this.#query);
    this.list.empty = emptyLine(sessions, status.transport.streamable_http_url);
    const { listPanel, detailPanel } = this.split;
    listPanel.heading = headingOf("Sessions", sessions.length, this.list.rows.length);
    listPanel.note = this.#query === "" ? viaLine(sessions) : [[`/${this.#query}`, "key"]];
    const row = this.list.selected;
    this.split.arrange(row !== undefined);
    detailPanel.heading = row ? [[row.session.client.name, "strong"]] : [];
    this.#detail.content = this.#content(row, this.#events(events, row?.session.id));
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

  /** Why no session can be ended. */
  get endReason(): string | null {
    return this.list.selected ? null : "there is no session";
  }

  end(): void {
    const { session } = this.list.selected ?? {};
    if (!session) return;
    const { id, client, user } = session;
    const who = [client.name, client.version, user === null ? "" : `(${user})`].filter(Boolean).join(" ");
    this.#shell.perform(async () => {
      const text =
        "Its calls in flight are cancelled and its streams are closed. The client may connect again at once.";
      if (!(await this.#shell.ask({ title: `End the session of ${who}?`, text, yes: "End it" }))) return null;
      await this.#shell.store.endSession(id);
      return `the session of ${who} has ended`;
    });
  }
}

function matching(rows: readonly SessionNow[], query: string): readonly SessionNow[] {
  if (query === "") return rows;
  const wanted = query.toLowerCase();
  return rows.filter(({ session: { client, user, group, transport_type: via, era, protocol_version: version } }) =>
    [client.name, client.version, user, group, via, era, version].join(" ").toLowerCase().includes(wanted),
  );
}

/** `2 streamable-http  1 sse` */
function viaLine(sessions: readonly SessionRecord[]): Line {
  const kinds = Map.groupBy(sessions, ({ transport_type: via }) => via);
  return [...kinds].map(([via, { length }], index) => [`${index > 0 ? "  " : ""}${count(length)} ${via}`, "muted"]);
}

function emptyLine(sessions: readonly SessionRecord[], url: string): Line {
  if (sessions.length > 0) return NONE_MATCHES;
  return [
    ["No client is connected: point one at ", "muted"],
    [url, "accent"],
  ];
}

/** The detail as content of a pane; made anew for another width. */
function contentOf(row: SessionNow | undefined, events: readonly EventRecord[]): Content {
  return (width) => (row ? sessionLines(row, events, width) : []);
}

const group = "Sessions";

export const sessions = screen({
  title: "Sessions",
  bindings: [
    {
      keys: ["x", "delete"],
      description: "End the session",
      ...{ group, hint: "end" },
      disabledReason: (it: Sessions) => it.endReason,
      run: (it) => it.end(),
    },
    { keys: ["/"], description: "Search sessions", group, hint: "search", run: (it) => it.search() },
    ...splitBindings<Sessions>(group),
  ],
  open: (shell) => new Sessions(shell),
});
