// How a screen is written: one definition with its keys as data, one object with a life.
//
// A screen is a file in screens/ that exports what `screen({ title, bindings, open })` gives, and a line in screens.ts, whose
// order is that of the tabs. `open(shell)` makes it when its tab is first shown; it then lives until another server is
// chosen or the program ends.
//
// - `view` is an OpenTUI renderable that fills the space between tabs and footer. It is built once from Panels, Tables and Panes,
//   which are laid out by flexbox and find the theme by themselves; there is nothing to do when the theme changes.
// - `update(state)` is called before each frame in which the screen is seen, and only then: 60 times a second at most, and once a
//   second at least. It hands what it finds to the widgets. Parts of the state that have not changed are the same objects as
//   before, so what is derived from them and is not cheap is kept until they differ. There is always a snapshot. Sizes and other
//   layout properties are only set when they change: OpenTUI draws one more frame for each setting, and so would draw for ever.
// - `bindings` are asked for the footer, for help and at each key, with the screen as target. Keys of overlays come first, then
//   those of the screen, then the program's own (1-9, tab, s, t, ?, :, q, …), which a screen does not take.
// - `enter` and `leave` are called when its tab is chosen and left, for what should only run while somebody looks.
//
// What the shell can do for a screen is below in `Shell`. Actions that ask the server go through `perform`, which tells how it
// ended and lets no promise go unhandled. Nothing here waits: a screen draws what it knows.
import type { Renderable } from "@opentui/core";
import { type Action, type Binding, bind, type KeyText } from "./keys.ts";
import type { ServerState, Snapshot, Store } from "./state.ts";
import type { Line } from "./theme.ts";
import type { Ui } from "./ui.ts";
import type { Tone } from "./widgets/footer.ts";

/** The state of a server that has answered. */
export interface Seen extends ServerState {
  readonly snapshot: Snapshot;
}

export interface Screen {
  readonly view: Renderable;
  update(state: Seen): void;
  enter?(): void;
  leave?(): void;
  /** Frees what `view` does not, which is destroyed by the shell; the end of the program waits for it. */
  dispose?(): void | Promise<void>;
  /** Another screen wants what is called so to be seen. */
  choose?(name: string): void;
}

export interface Question {
  title: string;
  /** One or two sentences: what will happen. */
  text: string;
  /** What it is about in full, below the text, for so many columns. */
  details?(width: number): readonly Line[];
  /** The word for yes: `End it`. */
  yes: string;
}

export interface Prompt {
  title: string;
  /** What to type, in grey while there is nothing. */
  placeholder: string;
  value?: string;
  /** What is typed is not to be read by others. */
  secret?: boolean;
  /** Why this cannot be taken, as a sentence; null where it can. */
  fault?(text: string): string | null;
}

export interface Search {
  /** What is searched for so far. */
  value: string;
  changed(value: string): void;
}

/** Something over the screen that takes the keys until it is closed. */
export interface Overlay {
  readonly view: Renderable;
  readonly actions: readonly Action[];
  /** Before each frame. Keys that no action wants go on to the input that is focused. */
  update?(): void;
  /** It is no longer seen, whoever closed it. */
  closed?(): void;
}

/** What a screen can ask of the program around it. */
export interface Shell {
  readonly ui: Ui;
  readonly store: Store;
  /** Tells something in the footer for a few seconds. */
  toast(text: string, tone?: Tone): void;
  /** Asks before something that cannot be undone; false for no and Esc. */
  ask(question: Question): Promise<boolean>;
  /** Asks for a line of text, without the spaces around it; null for Esc. */
  prompt(prompt: Prompt): Promise<string | null>;
  /** Lets the user type what to search for, in the footer; each change is told. */
  search(search: Search): void;
  /** Hands text to the terminal's clipboard and tells so; `name` is what it is called in that sentence. */
  copy(text: string, name: string): void;
  open(overlay: Overlay): void;
  close(overlay: Overlay): void;
  /** Shows the tab of this title, and there what is called so. */
  show(title: string, name?: string): void;
  /** Starts work and tells the sentence that it gives, if any, or why it failed. */
  perform(work: () => Promise<string | null>): void;
}

/** A screen with its actions. */
export interface OpenScreen {
  readonly screen: Screen;
  readonly actions: readonly Action[];
}

export interface ScreenDefinition {
  readonly title: string;
  /** What its tab is called in a narrow window. */
  readonly short: string | undefined;
  readonly keys: readonly KeyText[];
  open(shell: Shell): OpenScreen;
}

/** Defines a screen: its title, its keys, and how it is made. */
export function screen<Kind extends Screen>(definition: {
  title: string;
  short?: string;
  bindings: readonly Binding<Kind>[];
  open(shell: Shell): Kind;
}): ScreenDefinition {
  const { title, short, bindings } = definition;
  return {
    ...{ title, short },
    keys: bindings,
    open: (shell) => {
      const made = definition.open(shell);
      return { screen: made, actions: bind(bindings, made) };
    },
  };
}
