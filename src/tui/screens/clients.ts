// Connecting clients to this server: what to put into which file of which client, to be copied.
import type { BoxRenderable } from "@opentui/core";
import { SERVER_NAME, VARIABLE_NAME } from "../../clients/client.ts";
import { endpointOf } from "../endpoint.ts";
import { counted } from "../format.ts";
import { remembered } from "../remembered.ts";
import { type Prompt, type Screen, type Seen, type Shell, screen } from "../screen.ts";
import type { BackendRecord } from "../state.ts";
import { fit } from "../text.ts";
import type { Line } from "../theme.ts";
import { Bar } from "../widgets/bar.ts";
import { type Choice, chooser } from "../widgets/chooser.ts";
import type { Column } from "../widgets/columns.ts";
import { type Content, Pane } from "../widgets/pane.ts";
import { Panel } from "../widgets/panel.ts";
import { Split, splitBindings, type WithSplit } from "../widgets/split.ts";
import { Table } from "../widgets/table.ts";
import { recipeLines } from "./client-lines.ts";
import { type IncomingAuth, type Recipe, recipesOf, tokenLine, variableFor } from "./client-recipe.ts";

const LIST: readonly Column<Recipe>[] = [{ title: "", width: 10, grow: 1, cell: ({ title }) => [[title]] }];

class Clients implements Screen, WithSplit {
  readonly split: Split;
  readonly list: Table<Recipe>;
  readonly #detail: Pane;
  readonly #shell: Shell;
  readonly #terms: Readonly<Record<"name" | "group" | "token", Bar>>;
  readonly #recipes = remembered(recipesOf);
  readonly #content = remembered(contentOf);
  readonly #groups = remembered(groupsOf);
  #name = "argus";
  #group: string | null = null;
  /** What was said of the token's variable: a name, or nothing for none. */
  #variable: string | undefined;

