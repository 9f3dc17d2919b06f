// The redactor: takes secrets out of whatever leaves the program and is no MCP message.
import { isSensitive, SENSITIVE } from "./sensitive.ts";

export const MASK = "***REDACTED***";

/** Shorter values would be found in every other word; they go only where a name says what they are. */
const SHORTEST = 4;

/** Parts of a secret, such as one line of a key, are its own only from this length on. */
const SHORTEST_PART = 8;

/** Deeper than anything that is meant to be read. */
const DEEPEST = 100;

/** So many texts of up to so many characters are known to hold nothing secret: the audit trail says the same names with every call. */
const REMEMBERED = 500;
const LONGEST_REMEMBERED = 100;

export interface Redactor {
  /** Takes further secrets; those taken before stay known, for what is redacted later may have been said earlier. */
  learn(secrets: Iterable<string>): void;
  /** Replaces what is secret in a text. Doing so twice changes nothing. */
  redact(text: string): string;
  /** Gives a copy in which all texts are redacted, and values whose keys are named like secrets are replaced. */
  redactValue<Value>(value: Value): Value;
}

/** Makes a redactor that knows these secrets, and what credentials look like. */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const forms = new Set<string>();
  let known: RegExp | undefined;
  const harmless = new Set<string>();
  const redact = (text: string) => {
    if (harmless.has(text)) return text;
    const redacted = withoutCredentials(known ? withoutSecrets(text, known) : text);
    if (redacted === text && text.length <= LONGEST_REMEMBERED) {
      if (harmless.size === REMEMBERED) harmless.clear();
      harmless.add(text);
    }
    return redacted;
  };
  const redactor: Redactor = {
    learn(further) {
      const before = forms.size;
      for (const secret of further) for (const form of formsOf(secret)) forms.add(form);
      if (forms.size === before) return;
      known = matcherOf(forms);
      harmless.clear();
    },
    redact,
    redactValue: (value) => redactedCopy(value, redact) as typeof value,
  };
  redactor.learn(secrets);
  return redactor;
}

/** Takes what is secret out of an error, and gives the error. */
export function redactError(error: unknown, { redact }: Redactor): unknown {
  if (!(error instanceof Error)) return error;
  error.message = redact(error.message);
  error.stack = redact(error.stack ?? "");
  return error;
}

/** All ways in which a secret may be written: as it is, in JSON, in a URL, in base64 (also within a longer text), line by line. */
function formsOf(given: string): string[] {
  // Programs trim what they read.
  const wholes = [given, given.trim()].filter((text) => text.length >= SHORTEST && !MASK.includes(text));
  return wholes.flatMap((secret) => {
    const parts = secret.split(/\r?\n/).map((line) => line.trim());
    const long = [...parts, ...inBase64(secret)].filter(({ length }) => length >= SHORTEST_PART);
    return [secret, ...inJson(secret), ...inUrls(secret), ...long];
  });
}

/** Languages differ in what they escape besides what they must: PHP slashes, Go what is special in HTML, Python what is not ASCII. */
function inJson(secret: string): string[] {
  const text = JSON.stringify(secret).slice(1, -1);
  const escaped = (which: RegExp) =>
    text.replace(which, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const [html, ascii] = [escaped(/[<>&]/g), escaped(/[\u0080-\uffff]/g)];
  return [text, html, ascii].flatMap((form) => [form, form.replaceAll("/", "\\/")]);
}

function inUrls(secret: string): string[] {
  const encoded = [encodeURIComponent(secret.toWellFormed()), new URLSearchParams({ "": secret }).toString().slice(1)];
  return encoded.flatMap((text) => [text, text.replace(/%../g, (code) => code.toLowerCase())]);
}

/** What three bytes become depends on where the secret begins; the characters that also hold a neighbour's bits are left out. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    return [whole.toString("base64").slice(first, last), whole.toString("base64url").slice(first, last)];
  });
}

/** Finds the longest form at each place, also where it overlaps with the one before. */
function matcherOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(`(?=(${longestFirst.map((form) => RegExp.escape(form)).join("|")}))`, "g");
}

function withoutSecrets(text: string, known: RegExp): string {
  if (text.search(known) === -1) return text;
  const kept: string[] = [];
  let end = 0;
  for (const { index, 1: found = "" } of text.matchAll(known)) {
    if (index >= end) kept.push(text.slice(end, index));
    end = Math.max(end, index + found.length);
  }
  return [...kept, text.slice(end)].join(MASK);
}

/** Quotes around a name or value, also within text that is quoted itself. */
const QUOTE = `\\\\{0,4}["']`;

/** What gives a name its value: `=`, `:`, or the space after a flag. All runs are bounded, for whoever writes the text must not slow the program down. */
const IS = "(?:\\s{0,4}[=:]\\s{0,4}|(?<=--[\\w-]{0,64}) {1,16})";

/** Neither `secret:NAME`, which names one, nor the path of a key before what is wrong with it, as in `config.yaml:3:5: token: …`. */
const TELLS_ONLY = "(?!(?<![\\w-])secret:\\w)(?!(?<=(?:\\.|:\\d{1,9}: )[\\w-]{0,64})[\\w-]+: )";

const VALUES = [
  // As much as the quotes hold.
  `(?<quote>${QUOTE})[^\\r\\n]*?\\k<quote>`,
  // A cookie has several parts.
  `(?<=cookie${IS})(?:${QUOTE})?[^\\r\\n"']*[^\\s"']`,
  `${QUOTE}?(?:(?:bearer|basic|digest|token|apikey) +)?[^\\s"'\\\\,;&<>]+`,
];

const NAMED = new RegExp(`(?<name>${TELLS_ONLY}${SENSITIVE}(?:${QUOTE})?${IS})(?:${VALUES.join("|")})`, "gi");

/** A scheme of HTTP and a credential: no short word as in "bearer token", and no parameter of a challenge. */
const SCHEME = /\b(bearer|basic) +(?![a-z]{1,15}(?![\w.~+/-])|[a-z_]+="?)[\w.~+/-]+=*/gi;

/** Looks ahead from the beginning of a word first: one that does not end as a token does is read once, however many beginnings of tokens it has. */
const JSON_WEB_TOKEN = /(?<![\w-])(?=[\w-]+\.[\w-]+\.)([\w-]*?)eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

const USER_OF_URL = /\b([a-z][a-z0-9+.-]{0,32}:\/\/)[^\s/?#"'<>]+@/gi;

/** Takes out what is a credential by its looks, whether it is known or not. */
function withoutCredentials(text: string): string {
  return text
    .replace(NAMED, (...found) => {
      const { name, quote = "" } = found.at(-1) as { name: string; quote?: string };
      return `${name}${quote}${MASK}${quote}`;
    })
    .replace(SCHEME, `$1 ${MASK}`)
    .replace(JSON_WEB_TOKEN, `$1${MASK}`)
    .replace(USER_OF_URL, `$1${MASK}@`);
}

/** What is no plain data, such as a date, stays as it is. */
function redactedCopy(value: unknown, redact: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return MASK;
  if (Array.isArray(value)) return value.map((item) => redactedCopy(item, redact, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    redact(key),
    isSensitive(key) ? withoutScalars(item, redact, depth) : redactedCopy(item, redact, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Under the name of a secret texts and numbers are one; an object may describe it, as a schema does. */
function withoutScalars(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === "string" || typeof value === "number") return MASK;
  if (Array.isArray(value) && depth <= DEEPEST) return value.map((item) => withoutScalars(item, redact, depth + 1));
  return redactedCopy(value, redact, depth + 1);
}
