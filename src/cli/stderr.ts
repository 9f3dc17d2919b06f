// Writes to stderr. Not through process.stderr, whose streams cost 8 ms of every start and 8 MiB.

/** A terminal whose lines can be drawn anew. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

/** So many characters may wait for a reader. */
const LIMIT = 1024 * 1024;

const writer = Bun.stderr.writer();
const backlog = { size: 0 };

/** Prints a line; where nobody reads it any more, it is lost and nothing else is. */
export function printError(line: string): void {
  writeError(`${line}\n`);
}

/** As printError, for text that has its line breaks. */
export function writeError(text: string): void {
  if (backlog.size > LIMIT) return;
  backlog.size += text.length;
  flush(text)
    .catch(() => undefined)
    .finally(() => {
      backlog.size -= text.length;
    });
}

/** Rejects when stderr was closed. */
async function flush(text: string): Promise<void> {
  writer.write(text);
  await writer.flush();
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
