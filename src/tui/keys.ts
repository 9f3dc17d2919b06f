// Key bindings as data: handling, footer, help, palette and documentation all come from one list.

/** What a key press says, as OpenTUI reports it. */
export interface Press {
  readonly name: string;
  readonly sequence: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
}

/** What help and documentation tell of a binding. */
export interface KeyText {
  /** As `chordOf` writes them, e.g. `q`, `G`, `ctrl+p`, `shift+tab`, `escape`, `down`; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** What it does, as in a list of commands: `Reconnect the backend`. */
  readonly description: string;
  /** Under which heading help lists it. */
  readonly group: string;
  /** A word for the footer; without one it is only in help and palette. */
  readonly hint?: string;
  /** What the footer shows in place of the first key, where one hint stands for several bindings: `↑↓`. */
  readonly hintKeys?: string;
}

/** A binding of something that has a life, e.g. a screen, which is given when the key is pressed. */
export interface Binding<Target> extends KeyText {
  run(target: Target): void;
  /** Why it cannot be used now, as a sentence; nothing when it can. */
  disabledReason?(target: Target): string | null;
}

/** A binding with its target. */
export interface Action extends KeyText {
  run(): void;
  disabledReason(): string | null;
}

const NAMES: Readonly<Record<string, string>> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  return: "enter",
  escape: "esc",
  pageup: "pgup",
  pagedown: "pgdn",
  "shift+tab": "⇧tab",
};

/** A key press as text: capital letters for shifted ones, `ctrl+`, `alt+` and `shift+` in front of others. */
export function chordOf({ name, sequence, ctrl, shift, meta }: Press): string {
  const printable = !ctrl && !meta && [...sequence].length === 1 && /[^\p{Cc} ]/u.test(sequence);
  if (printable) return sequence;
  return `${ctrl ? "ctrl+" : ""}${meta ? "alt+" : ""}${shift ? "shift+" : ""}${name}`;
}

/** A chord as people read it: `enter`, `↑`, `ctrl+p`. */
export function labelOf(chord: string): string {
  return NAMES[chord] ?? chord;
}

/** The bindings with their target. */
export function bind<Target>(bindings: readonly Binding<Target>[], target: Target): Action[] {
  return bindings.map((binding) => ({
    ...binding,
    run: () => binding.run(target),
    disabledReason: () => binding.disabledReason?.(target) ?? null,
  }));
}

/** The first action of this chord. */
export function find(actions: readonly Action[], chord: string): Action | undefined {
  return actions.find(({ keys }) => keys.includes(chord));
}
