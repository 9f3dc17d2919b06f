// The log: an entry for each message, with time, level and the backend it is about.
import { createRedactor } from "./redact.ts";

const RANKS = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 };

/** Where messages are cut, in characters: with time, level and backend a line has less than 8 Ki. */
const LONGEST = 8_000;

export type LogLevel = keyof typeof RANKS;

export interface Entry {
  readonly level: LogLevel;
  /** The message as one line, after the backend's name where it is about one. */
  readonly text: string;
  /** The same with time and level. */
  readonly line: string;
}

export interface Log {
  /** The least severe messages that are written. */
  level: LogLevel;
  /** Writes a message if `level` is severe enough; line breaks in it are shown as ⏎. */
  write(level: LogLevel, message: string, backend?: string): void;
}

/** Makes a log that gives messages of `threshold` and above to `sink`, without secrets; the threshold can be changed later. */
export function createLog(threshold: LogLevel, sink: (entry: Entry) => void, redactor = createRedactor()): Log {
  const log: Log = {
    level: threshold,
    write(level, message, backend) {
      if (atLeast(level, log.level)) sink(entryOf(level, redactor.redact(message), backend));
    },
  };
  return log;
}

export function entryOf(level: LogLevel, message: string, backend?: string): Entry {
  const text = textOf(message, backend);
  return { level, text, line: `${new Date().toISOString()} ${level.padEnd(7)} ${text}` };
}

/** A message as one line that forges no other and steers no terminal, whoever wrote it. */
export function textOf(message: string, backend?: string): string {
  const about = backend === undefined ? "" : `[${backend}] `;
  const shown = harmless(message.slice(0, LONGEST + 1));
  return about + (shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST)} … (cut)`);
}

export function atLeast(level: LogLevel, threshold: LogLevel): boolean {
  return RANKS[level] >= RANKS[threshold];
}

/** A text as one line, without what steers terminals. */
export function harmless(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const control = /[\u0000-\u001f\u007f-\u009f]/g;
  return message.replace(/\r?\n/g, " ⏎ ").replaceAll("\t", " ").replace(control, "�");
}
