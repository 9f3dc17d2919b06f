// The start screen: where the server listens, each backend as it connects, and how to go on; on a terminal with a live list.
import type { Counts, Fact, Stage } from "../model.ts";
import { offered } from "../observe/counted.ts";
import { type Entry, textOf } from "../observe/log.ts";
import type { Terminal } from "./stderr.ts";

export interface StartScreenOptions {
  version: string;
  /** Absent where stderr is no terminal whose lines can be drawn anew. */
  terminal: Terminal | undefined;
  write(text: string): void;
  /** In milliseconds. */
  now?(): number;
}

/** What is told once every backend was tried. */
export interface Summary {
  /** What there is, and its URL or path, in the order to show. */
  places: readonly (readonly [what: string, where: string])[];
  /** The URL for clients. */
  url: string;
  connected: number;
  total: number;
  /** What is on offer. */
  counts: Counts;
}

interface Row {
  state: "connecting" | "connected" | "failed";
  text: string;
  seconds: number;
}

const STATES: Partial<Record<Stage, Row["state"]>> = {
  backend_connected: "connected",
  backend_failed: "failed",
  backend_disconnected: "failed",
};

const SYMBOLS = { connecting: "·", connected: "✔", failed: "✖" };

/** Parameters of "Select Graphic Rendition" (ECMA-48). */
const [RED, GREEN, YELLOW, GREY] = [31, 32, 33, 90];

const COLOURS = {
  ...{ connecting: GREY, connected: GREEN, failed: RED },
  ...{ debug: GREY, info: GREY, warning: YELLOW, error: RED, critical: RED },
};

export class StartScreen {
  readonly #options: StartScreenOptions;
  readonly #now: () => number;
  /** The backends, from the first line to the summary. */
  readonly #rows = new Map<string, Row>();
  /** How many lines of the list are on the terminal, right above the cursor. */
  #drawn = 0;
  #since = 0;
  /** Every backend was tried. */
  #over = false;
  /** What was told last after that, as the log has it. */
  #told: string | undefined;

  constructor(options: StartScreenOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The server listens, and these backends are being connected. */
  listening(url: string, backends: readonly string[]): void {
    this.#since = this.#now();
    for (const name of backends) this.#rows.set(name, { state: "connecting", text: "connecting", seconds: 0 });
    this.#print([`argus-mcp ${this.#options.version} is listening on ${url}`]);
  }

  /** Shows what has become of a backend, and what a reload has changed. Comes before `note` of the same fact, which is then not shown twice. */
  tell({ stage, backend = "", message }: Fact): void {
    if (stage === "config_reloaded" || (this.#over && stage === "backend_connected")) {
      const text = textOf(message);
      this.#told = backend ? `[${backend}] ${text}` : text;
      this.#print([backend ? `${backend}: ${text}` : text]);
    }
    const before = this.#rows.get(backend);
    const state = STATES[stage];
    if (!before || !state) return;
    const seconds = state === before.state ? before.seconds : (this.#now() - this.#since) / 1_000;
    const row: Row = { state, seconds, text: textOf(message) };
    this.#rows.set(backend, row);
    if (this.#options.terminal) this.#print([]);
    else if (state !== before.state) this.#print([`${backend}: ${detailOf(row)}`]);
  }

  /** Shows a line of the log, above the list where there is one. */
  note({ level, text, line }: Entry): void {
    for (const [name, row] of this.#rows) if (text === `[${name}] ${row.text}`) return;
    if (text === this.#told) return;
    this.#print([this.#options.terminal ? `${this.#paint(level, level)}: ${text}` : line]);
  }

  /** Every backend was tried: the list stays as it is, whole now, and what follows is how to go on. */
  end({ places, url, connected, total, counts }: Summary): void {
    const rows = this.#options.terminal ? this.#allRows() : [];
    this.#rows.clear();
    this.#over = true;
    const width = Math.max(...places.map(([what]) => what.length));
    this.#print([
      ...rows,
      ...places.map(([what, where]) => `  ${what.padEnd(width)}  ${where}`),
      "connect a client, for example",
      `  claude mcp add --transport http argus ${url}`,
      `  or in its configuration: { "mcpServers": { "argus": { "url": "${url}" } } }`,
      `ready: ${connected} of ${total} backends connected, ${offered(counts)}`,
    ]);
  }

  /** Prints lines where the list was, and the list as it is now below them, in one go. */
  #print(lines: readonly string[]): void {
    const list = this.#list();
    const back = this.#drawn > 0 ? `\u001b[${this.#drawn}A\u001b[J` : "";
    this.#drawn = list.length;
    this.#options.write(back + [...lines, ...list].map((line) => `${line}\n`).join(""));
  }

  /** As much of the list as fits above the cursor, which could not go back to what has scrolled away. */
  #list(): string[] {
    const { terminal } = this.#options;
    if (!terminal) return [];
    const rows = this.#allRows();
    const room = Math.max(1, terminal.rows - 1);
    const rest = rows.length - room + 1;
    if (rest > 1) rows.splice(room - 1, rest, `  … and ${rest} more`);
    return rows.map((row) => Bun.sliceAnsi(row, 0, terminal.columns, "…"));
  }

  #allRows(): string[] {
    const width = Math.max(...[...this.#rows.keys()].map((name) => name.length));
    return [...this.#rows].map(
      ([name, row]) => `  ${this.#paint(SYMBOLS[row.state], row.state)} ${name.padEnd(width)}  ${detailOf(row)}`,
    );
  }

  #paint(text: string, what: keyof typeof COLOURS): string {
    return this.#options.terminal?.colours ? `\u001b[${COLOURS[what]}m${text}\u001b[39m` : text;
  }
}

function detailOf({ state, text, seconds }: Row): string {
  if (state === "connecting") return text;
  return `${state === "failed" ? "failed: " : ""}${text} (${seconds.toFixed(1)} s)`;
}
