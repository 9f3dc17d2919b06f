// Writes lines to stderr. Not through process.stderr, whose streams cost 8 ms of every start and 8 MiB.

const writer = Bun.stderr.writer();

export function printError(text: string): void {
  writer.write(`${text}\n`);
  void writer.flush();
}
