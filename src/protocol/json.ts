// Edits JSON as text: replaces single values and leaves every other byte of a message as it came.
// Parsing and writing again would lose what JavaScript cannot hold (12345678901234567890, 1.0, 1e400, duplicate keys).

/** New JSON texts by key; a nested object descends into the value of that key. */
export type Edits = { readonly [key: string]: string | Edits };

export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Replaces values in `text`, which must be valid JSON with an object at the top. Every occurrence of a duplicate key is
 * replaced, so that no two readers can disagree about which one counts. Keys that do not occur are not added.
 */
export function edit(text: string, edits: Edits): string {
  let result = "";
  let copied = 0;
  const replace = ({ start, end }: Span, value: string) => {
    result += text.slice(copied, start) + value;
    copied = end;
  };
  editObject(text, skipSpace(text, 0), edits, replace);
  return result + text.slice(copied);
}

/** Adds members in front of those of the object `text`; `members` is JSON text without braces. */
export function prepend(text: string, members: string): string {
  const inside = text.indexOf("{") + 1;
  const empty = text.charCodeAt(skipSpace(text, inside)) === CLOSE_BRACE;
  return text.slice(0, inside) + members + (empty ? "" : ",") + text.slice(inside);
}

/** Adds members in front of those of the object under a path of keys, if there is one. */
export function insert(text: string, path: readonly string[], members: string): string {
  const span = find(text, path);
  if (!span || text.charCodeAt(span.start) !== OPEN_BRACE) return text;
  return text.slice(0, span.start) + prepend(text.slice(span.start, span.end), members) + text.slice(span.end);
}

/** Takes the members with these keys out of the object under a path of keys, if there is one. */
export function omit(text: string, path: readonly string[], keys: ReadonlySet<string>): string {
  const span = find(text, path);
  if (!span || text.charCodeAt(span.start) !== OPEN_BRACE) return text;
  const kept: string[] = [];
  let omitted = 0;
  eachMember(text, span.start, (key, at) => {
    const end = skipValue(text, at);
    if (isOneOf(keys, text, key)) omitted++;
    else kept.push(text.slice(key.start, end));
    return end;
  });
  return omitted === 0 ? text : `${text.slice(0, span.start)}{${kept.join(",")}}${text.slice(span.end)}`;
}

/** Gives the object under a path of keys these members, as JSON text by key, in place of what it has under their keys. */
export function put(text: string, path: readonly string[], members: Readonly<Record<string, string>>): string {
  const rest = omit(text, path, new Set(Object.keys(members)));
  const texts = Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return texts.length === 0 ? rest : insert(rest, path, texts.join());
}

/** Finds the value under a path of keys in valid JSON; of duplicates the last, as JSON.parse does. */
export function find(text: string, path: readonly string[]): Span | undefined {
  let start = skipSpace(text, 0);
  let end = text.length;
  for (const wanted of path) {
    let found: Span | undefined;
    if (text.charCodeAt(start) !== OPEN_BRACE) return undefined;
    eachMember(text, start, (key, at) => {
      const after = skipValue(text, at);
      if (isKey(wanted, text, key)) found = { start: at, end: after };
      return after;
    });
    if (!found) return undefined;
    ({ start, end } = found);
  }
  return { start, end };
}

/** The text of the value under a path of keys in valid JSON. */
export function pick(text: string, path: readonly string[]): string | undefined {
  const span = find(text, path);
  return span && text.slice(span.start, span.end);
}

/** The texts of the elements of the array under a path of keys in valid JSON; empty where there is no array. */
export function elements(text: string, path: readonly string[]): string[] {
  const found: string[] = [];
  const span = find(text, path);
  if (!span || text.charCodeAt(span.start) !== OPEN_BRACKET) return found;
  let at = skipSpace(text, span.start + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = skipValue(text, at);
    found.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return found;
}

/** How many members all objects in valid JSON have together; those of one key that stands twice are two. */
export function countMembers(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === COLON) count++;
    at = code === QUOTE ? skipString(text, at) : at + 1;
  }
  return count;
}

