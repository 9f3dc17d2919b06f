// The newest lines that a backend has printed beside messages.

export interface PrintedLine {
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly line: string;
}

/** So many lines are kept, and so many characters of them all. */
const LINES = 200;
const CHARACTERS = 256 * 1024;

export class Printed {
  readonly #lines: PrintedLine[] = [];
  #characters = 0;

  /** Oldest first. */
  get lines(): readonly PrintedLine[] {
    return this.#lines;
  }

  /** Takes a line, which its reader has cut to a length that fits; without what colours it on a terminal. */
  add(text: string): void {
    const line = Bun.stripANSI(text);
    this.#lines.push({ timestamp: new Date().toISOString(), line });
    this.#characters += line.length;
    while (this.#lines.length > LINES || this.#characters > CHARACTERS) {
      this.#characters -= this.#lines.shift()?.line.length ?? 0;
    }
  }
}
