// The log: one line a message, with time, level and the backend it is about.

const RANKS = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 };

export type LogLevel = keyof typeof RANKS;

export interface Log {
  /** Writes a line if `level` is severe enough; line breaks in the message are shown as ⏎. */
  write(level: LogLevel, message: string, backend?: string): void;
}

/** Makes a log that writes messages of `threshold` and above to `sink`, a line at a time. */
export function createLog(threshold: LogLevel, sink: (line: string) => void): Log {
  return {
    write(level, message, backend) {
      if (RANKS[level] < RANKS[threshold]) return;
      const time = new Date().toISOString();
      const about = backend === undefined ? "" : `[${backend}] `;
      sink(`${time} ${level.padEnd(7)} ${about}${harmless(message)}`);
    },
  };
}

/** What a backend prints must not forge lines or steer a terminal. */
function harmless(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return message.replace(/\r?\n/g, " ⏎ ").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "�");
}
