// The arguments of a task, to be given in a form or as JSON; what is given in one is found in the other.
import { BoxRenderable } from "@opentui/core";
import type { JsonObject } from "../../model.ts";
import { isObject } from "../schema.ts";
import { harmlessJson, wrap } from "../text.ts";
import type { Line } from "../theme.ts";
import type { Ui } from "../ui.ts";
import { Editor } from "../widgets/editor.ts";
import { Pane } from "../widgets/pane.ts";
import { type Check, checkBy } from "./check.ts";
import { type Field, fieldsOf, jsonOf, read, shownAs } from "./fields.ts";
import { Form } from "./form.ts";

/** Lines for what is wrong with JSON. */
const PROBLEM = 3;
/** Lines to write JSON in, at least. */
const EDITOR = 8;

export interface ArgumentsOptions {
  schema: unknown;
  /** What the form is for. */
  intro: string;
}

export class Arguments {
  readonly view: BoxRenderable;
  readonly #form: Form;
  readonly #editor: Editor;
  readonly #problem: Pane;
  readonly #fields: readonly Field[];
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #check: Check;
  /** Why there is no form. */
  readonly formless: string | null;
  #writing = false;
  /** Members that no field is for. */
  #others: JsonObject = {};

  constructor(ui: Ui, { schema, intro }: ArgumentsOptions) {
    const fields = fieldsOf(schema);
    this.#fields = fields ?? [];
    this.formless = fields ? null : "only JSON can say what this takes";
    this.#checks = new Map(this.#fields.map((field) => [field.name, checkBy(field.schema, schema)]));
    this.#check = checkBy(schema, schema);
    this.view = new BoxRenderable(ui.context, { flexGrow: 1, flexShrink: 1, flexDirection: "column" });
    this.#form = new Form(ui, { fields: this.#fields, intro });
    this.#editor = new Editor(ui);
    this.#problem = new Pane(ui, { height: PROBLEM, flexGrow: 0, flexShrink: 0 });
    for (const part of [this.#form, this.#editor, this.#problem]) this.view.add(part);
    this.#show(fields === undefined);
    if (this.#writing) this.#editor.text = "{}";
  }

  /** Whether JSON is written, in which Enter begins a line. */
  get writing(): boolean {
    return this.#writing;
  }

  /** Whether a choice has the keys. */
  get choosing(): boolean {
    return !this.#writing && this.#form.choosing;
  }

  /** Whether there is nothing to give. */
  get none(): boolean {
    return !this.#writing && this.#fields.length === 0;
  }

  /** Takes the keys, or leaves them. */
  set typing(typing: boolean) {
    if (!this.#writing) this.#form.typing = typing;
    else if (typing) this.#editor.focus();
    else this.#editor.blur();
  }

  /** Lines that it would take. */
  linesFor(width: number): number {
    return this.#writing ? Math.max(EDITOR, this.#editor.lineCount) + PROBLEM : this.#form.linesFor(width);
  }

  /** Before each frame. */
  arrange(): void {
    if (!this.#writing) this.#form.arrange();
  }

  turn(by: number): void {
    this.#form.turn(by);
  }

  choose(by: number): void {
    this.#form.choose(by);
  }

  /** From the form to JSON, or back where the JSON can be understood. */
  toggle(): void {
    this.#complain();
    if (!this.#writing) {
      this.#editor.text = harmlessJson({ ...this.#others, ...this.#unread(), ...this.#given().input });
      this.#show(true);
      return;
    }
    const input = this.#written();
    if (!input) return;
    const names = new Set(this.#fields.map(({ name }) => name));
    this.#others = Object.fromEntries(Object.entries(input).filter(([name]) => !names.has(name)));
    this.#show(false);
    this.#form.texts = new Map(
      this.#fields.map(({ name, kind }) => [name, name in input ? shownAs(input[name], kind) : ""]),
    );
  }

  /** The arguments as they were given; nothing where something is wrong, which is then shown. */
  take(): JsonObject | undefined {
    this.#complain();
    if (this.#writing) return this.#checked(this.#written());
    const { input, problems } = this.#given();
    this.#form.problems = problems;
    return problems.size > 0 ? undefined : { ...this.#others, ...input };
  }

  /** What was typed and cannot be understood, as it stands: nothing that was typed is lost. */
  #unread(): JsonObject {
    const typed = [...this.#form.texts].filter(([, text]) => text !== "");
    return Object.fromEntries(typed);
  }

  #given() {
    const input: JsonObject = {};
    const problems = new Map<string, string>();
    const { texts } = this.#form;
    for (const field of this.#fields) {
      const reading = read(field, texts.get(field.name) ?? "");
      if ("problem" in reading) problems.set(field.name, reading.problem);
      if (!("value" in reading)) continue;
      input[field.name] = reading.value;
      const problem = this.#checks.get(field.name)?.(reading.value);
      if (problem !== undefined) problems.set(field.name, problem);
    }
    return { input, problems };
  }

  #written(): JsonObject | undefined {
    const text = this.#editor.text;
    const reading = text.trim() === "" ? { value: {} } : jsonOf(text);
    if ("problem" in reading) this.#complain(`This ${reading.problem}.`);
    else if (!isObject(reading.value)) this.#complain("Arguments are an object: { … }.");
    else return reading.value;
    return undefined;
  }

  #checked(input: JsonObject | undefined): JsonObject | undefined {
    const problem = input && this.#check(input);
    if (problem === undefined) return input;
    this.#complain(problem);
    return undefined;
  }

  #complain(problem = ""): void {
    this.#problem.content = (width) =>
      problem === "" ? [] : [[], ...wrap(`✖ ${problem}`, width).map((line): Line => [[line, "bad"]])];
  }

  #show(writing: boolean): void {
    this.typing = false;
    this.#writing = writing;
    this.#form.visible = !writing;
    this.#editor.visible = writing;
    this.#problem.visible = writing;
    this.typing = true;
  }
}