  constructor(shell: Shell) {
    const { ui } = shell;
    this.#shell = shell;
    this.#detail = new Pane(ui);
    this.list = new Table<Recipe>(ui, {
      ...{ columns: LIST, key: ({ title }) => title, bare: true },
      onSelect: () => this.#detail.rewind(),
      onActivate: () => this.copy(),
    });
    this.#terms = { name: new Bar(ui), group: new Bar(ui), token: new Bar(ui) };
    const entry = new Panel(ui, { height: 5, flexShrink: 0 });
    entry.heading = [["Its entry", "strong"]];
    for (const bar of Object.values(this.#terms)) entry.add(bar);
    this.split = new Split(ui, { list: this.list, below: entry, detail: this.#detail, beside: { width: 27 } });
    this.split.listPanel.heading = [["Clients", "strong"]];
  }

  get view(): BoxRenderable {
    return this.split.view;
  }

  update({ snapshot }: Seen): void {
    const { status, security, backends } = snapshot;
    const auth = security.incoming_auth;
    const groups = this.#groups(backends);
    if (this.#group !== null && !groups.some(({ group }) => group === this.#group)) this.#group = null;
    const url = endpointOf(this.#shell.store.url, status.transport, this.#group);
    this.list.rows = this.#recipes(url, this.#name, variableFor(auth, this.#variable), auth);
    const recipe = this.list.selected;
    const { detailPanel } = this.split;
    detailPanel.heading = [[recipe?.title ?? "", "strong"]];
    detailPanel.note = [
      ["y", "key"],
      [" copy", "muted"],
    ];
    this.#detail.content = this.#content(recipe);
    this.#term("name", "n", [[this.#name]]);
    this.#term("group", "e", this.#group === null ? [["all", "muted"]] : [[this.#group]]);
    this.#term("token", "v", tokenLine(auth, this.#variable));
  }

  copy(): void {
    const recipe = this.list.selected;
    if (recipe) this.#shell.copy(recipe.snippet.text, recipe.title);
  }

  rename(): void {
    const title = "What the server is called in the client";
    const fault = (name: string) =>
      SERVER_NAME.test(name) ? null : `a name has letters, digits, _ and -, not ${JSON.stringify(name)}`;
    this.#ask({ title, placeholder: "a name, e.g. argus", value: this.#name, fault }, (name) => {
      this.#name = name;
    });
  }

  chooseVariable(): void {
    const title = "The variable with the token";
    const value = variableFor(this.#auth, this.#variable) ?? "";
    const fault = (variable: string) =>
      variable === "" || VARIABLE_NAME.test(variable) ? null : `${JSON.stringify(variable)} is no name of a variable`;
    this.#ask({ title, placeholder: "none: no token is sent", value, fault }, (variable) => {
      this.#variable = variable;
    });
  }

  /** Why no variable has to be named. */
  get variableReason(): string | null {
    return this.#auth?.type === "anonymous" ? "this server asks clients for no token" : null;
  }

  chooseGroup(): void {
    const { ui, store } = this.#shell;
    const groups = this.#groups(store.state.snapshot?.backends ?? []);
    const choices: GroupChoice[] = [{ text: "all backends", group: null, note: [] }, ...groups];
    const overlay = chooser(ui, {
      ...{ title: "Only one group", placeholder: "which group?", choices: () => choices },
      choose: ({ group }) => {
        this.#shell.close(overlay);
        this.#group = group;
      },
      close: () => this.#shell.close(overlay),
    });
    this.#shell.open(overlay);
  }

  /** Why there is no group to choose. */
  get groupReason(): string | null {
    const { backends = [] } = this.#shell.store.state.snapshot ?? {};
    return this.#groups(backends).length > 1 ? null : "the backends are in no more than one group";
  }

  get #auth(): IncomingAuth | undefined {
    return this.#shell.store.state.snapshot?.security.incoming_auth;
  }

  /** Asks for a text. */
  #ask(prompt: Prompt, take: (text: string) => void): void {
    this.#shell.perform(async () => {
      const text = await this.#shell.prompt(prompt);
      if (text !== null) take(text);
      this.#shell.ui.redraw();
      return null;
    });
  }

  #term(term: "name" | "group" | "token", key: string, value: Line): void {
    const change = { name: () => this.rename(), group: () => this.chooseGroup(), token: () => this.chooseVariable() };
    this.#terms[term].pieces = [{ line: [[`${key} `, "key"], [fit(term, 7), "muted"], ...value], click: change[term] }];
  }
}

interface GroupChoice extends Choice {
  group: string | null;
}

/** The groups of the backends, in their order. */
function groupsOf(backends: readonly BackendRecord[]): (GroupChoice & { group: string })[] {
  return [...Map.groupBy(backends, ({ group }) => group)].map(([group, members]) => ({
    ...{ group, text: group },
    note: [[counted(members.length, "backend"), "muted"]],
  }));
}

/** The recipe as content of a pane; made anew for another width. */
function contentOf(recipe: Recipe | undefined): Content {
  return (width) => (recipe ? recipeLines(recipe, width) : []);
}

const group = "Clients";

export const clients = screen({
  title: "Clients",
  bindings: [
    { keys: ["y", "return"], description: "Copy the text", group, hint: "copy", run: (it: Clients) => it.copy() },
    { keys: ["n"], description: "Name the server in the text", group, hint: "name", run: (it) => it.rename() },
    {
      keys: ["e"],
      description: "Only the backends of one group",
      ...{ group, hint: "group" },
      disabledReason: (it) => it.groupReason,
      run: (it) => it.chooseGroup(),
    },
    {
      keys: ["v"],
      description: "Name the variable with the token",
      ...{ group, hint: "token" },
      disabledReason: (it) => it.variableReason,
      run: (it) => it.chooseVariable(),
    },
    ...splitBindings<Clients>(group, { read: ["right", "l"] }),
  ],
  open: (shell) => new Clients(shell),
});
