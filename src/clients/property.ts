// Adds, replaces and removes one property in the text of a JSON object: nothing around it changes, and comments stay where they belong.
import type { Edit, Node } from "jsonc-parser";

/** Commas and comments up to the end of the line: they belong to what is before them. */
const BEHIND = /(?:[\t ]*(?:,|\/\*.*?\*\/|\/\/[^\r\n]*))*/sy;

/** White space and comments, and a comma at last. */
const TO_COMMA = /(?:\s|\/\*.*?\*\/|\/\/[^\r\n]*)*,/sy;

const COMMENT = /\/\*.*?\*\/|\/\/[^\r\n]*/gs;

export interface Style {
  /** What one level is indented by. */
  unit: string;
  /** Breaks a line. */
  eol: string;
}

/** As the text is written. */
export function styleOf(text: string): Style {
  const [, unit = "  "] = /^([\t ]+)\S/m.exec(text) ?? [];
  return { unit, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

/** Adds a property to `container`, which has some already: behind the last one, in the same way. */
export function added(text: string, container: Node, key: string, value: unknown): Edit[] {
  const [first, last] = [container.children?.[0], container.children?.at(-1)];
  const end = endOf(last);
  const place = end + match(BEHIND, text, end).length;
  const comma = hasComma(text.slice(end, place));
  const indent = inOneLine(text, container) ? undefined : indentAt(text, first?.offset ?? 0);
  const lead = indent === undefined ? " " : styleOf(text).eol + indent;
  const property = `${lead}${JSON.stringify(key)}: ${written(text, value, indent)}`;
  const beside = text.slice(end, place);
  return [{ offset: end, length: place - end, content: comma ? `${beside}${property},` : `,${beside}${property}` }];
}

/** Replaces the value of a property. */
export function replaced(text: string, { offset, length, parent }: Node, value: unknown): Edit[] {
  const container = parent?.parent;
  const indent = container && !inOneLine(text, container) ? indentAt(text, parent.offset) : undefined;
  return [{ offset, length, content: written(text, value, indent) }];
}

/** Removes a property with its line, and the comma that is one too many then. */
export function removed(text: string, { parent: property }: Node): Edit[] {
  if (!property) return [];
  const siblings = property.parent?.children ?? [];
  const before = siblings[siblings.indexOf(property) - 1];
  const end = endOf(property);
  const behind = match(BEHIND, text, end);
  const space = /(?:\r?\n)?[\t ]*$/.exec(text.slice(0, property.offset))?.[0] ?? "";
  // Within a line, the space before it stays where another one follows, and that behind it goes.
  const within = !space.includes("\n") && hasComma(behind);
  const start = property.offset - (within ? 0 : space.length);
  const stop = end + behind.length + (within ? match(/[\t ]*/y, text, end + behind.length).length : 0);
  const edits = [{ offset: start, length: stop - start, content: "" }];
  if (hasComma(behind) || !before) return edits;
  const comma = endOf(before) + match(TO_COMMA, text, endOf(before)).length - 1;
  return [{ offset: comma, length: 1, content: "" }, ...edits];
}

/** A value as the text writes them: over several lines where the property has a line of its own. */
function written(text: string, value: unknown, indent: string | undefined): string {
  if (indent === undefined) return JSON.stringify(value);
  const { unit, eol } = styleOf(text);
  return JSON.stringify(value, undefined, unit).replaceAll("\n", eol + indent);
}

function inOneLine(text: string, { offset, length }: Node): boolean {
  return !text.slice(offset, offset + length).includes("\n");
}

function indentAt(text: string, offset: number): string {
  return /[\t ]*$/.exec(text.slice(0, offset))?.[0] ?? "";
}

function hasComma(text: string): boolean {
  return text.replace(COMMENT, "").includes(",");
}

function endOf(node: Node | undefined): number {
  return node ? node.offset + node.length : 0;
}

/** What a sticky expression matches from here on. */
function match(expression: RegExp, text: string, from: number): string {
  const sticky = new RegExp(expression);
  sticky.lastIndex = from;
  return sticky.exec(text)?.[0] ?? "";
}
