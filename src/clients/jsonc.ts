// JSON with comments: read, and changed in one place while everything else stays as it was written.
import {
  applyEdits,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { GatewayError } from "../errors.ts";
import { added, removed, replaced, styleOf } from "./property.ts";

export type JsonPath = readonly string[];

const MARK = "\uFEFF";

/** Gives what the text says. Throws GatewayError `config` with line and column when it is not well-formed; `file` is only named. */
export function parseJsonc(text: string, file: string): Record<string, unknown> {
  const content = withoutMark(text);
  if (content.trim() === "") return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(content, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) throw malformed(`${file}:${place(content, error.offset)}: not valid JSON: ${said(error)}`);
  if (!isRecord(value)) throw malformed(`${file}:1:1: must be an object`);
  return value;
}

/** The object at a path, or none. Throws GatewayError `config` when something else is there. */
export function objectAt(document: Record<string, unknown>, path: JsonPath, file: string): Record<string, unknown> {
  let at = document;
  for (const key of path) {
    const next = Object.hasOwn(at, key) ? at[key] : {};
    if (!isRecord(next)) throw malformed(`${file}: ${path.join(".")} must be an object, but ${key} is not`);
    at = next;
  }
  return at;
}

/** Sets a value, or removes it where it is undefined. Comments, order, indentation and line breaks of everything else stay. Throws GatewayError `config`. */
export function edited(text: string, path: JsonPath, value: unknown, file: string): string {
  const before = parseJsonc(text, file);
  objectAt(before, path.slice(0, -1), file);
  const content = withoutMark(text);
  const source = content.trim() === "" ? "{}\n" : content;
  const changed = changedAt(source, path, value);
  // A key that is there twice is the last one for readers, and the first one for editors.
  if (!Bun.deepEquals(parseJsonc(changed, file), put(before, path, value)))
    throw malformed(`${file}: cannot be changed without changing more than ${path.join(".")}: is a key there twice?`);
  return text.startsWith(MARK) ? MARK + changed : changed;
}

function put(
  document: Record<string, unknown>,
  [key = "", ...rest]: JsonPath,
  value: unknown,
): Record<string, unknown> {
  const { [key]: before, ...others } = document;
  const after = rest.length === 0 ? value : put((before ?? {}) as Record<string, unknown>, rest, value);
  return after === undefined ? others : { ...others, [key]: after };
}

/** Only what is put where nothing is yet is left to the library, which formats it. */
function changedAt(text: string, path: JsonPath, value: unknown): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const at = (length: number): Node | undefined => tree && findNodeAtLocation(tree, path.slice(0, length));
  const present = at(path.length);
  if (present) return applyEdits(text, value === undefined ? removed(text, present) : replaced(text, present, value));
  const depth = path.findLastIndex((_, length) => at(length));
  const container = at(depth);
  if (container?.children?.length) {
    const rest = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    return applyEdits(text, added(text, container, path[depth] ?? "", rest));
  }
  const { unit, eol } = styleOf(text);
  const insertSpaces = !unit.startsWith("\t");
  const formattingOptions = { insertSpaces, tabSize: insertSpaces ? unit.length : 4, eol };
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }));
}

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** `CloseBraceExpected` → `close brace expected`. */
function said({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?!^)[A-Z]/g, " $&")
    .toLowerCase();
}

function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(1) : text;
}

function malformed(message: string): GatewayError {
  return new GatewayError("config", message);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
