// The configuration in force: from which file and when, what reloads have come to, and the end of the server.
import { BoxRenderable } from "@opentui/core";
import { counted } from "../format.ts";
import { remembered } from "../remembered.ts";
import { type Overlay, type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { Line } from "../theme.ts";
import { hanging, wrapLine } from "../widgets/facts.ts";
import { type Movable, movement } from "../widgets/movement.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Panel } from "../widgets/panel.ts";
import { type ConfigFacts, configLines } from "./config-facts.ts";
import { type OwnReload, type ReloadResult, reloadLines, reloadsOf, resultOfAnswer } from "./reloads.ts";
import { shutdownOverlay } from "./shutdown.ts";

/** From so many columns on, the reloads are beside the facts. */
const WIDE = 130;
/** The most lines that the facts get above the reloads, and the lines of the window that are neither's. */
const ABOVE = { most: 10, others: 3 };

class Config implements Screen {
  readonly view: BoxRenderable;
  readonly #reloads: Pane;
  readonly #shell: Shell;
  readonly #facts: Pane;
  readonly #panels: { facts: Panel; reloads: Panel };
  readonly #results = remembered(reloadsOf);
  readonly #content = remembered(contentOf);
  #own: OwnReload | undefined;
  #asking = false;
  /** When the server was told to end, how long it has for that, and which one it was. */
  #ending: { since: number; seconds: number; start: string } | undefined;
  #start = "";
  /** For which window the panels have their sizes. */
  #arranged = "";

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#facts = new Pane(ui);
    this.#reloads = new Pane(ui);
    this.#panels = { facts: new Panel(ui), reloads: new Panel(ui, { flexGrow: 1, flexBasis: 0 }) };
    this.#panels.facts.add(this.#facts);
    this.#panels.reloads.add(this.#reloads);
    this.#panels.facts.onMouseDown = () => this.focus(true);
    this.#panels.reloads.onMouseDown = () => this.focus(false);
    this.focus(false);
    this.#panels.facts.heading = [["Configuration", "strong"]];
    this.#panels.reloads.heading = [["Reloads", "strong"]];
    this.view = new BoxRenderable(ui.context, { flexGrow: 1 });
    this.view.add(this.#panels.facts);
    this.view.add(this.#panels.reloads);
  }

  /** Gives the keys to the facts, or to the reloads. */
  focus(facts: boolean): void {
    this.#panels.facts.active = facts;
    this.#panels.reloads.active = !facts;
  }

  get movable(): Movable {
    return this.#panels.facts.active ? this.#facts : this.#reloads;
  }

  update(seen: Seen): void {
    this.#arrange();
    this.#start = seen.snapshot.status.service.started_at;
    if (this.#ending && this.#ending.start !== this.#start) this.#ending = undefined;
    const results = this.#results(seen.events, this.#own);
    const restart = results.find(({ errors }) => errors.length === 0)?.restart ?? [];
    const now = Date.now();
    const facts: ConfigFacts = { seen, link: this.#shell.store, restart, now };
    this.#facts.content = (width) => configLines(facts, width);
    this.#panels.reloads.note = noteOf(results[0], this.#asking);
    this.#reloads.content = this.#content(results, this.#asking, this.#endingLine(seen));
  }

  reload(): void {
    const { store } = this.#shell;
    this.#asking = true;
    this.#reloads.rewind();
    this.#shell.perform(async () => {
      try {
        const after = store.state.events.at(-1)?.id ?? "";
        const result = resultOfAnswer(await store.reload());
        this.#own = { result, after };
        if (result.errors.length > 0) throw new Error(`not reloaded: ${counted(result.errors.length, "error")}`);
        return reloadSentence(result);
      } finally {
        this.#asking = false;
      }
    });
  }

  /** Why the server cannot be told anything. */
  get awayReason(): string | null {
    return this.#shell.store.state.link.phase === "live" ? null : "there is no link to the server";
  }

  shutdown(): void {
    const { store, ui } = this.#shell;
    const overlay: Overlay = shutdownOverlay(ui, store.name, (seconds) => {
      this.#shell.close(overlay);
      if (seconds !== undefined) this.#shutdown(seconds);
    });
    this.#shell.open(overlay);
  }

  #shutdown(seconds: number): void {
    this.#shell.perform(async () => {
      await this.#shell.store.shutdown(seconds);
      this.#ending = { since: Date.now(), seconds, start: this.#start };
      return `${this.#shell.store.name} is ending: calls in flight have ${counted(seconds, "second")}`;
    });
  }

  /** What is said of the end that was asked for here. */
  #endingLine({ link }: Seen): string | null {
    if (!this.#ending) return null;
    const { since, seconds } = this.#ending;
    if (link.phase !== "live")
      return "It was shut down from here. When it is started again it is shown again; s shows another server.";
    const left = Math.max(0, Math.ceil(seconds - (Date.now() - since) / 1_000));
    return `It is ending: calls in flight have ${counted(left, "second")} more.`;
  }

  #arrange(): void {
    const { width, height } = this.#shell.ui.context;
    const wanted = `${width} ${height}`;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    const wide = width >= WIDE;
    this.view.flexDirection = wide ? "row" : "column";
    this.#panels.facts.width = wide ? "45%" : "100%";
    this.#panels.facts.height = wide ? "100%" : Math.min(ABOVE.most, Math.floor((height - ABOVE.others) / 2));
  }
}

/** What a reload has done, in a few words. */
function reloadSentence({ added, removed, changed, restart }: ReloadResult): string {
  const later = restart.length > 0 ? `; ${restart.join(" and ")} counts after a restart` : "";
  return `reloaded: ${counted(added.length, "backend")} added, ${removed.length} removed, ${changed.length} changed${later}`;
}

function noteOf(newest: ReloadResult | undefined, asking: boolean): Line {
  if (asking) return [["◐ reading the file", "info"]];
  if (!newest) return [];
  return newest.errors.length > 0 ? [["✖ the file is wrong", "bad"]] : [["✔ in force", "good"]];
}

/** The newest on top, each with all that there is to say. */
function contentOf(results: readonly ReloadResult[], asking: boolean, ending: string | null): Content {
  return (width) => {
    const head: Line = [["■ ", "warning"]];
    const first = ending === null ? [] : [...hanging([[ending, "warning"]], { width, head, indent: 2 }), []];
    if (results.length === 0 && !asking) {
      return [
        ...first,
        ...wrapLine(
          [
            ["Not reloaded since it was started. ", "muted"],
            ["r", "key"],
            [" reads the file again.", "muted"],
          ],
          width,
        ),
      ];
    }
    const asked: Line[] = asking ? [[["◐ reading the file again …", "info"]], []] : [];
    return [...first, ...asked, ...results.flatMap((result) => [...reloadLines(result, width), []])];
  };
}

const group = "Configuration";

export const config = screen({
  title: "Config",
  bindings: [
    {
      keys: ["r"],
      description: "Read the configuration again",
      ...{ group, hint: "reload" },
      disabledReason: (it: Config) => it.awayReason,
      run: (it) => it.reload(),
    },
    {
      keys: ["X"],
      description: "Shut the server down",
      ...{ group, hint: "shut down" },
      disabledReason: (it) => it.awayReason,
      run: (it) => it.shutdown(),
    },
    ...movement<Config>(({ movable }) => movable),
    {
      keys: ["left", "h"],
      description: "Scroll the facts",
      group,
      hint: "panels",
      hintKeys: "←→",
      run: (it) => it.focus(true),
    },
    { keys: ["right", "l"], description: "Scroll the reloads", group, run: (it) => it.focus(false) },
  ],
  open: (shell) => new Config(shell),
});
