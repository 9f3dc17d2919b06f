// A form: a field a line, what it is for and what is wrong with it below, and a line to type in where one is.
import { type MouseEvent, type OptimizedBuffer, Renderable, type RenderableOptions } from "@opentui/core";
import { cut, fit, visible, widthOf, wrap } from "../text.ts";
import type { Line, Span } from "../theme.ts";
import { drawLine, type Ui } from "../ui.ts";
import { Input } from "../widgets/input.ts";
import { Scroll } from "../widgets/scroll.ts";
import { choiceText, type Field } from "./fields.ts";

/** Labels are no wider. */
const LABEL = 24;
/** Lines of a description that are shown, and of what the form is for. */
const DESCRIPTION = 3;
/** Columns before a label: the mark of the field that has the keys. */
const MARK = 2;

/** What stands where: the lines of one field, or of the introduction. */
interface Block {
  /** The index of the field; -1 for the introduction. */
  field: number;
  first: number;
  lines: readonly Line[];
}

export class Form extends Renderable {
  readonly #ui: Ui;
  readonly #input: Input;
  readonly #scroll = new Scroll();
  readonly #fields: readonly Field[];
  /** As it was put in; what is shown of it differs where something in it is not visible, such as a line break. */
  #put: readonly string[];
  #texts: string[];
  readonly #intro: string;
  #problems: ReadonlyMap<string, string> = new Map();
  #current = 0;

