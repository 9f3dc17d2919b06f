// The lists that open over any screen: all commands, and all servers.

import type { ServerHealth, ServersHealth } from "./health.ts";
import { type Action, bind, labelOf } from "./keys.ts";
import type { Overlay } from "./screen.ts";
import type { Servers } from "./servers.ts";
import type { ServerEntry } from "./servers-file.ts";
import { healthSymbol } from "./symbols.ts";
import type { Role, Span } from "./theme.ts";
import type { Ui } from "./ui.ts";
import { type Choice, chooser } from "./widgets/chooser.ts";
import { MOVE } from "./widgets/movement.ts";

interface Command extends Choice {
  action: Action;
}

/** All that can be done now, to be found by its words; what cannot says why. */
export function palette(ui: Ui, actions: readonly Action[], end: (chosen?: Action) => void): Overlay {
  // What moves by a line is not done by its name.
  const useful = actions.filter(({ group }) => group !== MOVE);
  const commands = useful.map((action): Command => {
    const reason = action.disabledReason();
    const [first = ""] = action.keys;
    const aside: Span[] = reason === null ? [] : [[` – ${reason}`, "warning"]];
    return { text: action.description, aside, note: [[labelOf(first), "key"]], action };
  });
  return chooser(ui, {
    title: "Commands",
    placeholder: "what do you want to do?",
    choices: () => commands,
    choose: ({ action }) => end(action),
    close: () => end(),
  });
}

interface Server extends Choice {
  entry: ServerEntry;
}

/** What somebody wants with the list of servers. */
export type ServerWish = { wish: "show" | "remove"; entry: ServerEntry } | { wish: "add" };

export interface ServerListOptions {
  list: Pick<Servers, "entries" | "fixed">;
  health: Pick<ServersHealth, "of">;
  /** The URL of the one that is shown now. */
  shown: string;
}

/** The servers with how each is. */
export function serverList(ui: Ui, options: ServerListOptions, end: (wish?: ServerWish) => void): Overlay {
  return chooser<Server>(ui, {
    title: "Servers",
    placeholder: "which server?",
    choices: () => options.list.entries.map((entry) => serverOf(entry, options)),
    choose: ({ entry }) => end({ wish: "show", entry }),
    close: () => end(),
    further: (selected) => changesOf(options, selected, end),
  });
}

/** The keys that change the list. */
function changesOf(
  { list }: ServerListOptions,
  selected: () => Server | undefined,
  end: (wish?: ServerWish) => void,
): Action[] {
  const group = "Choose";
  const fixed = () => (list.fixed ? FIXED : null);
  return bind(
    [
      {
        keys: ["ctrl+n"],
        description: "Add a server",
        ...{ group, hint: "add", disabledReason: fixed },
        run: () => end({ wish: "add" }),
      },
      {
        keys: ["delete", "ctrl+x"],
        description: "Remove the server from the list",
        ...{ group, hint: "remove" },
        disabledReason: () => {
          if (list.entries.length === 1) return fixed() ?? "the last server stays in the list";
          return selected() ? null : "there is no server";
        },
        run: () => {
          const { entry } = selected() ?? {};
          if (entry) end({ wish: "remove", entry });
        },
      },
    ],
    undefined,
  );
}

/** Why the list cannot be changed. */
export const FIXED = "with --server there is no list";

function serverOf(entry: ServerEntry, { health, shown }: ServerListOptions): Server {
  const { name, url } = entry;
  const [symbol, word, role] = conditionOf(health.of(entry));
  const note: Span[] = [
    [url === shown ? "shown  " : "", "accent"],
    [url.includes(name) ? "" : `${url}  `, "muted"],
  ];
  return { entry, text: name, mark: [[`${symbol} `, role]], note: [...note, [word, role]] };
}

function conditionOf(known: ServerHealth | undefined): [symbol: string, word: string, role: Role] {
  if (!known) return ["◌", "asking", "muted"];
  if (!known.health) return ["✖", "no answer", "bad"];
  const [symbol, role = "text"] = healthSymbol(known.health.status);
  return [symbol, known.health.status, role];
}
