// A list to choose from over the screen, narrowed by typing.
import fuzzysort from "fuzzysort";
import { type Action, bind } from "../keys.ts";
import { remembered } from "../remembered.ts";
import type { Overlay } from "../screen.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import type { Column } from "./columns.ts";
import { dialog } from "./dialog.ts";
import { Input, inputLine } from "./input.ts";
import { markedAt } from "./marked.ts";
import { type Movable, movement, whileTyping } from "./movement.ts";
import { Table } from "./table.ts";

export interface Choice {
  /** What is searched in, and shown first. */
  text: string;
  /** Shown before the text. */
  mark?: Line;
  /** Shown behind the text. */
  aside?: Line;
  /** Shown on the right. */
  note: Line;
}

export interface ChooserOptions<Item extends Choice> {
  title: string;
  placeholder: string;
  /** Asked before each frame: what can be chosen now. */
  choices(): readonly Item[];
  choose(item: Item): void;
  /** Closes it without a choice. */
  close(): void;
  /** What else can be done with the selected item; not with letters, which are typed. */
  further?(selected: () => Item | undefined): readonly Action[];
}

/** Lines: all choices, where they are few. */
const HEIGHT = { least: 8, most: 18, around: 4 };

interface Found<Item> {
  item: Item;
  /** Where the query's characters are in the text. */
  indexes: readonly number[];
}

/** The overlay; arrows move, Enter chooses, Esc closes, and all else is typed. */
export function chooser<Item extends Choice>(ui: Ui, options: ChooserOptions<Item>): Overlay {
  const { view, panel } = dialog(ui, {
    heading: [[options.title, "accent"]],
    width: 72,
    height: Math.max(HEIGHT.least, Math.min(HEIGHT.most, options.choices().length + HEIGHT.around)),
    dismiss: options.close,
  });
  const table = new Table<Found<Item>>(
    ui,
    {
      columns: columnsOf<Item>(),
      key: ({ item }) => item.text,
      bare: true,
      empty: [["nothing matches", "muted"]],
      onActivate: ({ item }) => options.choose(item),
    },
    { marginTop: 1 },
  );
  const changed = () => {
    // At once: Enter may come before the next frame.
    update();
    table.move(-Infinity);
  };
  const input = new Input(ui, { placeholder: options.placeholder, changed });
  panel.add(inputLine(ui, input));
  panel.add(table);
  input.focus();
  const search = remembered(matching<Item>);
  const update = () => {
    table.rows = search(input.text, options.choices());
  };
  const further = options.further?.(() => table.selected?.item) ?? [];
  return { view, actions: [...actionsOf(table, options.close), ...further], update };
}

function matching<Item extends Choice>(query: string, choices: readonly Item[]): Found<Item>[] {
  if (query.trim() === "") return choices.map((item) => ({ item, indexes: [] }));
  const results = fuzzysort.go(query, choices, { key: "text", limit: 0, threshold: 0.2 });
  return results.map(({ obj, indexes }) => ({ item: obj, indexes }));
}

function columnsOf<Item extends Choice>(): Column<Found<Item>>[] {
  return [
    {
      title: "",
      width: 20,
      grow: 1,
      cell: ({ item, indexes }) => [...(item.mark ?? []), ...markedAt(item.text, indexes), ...(item.aside ?? [])],
    },
    { title: "", width: "fit", align: "right", cell: ({ item }) => item.note },
  ];
}

function actionsOf(table: Movable & { activate(): void }, close: () => void): Action[] {
  const group = "Choose";
  return bind(
    [
      ...whileTyping(movement<undefined>(() => table)),
      { keys: ["return"], description: "Choose", group, hint: "choose", run: () => table.activate() },
      { keys: ["escape"], description: "Close", group, hint: "close", run: close },
    ],
    undefined,
  );
}
