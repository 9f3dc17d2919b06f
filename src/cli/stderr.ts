// Writes to stderr. Not through process.stderr, whose streams cost 8 ms of every start and 8 MiB.

/** A terminal whose lines can be drawn anew. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

/** So many characters may wait for a reader. */
const LIMIT = 1024 * 1024;

/** The writer is made with the first line: it makes stderr non-blocking, also for a command that takes this program's place. */
const output: { size: number; writer?: Bun.FileSink } = { size: 0 };

/** Prints a line; where nobody reads it any more, it is lost and nothing else is. */
export function printError(line: string): void {
  writeError(`${line}\n`);
}

/** As printError, for text that has its line breaks. */
export function writeError(text: string): void {
  if (output.size > LIMIT) return;
  output.size += text.length;
  flush(text)
    .catch(() => undefined)
    .finally(() => {
      output.size -= text.length;
    });
}

/** Rejects when stderr was closed. */
async function flush(text: string): Promise<void> {
  output.writer ??= Bun.stderr.writer();
  output.writer.write(text);
  await output.writer.flush();
}

/** The terminal that stderr is, if it is one that can draw lines anew. */
export async function findTerminal({ TERM, NO_COLOR }: NodeJS.ProcessEnv): Promise<Terminal | undefined> {
  // A look at the kind of file spares those who have no terminal process.stderr.
  if (TERM === "dumb" || !(await Bun.stderr.stat()).isCharacterDevice()) return undefined;
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  return {
    // They change with the window; a terminal that does not know them says 0.
    get columns() {
      return stderr.columns || 80;
    },
    get rows() {
      return stderr.rows || 24;
    },
    colours: !NO_COLOR,
  };
}