  constructor(
    ui: Ui,
    { fields, intro }: { fields: readonly Field[]; intro: string },
    options: RenderableOptions<Form> = {},
  ) {
    super(ui.context, { flexGrow: 1, flexShrink: 1, overflow: "hidden", ...options });
    this.#ui = ui;
    this.#fields = fields;
    this.#intro = intro;
    this.#put = fields.map(({ initial }) => initial);
    this.#texts = this.#put.map(visible);
    this.#input = new Input(ui, { position: "absolute", changed: (text) => this.#typed(text) });
    this.add(this.#input);
    this.focusOn(0);
  }

  /** What stands in each field, by its name; what nobody has changed is as it was put in. */
  get texts(): ReadonlyMap<string, string> {
    return new Map(this.#fields.map(({ name }, index) => [name, this.#textAt(index)]));
  }

  set texts(texts: ReadonlyMap<string, string>) {
    this.#put = this.#fields.map(({ name }) => texts.get(name) ?? "");
    this.#texts = this.#put.map(visible);
    this.focusOn(this.#current);
  }

  #textAt(index: number): string {
    const [put = "", text = ""] = [this.#put[index], this.#texts[index]];
    return text === visible(put) ? put : text;
  }

  /** What is wrong with fields, by their names. */
  set problems(problems: ReadonlyMap<string, string>) {
    this.#problems = problems;
    const first = this.#fields.findIndex(({ name }) => problems.has(name));
    if (first >= 0) this.focusOn(first);
  }

  /** Whether a choice has the keys. */
  get choosing(): boolean {
    return this.#fields[this.#current]?.kind === "choice";
  }

  /** How many lines it would take. */
  linesFor(width: number): number {
    return this.#blocks(width).reduce((sum, { lines }) => sum + lines.length, 0);
  }

  /** Gives the keys to the field so many places on, and round. */
  turn(by: number): void {
    const { length } = this.#fields;
    if (length > 0) this.focusOn((this.#current + by + length) % length);
  }

  focusOn(index: number): void {
    this.#current = index;
    const field = this.#fields[index];
    if (!field || field.kind === "choice") {
      this.#input.blur();
      this.#input.visible = false;
    } else {
      this.#input.visible = true;
      this.#input.placeholder = visible(field.hint);
      this.#input.value = this.#texts[index] ?? "";
      this.#input.gotoBufferEnd();
      this.#input.focus();
    }
    this.#ui.redraw();
  }

  /** Takes the keys from what is typed in, or gives them back. */
  set typing(typing: boolean) {
    if (typing) this.focusOn(this.#current);
    else this.#input.blur();
  }

  /** Takes the choice so many places on, and round; what is not required can also be left open. */
  choose(by: number): void {
    const field = this.#fields[this.#current];
    if (field?.kind !== "choice") return;
    const texts = [...(field.required ? [] : [""]), ...field.values.map(choiceText)];
    const now = texts.indexOf(this.#texts[this.#current] ?? "");
    const next = now < 0 ? (by > 0 ? 0 : texts.length - 1) : (now + by + texts.length) % texts.length;
    this.#typed(texts[next] ?? "");
  }

  /** Before each frame: brings the line to type in to its place. */
  arrange(): void {
    const { width, height } = this;
    const blocks = this.#blocks(width);
    const block = blocks.find(({ field }) => field === this.#current);
    const total = blocks.reduce((sum, { lines }) => sum + lines.length, 0);
    this.#scroll.clamp(total, height);
    if (!block) return;
    // The introduction stays in sight with the first field where there is room for both.
    const from = this.#current === 0 ? 0 : block.first;
    this.#scroll.reveal(from, height);
    this.#scroll.reveal(block.first + block.lines.length - 1, height);
    this.#scroll.reveal(block.first, height);
    const left = this.#labelWidth + MARK + 1;
    place(this.#input, { left, top: block.first - this.#scroll.offset, width: Math.max(1, width - left) });
  }

  #typed(text: string): void {
    // That a text was put in by us is told as well.
    if (text === this.#texts[this.#current]) return;
    this.#texts[this.#current] = text;
    const { name = "" } = this.#fields[this.#current] ?? {};
    if (this.#problems.has(name)) this.#problems = new Map([...this.#problems].filter(([other]) => other !== name));
    this.#ui.redraw();
  }

  get #labelWidth(): number {
    const widest = this.#fields.map(({ name, required }) => widthOf(visible(name)) + (required ? 1 : 0));
    return Math.min(LABEL, Math.max(0, ...widest));
  }

  #blocks(width: number): Block[] {
    let first = 0;
    const add = (field: number, lines: readonly Line[]): Block => {
      const block = { field, first, lines };
      first += lines.length;
      return block;
    };
    return [add(-1, this.#introLines(width)), ...this.#fields.map((_, index) => add(index, this.#lines(index, width)))];
  }

  #introLines(width: number): Line[] {
    const lines = this.#intro.trim() === "" ? [] : shortened(wrap(this.#intro.trim(), width), width);
    const nothing: Line[] = this.#fields.length === 0 ? [[["It takes no arguments.", "muted"]]] : [];
    const intro = lines.map((line): Line => [[line, "muted"]]);
    return intro.length > 0 ? [...intro, [], ...nothing] : nothing;
  }

  #lines(index: number, width: number): Line[] {
    const field = this.#fields[index];
    if (!field) return [];
    const left = this.#labelWidth + MARK + 1;
    const below = (text: string, role: Span[1]) =>
      text === ""
        ? []
        : shortened(wrap(text, width - left), width - left).map((line): Line => [[" ".repeat(left)], [line, role]]);
    const problem = this.#problems.get(field.name);
    return [
      [...this.#labelOf(field, index), ...this.#valueOf(field, index)],
      ...(problem === undefined ? [] : below(`✖ ${problem}`, "bad")),
      ...below(field.description, "muted"),
    ];
  }

  #labelOf({ name, required }: Field, index: number): Span[] {
    const mine = index === this.#current;
    const star = required ? "*" : "";
    const label = cut(name, this.#labelWidth - star.length);
    const filler = " ".repeat(Math.max(0, this.#labelWidth - widthOf(label) - star.length) + 1);
    return [[mine ? "▸ " : "  ", "accent"], [label, mine ? "accent" : "strong"], [star, "warning"], [filler]];
  }

  #valueOf(field: Field, index: number): Span[] {
    const text = this.#texts[index] ?? "";
    const mine = index === this.#current;
    if (field.kind !== "choice") return [text === "" ? [field.hint, "muted"] : [text]];
    const shown: Span =
      text === "" ? [field.required ? "choose" : "not given", "muted"] : [text, mine ? "accent" : "text"];
    const position = field.values.findIndex((value) => choiceText(value) === text) + 1;
    const aside: Span = [
      `  ${position > 0 ? `${position} of ${field.values.length}` : `${field.values.length} choices`}`,
      "muted",
    ];
    return mine ? [["‹ ", "key"], shown, [" ›", "key"], aside] : [shown];
  }

  protected override onResize(width: number, height: number): void {
    super.onResize(width, height);
    this.#ui.redraw();
  }

  protected override onMouseEvent(event: MouseEvent): void {
    if (event.type === "scroll") this.turn(event.scroll?.direction === "up" ? -1 : 1);
    else if (event.type === "down" && event.button === 0) this.#click(event.y - this.screenY + this.#scroll.offset);
  }

  #click(line: number): void {
    const block = this.#blocks(this.width).find(({ first, lines }) => line >= first && line < first + lines.length);
    if (!block || block.field < 0) return;
    if (block.field === this.#current) this.choose(1);
    else this.focusOn(block.field);
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const { screenX: x, screenY: y, width, height } = this;
    const lines = this.#blocks(width).flatMap((block) => block.lines);
    const first = this.#scroll.clamp(lines.length, height);
    for (const [row, line] of lines.slice(first, first + height).entries())
      drawLine(buffer, this.#ui.theme, line, { x, y: y + row, width });
  }
}

/** At most so many lines as there is room for, with an ellipsis for what is left out. */
function shortened(lines: string[], width: number): string[] {
  if (lines.length <= DESCRIPTION) return lines;
  const last = fit(`${lines[DESCRIPTION - 1] ?? ""}…`, width).trimEnd();
  return [...lines.slice(0, DESCRIPTION - 1), last];
}

/** Each setting draws one more frame, so only what differs is set. */
function place(input: Input, at: { left: number; top: number; width: number }): void {
  if (input.left !== at.left) input.left = at.left;
  if (input.top !== at.top) input.top = at.top;
  if (input.width !== at.width) input.width = at.width;
}
