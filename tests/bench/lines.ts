// Reads and writes newline-delimited messages as bytes, in time linear in their length.
import type { FileSink } from "bun";

const newline = 10;

/** Calls `onLine` with each line, without its newline; the parts of a long line are joined once, at its end. */
export async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: Buffer) => void): Promise<void> {
  let parts: Buffer[] = [];
  for await (const bytes of stream) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const last = chunk.subarray(start, end);
      onLine(parts.length === 0 ? last : Buffer.concat([...parts, last]));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}

/** Gives a function that writes one line; the lines of one tick leave with one flush. */
export function lineWriter(sink: FileSink): (...parts: (string | Uint8Array)[]) => void {
  let scheduled = false;
  const flush = async () => {
    scheduled = false;
    // A closed pipe shows at the reading side, as the end of input.
    await Promise.resolve(sink.flush()).catch(() => undefined);
  };
  return (...parts) => {
    for (const part of parts) sink.write(part);
    sink.write("\n");
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(flush);
  };
}
