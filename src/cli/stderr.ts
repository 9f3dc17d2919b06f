// Writes lines to stderr. Not through process.stderr, whose streams cost 8 ms of every start and 8 MiB.

const writer = Bun.stderr.writer();

/** Prints a line; where nobody reads it any more, it is lost and nothing else is. */
export function printError(text: string): void {
  try {
    writer.write(`${text}\n`);
    Promise.resolve(writer.flush()).catch(() => undefined);
  } catch {
    // stderr was closed.
  }
}
