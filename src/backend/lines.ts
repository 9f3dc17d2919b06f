// Cuts a byte stream into lines of text without copying a long line more than once.

const NEWLINE = 0x0a;

export class LineSplitter {
  #parts: Uint8Array[] = [];
  #size = 0;
  readonly #decoder = new TextDecoder();

  /** `limit` is the largest line in bytes. */
  constructor(
    private readonly receive: (line: string) => void,
    private readonly limit: number,
  ) {}

  /** Takes the next bytes; throws RangeError once a line is over the limit. */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#emit(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#parts.push(chunk.subarray(start));
    this.#size += chunk.length - start;
    this.#bound(this.#size);
  }

  #bound(size: number): void {
    if (size > this.limit) throw new RangeError(`a line of over ${this.limit} bytes`);
  }

  #emit(last: Uint8Array): void {
    this.#bound(this.#size + last.length);
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#size = 0;
    const line = this.#decoder.decode(bytes).trim();
    if (line) this.receive(line);
  }
}