/** Strings over this length are payload, unless they stand under a key whose value the gateway itself reads. */
const LONG = 8 * 1024;
const MEANT = new Set(
  (
    "jsonrpc id method name uri uriTemplate cursor nextCursor instructions protocolVersion " +
    "progressToken requestId taskId elicitationId level type"
  ).split(" "),
);

/**
 * Parses JSON as JSON.parse does, syntax errors included, but gives "" for long strings that are payload. A message of megabytes is mostly such strings;
 * not to build them again halves what a large call costs.
 */
export function parseShape(text: string): unknown {
  return JSON.parse(text.length > LONG ? withoutLongStrings(text) : text);
}

/** Only strings that are surely well-formed are left out, so that what is invalid stays so. */
function withoutLongStrings(text: string): string {
  let result = "";
  let copied = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = skipString(text, start);
    if (end > text.length) break;
    if (end - start > LONG && !MEANT.has(keyBefore(text, start)) && isWellFormed(text, start + 1, end - 1)) {
      result += text.slice(copied, start + 1);
      copied = end - 1;
    }
    start = text.indexOf('"', end);
  }
  return result + text.slice(copied);
}

/** The key whose value begins here; "" for an element of an array. */
function keyBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - 64), start).trimEnd();
  return before.endsWith(":") ? (/"([^"]*)"\s*$/.exec(before.slice(0, -1))?.[1] ?? "") : "";
}

/** Finds control characters and unknown escapes (RFC 8259 §7); may take the second half of an escaped backslash for one, which only costs time. */
function isWellFormed(text: string, start: number, end: number): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON forbids in strings
  return !/[\u0000-\u001f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(start, end));
}

function editObject(text: string, start: number, edits: Edits, replace: (span: Span, value: string) => void): number {
  return eachMember(text, start, (key, at) => {
    const change = changeOf(edits, text, key);
    if (change === undefined) return skipValue(text, at);
    if (typeof change !== "string") {
      return text.charCodeAt(at) === OPEN_BRACE ? editObject(text, at, change, replace) : skipValue(text, at);
    }
    const end = skipValue(text, at);
    replace({ start: at, end }, change);
    return end;
  });
}

type Visit = (key: Span, at: number) => number;

/** Calls `visit` with the place of each key, quotes included, and the start of its value; `visit` returns the value's end. Gives the object's end. */
function eachMember(text: string, start: number, visit: Visit): number {
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const key = { start: at, end: skipString(text, at) };
    const colon = skipSpace(text, key.end);
    at = skipSpace(text, visit(key, skipSpace(text, colon + 1)));
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function changeOf(edits: Edits, text: string, key: Span): string | Edits | undefined {
  for (const name in edits) if (isKey(name, text, key)) return edits[name];
  return undefined;
}

function isOneOf(names: ReadonlySet<string>, text: string, key: Span): boolean {
  for (const name of names) if (isKey(name, text, key)) return true;
  return false;
}

/**
 * Whether a key is this one, which has no backslash. It is compared where it stands, since to cut all keys out of a message costs more; what is longer
 * may be the same, written with escapes.
 */
function isKey(name: string, text: string, { start, end }: Span): boolean {
  const length = end - start - 2;
  if (length === name.length) return text.startsWith(name, start + 1);
  return length > name.length && hasEscape(text, start, end) && JSON.parse(text.slice(start, end)) === name;
}

function hasEscape(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}

function skipSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(text, at);
  while (at < text.length && !endsScalar(text.charCodeAt(at))) at++;
  return at;
}

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 0x20;
}

function skipNested(text: string, at: number): number {
  let depth = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    at++;
    if (depth === 0) return at;
  }
}

/** A quote ends the string unless an odd number of backslashes stands before it; one without end goes beyond the text. */
function skipString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) return text.length + 1;
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
}
