// What reloads of the configuration have come to, asked for here or begun by a change of the file.
import type { EventRecord, ReloadAnswer } from "../state.ts";
import { wrap } from "../text.ts";
import type { Line, Role } from "../theme.ts";
import { hanging } from "../widgets/facts.ts";

export interface ReloadResult {
  readonly timestamp: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Keys that count after a restart only. */
  readonly restart: readonly string[];
  /** Why nothing was reloaded. */
  readonly errors: readonly string[];
}

/** A reload that was asked for here; `after` is the last event before that. */
export interface OwnReload {
  readonly result: ReloadResult;
  readonly after: string;
}

/** The results that events tell of, the newest first; before them the one that was asked for here, as long as no event tells of a later one: none tells of a reload that has changed nothing. */
export function reloadsOf(events: readonly EventRecord[], own: OwnReload | undefined): ReloadResult[] {
  const told = events.filter(({ stage }) => stage === "config_reloaded" || stage === "config_rejected");
  const results = told.map(resultOf).reverse();
  return own && (told.at(-1)?.id ?? "") <= own.after ? [own.result, ...results] : results;
}

function resultOf({ timestamp, message, stage, details }: EventRecord): ReloadResult {
  const names = (key: string) => textsIn(details?.[key]);
  const errors = names("errors");
  return {
    ...{ timestamp, added: names("added"), removed: names("removed"), changed: names("changed") },
    restart: names("restart_required"),
    errors: stage === "config_rejected" && errors.length === 0 ? [message] : errors,
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** An answer that came now. */
export function resultOfAnswer(answer: ReloadAnswer): ReloadResult {
  return {
    timestamp: new Date().toISOString(),
    added: answer.backends_added,
    removed: answer.backends_removed,
    changed: answer.backends_changed,
    restart: answer.restart_required,
    errors: answer.errors,
  };
}

/** Whether backends have come, gone or changed. */
function changesBackends({ added, removed, changed }: ReloadResult): boolean {
  return added.length + removed.length + changed.length > 0;
}

/** One result in full, for so many columns. */
export function reloadLines(result: ReloadResult, width: number): Line[] {
  const { errors, added, removed, changed, restart } = result;
  const when = new Date(result.timestamp).toLocaleString("sv");
  if (errors.length > 0) {
    const said = errors.length === 1 ? "1 error" : `${errors.length} errors`;
    return [
      [
        ["✖ not reloaded", "bad"],
        [`  ${when}  ${said}; what was in force still is`, "muted"],
      ],
      ...errors.flatMap((error) => errorLines(error, width)),
    ];
  }
  return [
    [
      ["✔ reloaded", "good"],
      [`  ${when}${changesBackends(result) ? "" : "  no backend is another one"}`, "muted"],
    ],
    ...named("+", added, { width, role: "good", word: "added" }),
    ...named("−", removed, { width, role: "bad", word: "removed" }),
    ...named("~", changed, { width, role: "warning", word: "changed" }),
    ...named("↻", restart, { width, role: "warning", word: "counts after a restart" }),
  ];
}

interface NamedOptions {
  width: number;
  role: Role;
  word: string;
}

function named(symbol: string, names: readonly string[], { width, role, word }: NamedOptions): Line[] {
  return names.flatMap((name) => hanging(`${name}  ${word}`, { width, head: [[`  ${symbol} `, role]], indent: 4 }));
}

/** The place, `config.yaml:3:5`, in a line of its own, and below it what is wrong there. */
function errorLines(error: string, width: number): Line[] {
  const [, place, text] = /^(.*?:\d+:\d+):? (.*)$/s.exec(error) ?? [];
  if (place === undefined || text === undefined) return hanging(error, { width, head: [["  ", "bad"]], indent: 2 });
  const places = wrap(place, Math.max(8, width - 2)).map((piece): Line => [["  "], [piece, "key"]]);
  return [...places, ...hanging(text, { width, head: [["    "]], indent: 4 })];
}
